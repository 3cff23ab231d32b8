// What yosys' own models of the Gowin cells leave out: block RAM and multipliers, as far as yosys makes use of them.
//
// block_ram: 2048 bytes of 8 or 9 bits, two ports, no output registers. A port's words take 1 bit to 4 bytes; INIT is what the
// cells say of it in INIT_RAM_00 and so on. Where one port reads what the other writes in the same clock, the answer is the
// INVERSE of what is stored: a core that needs that value is found out.
module block_ram #(
    parameter BYTE = 8, WIDTH_A = 32, WIDTH_B = 32, MODE_A = 0, MODE_B = 0,
    parameter [2048 * BYTE - 1 : 0] INIT = 0
) (
    input clock, a_on, b_on, a_writes, b_writes, a_reset, b_reset,
    input [13:0] a_address, b_address,
    input [4 * BYTE - 1 : 0] a_in, b_in,
    output reg [4 * BYTE - 1 : 0] a_out, b_out
);
    reg [BYTE - 1 : 0] memory [0 : 2047];
    integer i;
    initial begin
        for (i = 0; i < 2048; i = i + 1) memory[i] = INIT[i * BYTE +: BYTE];
        a_out = 0;
        b_out = 0;
    end

    // Bytes that a word takes; of those, the ones that a write changes; and for narrow words, its bits and where they lie.
    localparam BYTES_A = WIDTH_A > 2 * BYTE ? 4 : WIDTH_A > BYTE ? 2 : 1, BYTES_B = WIDTH_B > 2 * BYTE ? 4 : WIDTH_B > BYTE ? 2 : 1;
    localparam WIDER = BYTES_A > BYTES_B ? BYTES_A : BYTES_B;
    localparam [4 * BYTE - 1 : 0] ONES = {4 * BYTE{1'b1}}, MASK_A = ONES >> (4 * BYTE - WIDTH_A), MASK_B = ONES >> (4 * BYTE - WIDTH_B);
    wire [10:0] a_first = a_address[13:3] & ~(BYTES_A - 1), b_first = b_address[13:3] & ~(BYTES_B - 1);
    wire [3:0] a_bytes = BYTES_A == 1 ? 4'd1 : BYTES_A == 2 ? {2'd0, a_address[1:0]} : a_address[3:0];
    wire [3:0] b_bytes = BYTES_B == 1 ? 4'd1 : BYTES_B == 2 ? {2'd0, b_address[1:0]} : b_address[3:0];
    wire [2:0] a_low = WIDTH_A < 8 ? a_address[2:0] : 3'd0, b_low = WIDTH_B < 8 ? b_address[2:0] : 3'd0;
    wire [4 * BYTE - 1 : 0] a_stored = {memory[a_first | 3], memory[a_first | 2], memory[a_first | 1], memory[a_first]};
    wire [4 * BYTE - 1 : 0] b_stored = {memory[b_first | 3], memory[b_first | 2], memory[b_first | 1], memory[b_first]};
    wire a_changes = a_on & a_writes & |a_bytes, b_changes = b_on & b_writes & |b_bytes;
    wire near = ((a_first ^ b_first) & ~(WIDER - 1)) == 0;
    wire [4 * BYTE - 1 : 0] a_mask = MASK_A << a_low, b_mask = MASK_B << b_low;
    wire [4 * BYTE - 1 : 0] a_new = (a_stored & ~a_mask) | ((a_in << a_low) & a_mask);
    wire [4 * BYTE - 1 : 0] b_new = (b_stored & ~b_mask) | ((b_in << b_low) & b_mask);

    always @(posedge clock) begin
        if (a_changes) for (i = 0; i < BYTES_A; i = i + 1) if (a_bytes[i]) memory[a_first | i] <= a_new[i * BYTE +: BYTE];
        if (b_changes) for (i = 0; i < BYTES_B; i = i + 1) if (b_bytes[i]) memory[b_first | i] <= b_new[i * BYTE +: BYTE];
        if (a_reset) a_out <= 0;
        else if (a_on & (~a_writes | MODE_A == 2)) a_out <= ((a_stored >> a_low) & MASK_A) ^ {4 * BYTE{b_changes & near}};
        else if (a_on & MODE_A == 1) a_out <= a_in & MASK_A;
        if (b_reset) b_out <= 0;
        else if (b_on & (~b_writes | MODE_B == 2)) b_out <= ((b_stored >> b_low) & MASK_B) ^ {4 * BYTE{a_changes & near}};
        else if (b_on & MODE_B == 1) b_out <= b_in & MASK_B;
    end
