// What yosys' own models of the ECP5's cells leave out: block RAM and multiplier, as far as yosys
// makes use of them.
//
// DP16KD: 1024 words of 18 bits, one clock, no output registers; an INITVAL holds 16 words, 20 bits apart. Where one port reads
// what the other writes in the same clock, the answer is the INVERSE of what is stored: a core that needs that value is found out.

module DP16KD (
    input DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2,
        DIA1, DIA0,
    input ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
    input CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
    output DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2,
        DOA1, DOA0,
    input DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2,
        DIB1, DIB0,
    input ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
    input CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
    output DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2,
        DOB1, DOB0
);
    parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18, REGMODE_A = "NOREG", REGMODE_B = "NOREG";
    parameter RESETMODE = "SYNC", ASYNC_RESET_RELEASE = "SYNC", CSDECODE_A = "0b000", CSDECODE_B = "0b000";
    parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL", CLKAMUX = "CLKA", CLKBMUX = "CLKB", GSR = "AUTO";
    parameter WID = 0;
    parameter INITVAL_00 = 320'd0, INITVAL_01 = 320'd0, INITVAL_02 = 320'd0, INITVAL_03 = 320'd0;
    parameter INITVAL_04 = 320'd0, INITVAL_05 = 320'd0, INITVAL_06 = 320'd0, INITVAL_07 = 320'd0;
    parameter INITVAL_08 = 320'd0, INITVAL_09 = 320'd0, INITVAL_0A = 320'd0, INITVAL_0B = 320'd0;
    parameter INITVAL_0C = 320'd0, INITVAL_0D = 320'd0, INITVAL_0E = 320'd0, INITVAL_0F = 320'd0;
    parameter INITVAL_10 = 320'd0, INITVAL_11 = 320'd0, INITVAL_12 = 320'd0, INITVAL_13 = 320'd0;
    parameter INITVAL_14 = 320'd0, INITVAL_15 = 320'd0, INITVAL_16 = 320'd0, INITVAL_17 = 320'd0;
    parameter INITVAL_18 = 320'd0, INITVAL_19 = 320'd0, INITVAL_1A = 320'd0, INITVAL_1B = 320'd0;
    parameter INITVAL_1C = 320'd0, INITVAL_1D = 320'd0, INITVAL_1E = 320'd0, INITVAL_1F = 320'd0;
    parameter INITVAL_20 = 320'd0, INITVAL_21 = 320'd0, INITVAL_22 = 320'd0, INITVAL_23 = 320'd0;
    parameter INITVAL_24 = 320'd0, INITVAL_25 = 320'd0, INITVAL_26 = 320'd0, INITVAL_27 = 320'd0;
    parameter INITVAL_28 = 320'd0, INITVAL_29 = 320'd0, INITVAL_2A = 320'd0, INITVAL_2B = 320'd0;
    parameter INITVAL_2C = 320'd0, INITVAL_2D = 320'd0, INITVAL_2E = 320'd0, INITVAL_2F = 320'd0;
    parameter INITVAL_30 = 320'd0, INITVAL_31 = 320'd0, INITVAL_32 = 320'd0, INITVAL_33 = 320'd0;
    parameter INITVAL_34 = 320'd0, INITVAL_35 = 320'd0, INITVAL_36 = 320'd0, INITVAL_37 = 320'd0;
    parameter INITVAL_38 = 320'd0, INITVAL_39 = 320'd0, INITVAL_3A = 320'd0, INITVAL_3B = 320'd0;
    parameter INITVAL_3C = 320'd0, INITVAL_3D = 320'd0, INITVAL_3E = 320'd0, INITVAL_3F = 320'd0;

    reg [17:0] memory [0:1023];
    reg [17:0] doa = 0, dob = 0;
    localparam [20479:0] INIT = {
        INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
        INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30,
        INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
        INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20,
        INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18,
        INITVAL_17, INITVAL_16, INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
        INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
        INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
    };
    integer i;
    initial for (i = 0; i < 1024; i = i + 1) memory[i] = INIT[i * 20 +: 18];

    wire [17:0] dia = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4,
        DIA3, DIA2, DIA1, DIA0};
    wire [13:0] ada = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
    assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3,
        DOA2, DOA1, DOA0} = doa;

    wire [17:0] dib = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4,
        DIB3, DIB2, DIB1, DIB0};
    wire [13:0] adb = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
    assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3,
        DOB2, DOB1, DOB0} = dob;

    // A port of 36 bits takes both ports' data pins: the even word on A's, the odd one on B's.
    wire wea = CEA & WEA, web = CEB & WEB;
    wire [9:0] worda = DATA_WIDTH_A == 36 ? {ada[13:5], 1'b0} : ada[13:4];
    wire [9:0] wordb = DATA_WIDTH_B == 36 ? {adb[13:5], 1'b0} : adb[13:4];
    wire [17:0] maska = mask(DATA_WIDTH_A, ada), maskb = mask(DATA_WIDTH_B, adb);
    wire [17:0] mask_odd = mask(18, {12'd0, ada[3:2]});
    // A write of no byte is none: yosys leaves WE on, and writes by the byte enables in the address.
    wire writes_a = wea & (|maska | (DATA_WIDTH_A == 36 & |mask_odd)), writes_b = web & |maskb;
    // One address for both: the bits of the wider port's words.
    localparam WIDER = DATA_WIDTH_A > DATA_WIDTH_B ? DATA_WIDTH_A : DATA_WIDTH_B;
    localparam BELOW = WIDER == 36 ? 5 : WIDER == 18 ? 4 : WIDER == 9 ? 3 : WIDER == 4 ? 2 : WIDER == 2 ? 1 : 0;
    wire one_address = (ada >> BELOW) == (adb >> BELOW);
    wire collides_a = writes_b & one_address, collides_b = writes_a & one_address;

    // What a write of this width changes in a word of 18 bits, and where narrow data lie in it.
    function [17:0] mask;
        input integer width;
        input [13:0] address;
        case (width)
            36, 18: mask = {{9{address[1]}}, {9{address[0]}}};
            9: mask = 18'h1ff << shift(width, address);
            4: mask = 18'hf << shift(width, address);
            2: mask = 18'h3 << shift(width, address);
            default: mask = 18'h1 << shift(width, address);
        endcase
    endfunction

    function [4:0] shift;
        input integer width;
        input [13:0] address;
        case (width)
            36, 18: shift = 0;
            9: shift = address[3] ? 9 : 0;
            4: shift = (address[3] ? 9 : 0) + (address[2] ? 4 : 0);
            2: shift = (address[3] ? 9 : 0) + {address[2:1], 1'b0};
            default: shift = (address[3] ? 9 : 0) + address[2:0];
        endcase
    endfunction

    function [17:0] narrow;
        input integer width;
        input [17:0] word;
        case (width)
            36, 18: narrow = word;
            9: narrow = word & 18'h1ff;
            4: narrow = word & 18'hf;
            2: narrow = word & 18'h3;
            default: narrow = word & 18'h1;
        endcase
    endfunction

    wire [17:0] heard_a = (memory[worda] >> shift(DATA_WIDTH_A, ada)) ^ {18{collides_a}};
    wire [17:0] heard_b = (memory[wordb] >> shift(DATA_WIDTH_B, adb)) ^ {18{collides_b}};
    wire [17:0] odd_b = memory[{adb[13:5], 1'b1}] ^ {18{collides_b}};

    always @(posedge CLKA) begin
        if (RSTA) doa <= 0;
        else if (CEA & (~WEA | WRITEMODE_A == "READBEFOREWRITE")) doa <= narrow(DATA_WIDTH_A, heard_a);
        else if (CEA & WRITEMODE_A == "WRITETHROUGH") doa <= narrow(DATA_WIDTH_A, dia);
        if (RSTB) dob <= 0;
        else if (CEB & (~WEB | WRITEMODE_B == "READBEFOREWRITE")) dob <= narrow(DATA_WIDTH_B, heard_b);
        else if (CEB & WRITEMODE_B == "WRITETHROUGH") dob <= narrow(DATA_WIDTH_B, dib);
        if (DATA_WIDTH_B == 36) begin
            if (RSTB) {dob, doa} <= 0;
            else if (CEB) {dob, doa} <= {odd_b, heard_b};
        end
        if (wea) memory[worda] <= (memory[worda] & ~maska) | ((dia << shift(DATA_WIDTH_A, ada)) & maska);
        if (wea && DATA_WIDTH_A == 36)
            memory[worda | 1] <= (memory[worda | 1] & ~mask_odd) | (dib & mask_odd);
        if (web) memory[wordb] <= (memory[wordb] & ~maskb) | ((dib << shift(DATA_WIDTH_B, adb)) & maskb);
    end
endmodule

// MULT18X18D: 18 x 18 bits, each operand signed or not, without registers.
module MULT18X18D (
    input A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0,
    input B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0,
    input C17, C16, C15, C14, C13, C12, C11, C10, C9, C8, C7, C6, C5, C4, C3, C2, C1, C0,
    input SIGNEDA, SIGNEDB, SOURCEA, SOURCEB, CLK0, CE0, RST0,
    output P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16,
        P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0
);
    parameter REG_INPUTA_CLK = "NONE", REG_INPUTB_CLK = "NONE", REG_OUTPUT_CLK = "NONE", RESETMODE = "SYNC", GSR = "ENABLED";

    wire [17:0] in_a = {A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0};
    wire [17:0] in_b = {B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0};
    wire signed [18:0] a = {SIGNEDA & in_a[17], in_a}, b = {SIGNEDB & in_b[17], in_b};
    wire signed [37:0] product = a * b;
    assign {P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16,
        P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = product[35:0];
endmodule