endmodule

// One port that reads and writes.
module SP #(
    parameter READ_MODE = 0, WRITE_MODE = 0, BIT_WIDTH = 32, BLK_SEL = 0, RESET_MODE = "SYNC",
    parameter [16383:0] INIT = 0
) (
    input [31:0] DI, output [31:0] DO, input [13:0] AD, input [2:0] BLKSEL, input CLK, CE, OCE, RESET, WRE
);
    block_ram #(.BYTE(8), .WIDTH_A(BIT_WIDTH), .WIDTH_B(BIT_WIDTH), .MODE_A(WRITE_MODE), .INIT(INIT)) ram (
        .clock(CLK), .a_on(CE), .a_writes(WRE), .a_reset(RESET), .a_address(AD), .a_in(DI), .a_out(DO),
        .b_on(1'b0), .b_writes(1'b0), .b_reset(1'b0), .b_address(14'd0), .b_in(32'd0), .b_out()
    );
endmodule

// One port that reads and writes.
module SPX9 #(
    parameter READ_MODE = 0, WRITE_MODE = 0, BIT_WIDTH = 36, BLK_SEL = 0, RESET_MODE = "SYNC",
    parameter [18431:0] INIT = 0
) (
    input [35:0] DI, output [35:0] DO, input [13:0] AD, input [2:0] BLKSEL, input CLK, CE, OCE, RESET, WRE
);
    block_ram #(.BYTE(9), .WIDTH_A(BIT_WIDTH), .WIDTH_B(BIT_WIDTH), .MODE_A(WRITE_MODE), .INIT(INIT)) ram (
        .clock(CLK), .a_on(CE), .a_writes(WRE), .a_reset(RESET), .a_address(AD), .a_in(DI), .a_out(DO),
        .b_on(1'b0), .b_writes(1'b0), .b_reset(1'b0), .b_address(14'd0), .b_in(36'd0), .b_out()
    );
endmodule

// A port that writes and one that reads.
module SDPB #(
    parameter READ_MODE = 0, BIT_WIDTH_0 = 32, BIT_WIDTH_1 = 32, BLK_SEL_0 = 0, BLK_SEL_1 = 0, RESET_MODE = "SYNC",
    parameter [16383:0] INIT = 0
) (
    input [31:0] DI, output [31:0] DO, input [13:0] ADA, ADB, input [2:0] BLKSELA, BLKSELB,
    input CLKA, CLKB, CEA, CEB, OCE, RESETA, RESETB
);
    block_ram #(.BYTE(8), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .INIT(INIT)) ram (
        .clock(CLKB), .a_on(CEA), .a_writes(1'b1), .a_reset(1'b0), .a_address(ADA), .a_in(DI), .a_out(),
        .b_on(CEB), .b_writes(1'b0), .b_reset(RESETB), .b_address(ADB), .b_in(32'd0), .b_out(DO)
    );
endmodule

// A port that writes and one that reads.
module SDPX9B #(
    parameter READ_MODE = 0, BIT_WIDTH_0 = 36, BIT_WIDTH_1 = 36, BLK_SEL_0 = 0, BLK_SEL_1 = 0, RESET_MODE = "SYNC",
    parameter [18431:0] INIT = 0
) (
    input [35:0] DI, output [35:0] DO, input [13:0] ADA, ADB, input [2:0] BLKSELA, BLKSELB,
    input CLKA, CLKB, CEA, CEB, OCE, RESETA, RESETB
);
    block_ram #(.BYTE(9), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .INIT(INIT)) ram (
        .clock(CLKB), .a_on(CEA), .a_writes(1'b1), .a_reset(1'b0), .a_address(ADA), .a_in(DI), .a_out(),
        .b_on(CEB), .b_writes(1'b0), .b_reset(RESETB), .b_address(ADB), .b_in(36'd0), .b_out(DO)
    );
endmodule

// Two ports that read and write.
module DPB #(
    parameter READ_MODE0 = 0, READ_MODE1 = 0, WRITE_MODE0 = 0, WRITE_MODE1 = 0, BIT_WIDTH_0 = 16, BIT_WIDTH_1 = 16,
    parameter BLK_SEL_0 = 0, BLK_SEL_1 = 0, RESET_MODE = "SYNC",
    parameter [16383:0] INIT = 0
) (
    input [15:0] DIA, DIB, output [15:0] DOA, DOB, input [13:0] ADA, ADB, input [2:0] BLKSELA, BLKSELB,
    input CLKA, CLKB, CEA, CEB, OCEA, OCEB, RESETA, RESETB, WREA, WREB
);
    wire [15:0] a_more, b_more;
    block_ram #(
        .BYTE(8), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .MODE_A(WRITE_MODE0), .MODE_B(WRITE_MODE1), .INIT(INIT)
    ) ram (
        .clock(CLKA), .a_on(CEA), .a_writes(WREA), .a_reset(RESETA), .a_address(ADA), .a_in({16'd0, DIA}),
        .a_out({a_more, DOA}), .b_on(CEB), .b_writes(WREB), .b_reset(RESETB), .b_address(ADB), .b_in({16'd0, DIB}),
        .b_out({b_more, DOB})
    );
endmodule

// Two ports that read and write.
module DPX9B #(
    parameter READ_MODE0 = 0, READ_MODE1 = 0, WRITE_MODE0 = 0, WRITE_MODE1 = 0, BIT_WIDTH_0 = 18, BIT_WIDTH_1 = 18,
    parameter BLK_SEL_0 = 0, BLK_SEL_1 = 0, RESET_MODE = "SYNC",
    parameter [18431:0] INIT = 0
) (
    input [17:0] DIA, DIB, output [17:0] DOA, DOB, input [13:0] ADA, ADB, input [2:0] BLKSELA, BLKSELB,
    input CLKA, CLKB, CEA, CEB, OCEA, OCEB, RESETA, RESETB, WREA, WREB
);
    wire [17:0] a_more, b_more;
    block_ram #(
        .BYTE(9), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .MODE_A(WRITE_MODE0), .MODE_B(WRITE_MODE1), .INIT(INIT)
    ) ram (
        .clock(CLKA), .a_on(CEA), .a_writes(WREA), .a_reset(RESETA), .a_address(ADA), .a_in({18'd0, DIA}),
        .a_out({a_more, DOA}), .b_on(CEB), .b_writes(WREB), .b_reset(RESETB), .b_address(ADB), .b_in({18'd0, DIB}),
        .b_out({b_more, DOB})
    );
endmodule

// 9 x 9 bits, each operand signed or not, without registers.
module MULT9X9 (
    input [8:0] A, B, SIA, SIB, input ASIGN, BSIGN, ASEL, BSEL, CE, CLK, RESET, output [17:0] DOUT
);
    wire signed [9:0] a = {ASIGN & A[8], A}, b = {BSIGN & B[8], B};
    wire signed [19:0] product = a * b;
    assign DOUT = product[17:0];
endmodule

// 18 x 18 bits, each operand signed or not, without registers.
module MULT18X18 (
    input [17:0] A, B, SIA, SIB, input ASIGN, BSIGN, ASEL, BSEL, CE, CLK, RESET, output [35:0] DOUT
);
    wire signed [18:0] a = {ASIGN & A[17], A}, b = {BSIGN & B[17], B};
    wire signed [37:0] product = a * b;
    assign DOUT = product[35:0];
endmodule
