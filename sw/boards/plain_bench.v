// A self-checking bench for the core `bispike`, in plain Verilog-2005: any simulator proves the core with it.
//
//   iverilog -g2005 -o bench.vvp bench.v bispike.v && vvp -N bench.vvp
//
// It plays vectors.hex, which the golden model made, through the AXI4-Lite port: 4 bits of kind (1 write, 2 read and
// compare, 3 read until equal), 12 bits of address, 32 bits of data a line. The last line it prints begins with PASS or
// FAIL; with `vvp -N` a failure is exit code 1.

`timescale 1ns/1ns

module bench;
    parameter LINES = @LINES@;
    parameter TWENTIETH = LINES / 20 + 1;
    parameter PATIENCE = 1000000;  // clocks that one access may take, waiting included

    reg aclk = 0, aresetn = 0;
    always #5 aclk = ~aclk;

    reg [11:0] address;
    reg [31:0] data;
    reg awvalid = 0, wvalid = 0, bready = 0, arvalid = 0, rready = 0;
    wire awready, wready, bvalid, arready, rvalid, busy, learning, error, s_axis_tready, m_axis_tvalid, m_axis_tlast;
    wire [31:0] rdata, m_axis_tdata;
    wire [1:0] bresp, rresp;

    bispike dut (
        .aclk(aclk), .aresetn(aresetn),
        .s_axi_ctrl_awaddr(address), .s_axi_ctrl_awprot(3'd0), .s_axi_ctrl_awvalid(awvalid), .s_axi_ctrl_awready(awready),
        .s_axi_ctrl_wdata(data), .s_axi_ctrl_wstrb(4'hf), .s_axi_ctrl_wvalid(wvalid), .s_axi_ctrl_wready(wready),
        .s_axi_ctrl_bresp(bresp), .s_axi_ctrl_bvalid(bvalid), .s_axi_ctrl_bready(bready),
        .s_axi_ctrl_araddr(address), .s_axi_ctrl_arprot(3'd0), .s_axi_ctrl_arvalid(arvalid), .s_axi_ctrl_arready(arready),
        .s_axi_ctrl_rdata(rdata), .s_axi_ctrl_rresp(rresp), .s_axi_ctrl_rvalid(rvalid), .s_axi_ctrl_rready(rready),
        .s_axis_tdata(32'd0), .s_axis_tlast(1'b0), .s_axis_tvalid(1'b0), .s_axis_tready(s_axis_tready),
        .m_axis_tdata(m_axis_tdata), .m_axis_tlast(m_axis_tlast), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(1'b1),
        .busy(busy), .learning(learning), .error(error)
    );

    reg [47:0] vectors [0:LINES - 1];
    reg [47:0] vector;
    reg [1:0] response;
    integer line, compared, clocks, began, answered;

    always @(posedge aclk) clocks = clocks + 1;

    task fail;
        input [8 * 40 - 1:0] what;
        begin
            $display("FAIL: line %0d of vectors.hex, register %h: %0s: expected %h, got %h", line + 1, vector[43:32], what,
                     vector[31:0], rdata);
            $stop(0);
            $finish(0);
        end
    endtask

    // A signal is driven after the falling edge and looked at before the next one: no race with the core's clock.
    task write;
        begin
            awvalid = 1; wvalid = 1; bready = 1; answered = 0;
            while (!answered && clocks - began < PATIENCE) begin
                @(negedge aclk);
                if (bvalid) begin answered = 1; response = bresp; end
                #1 if (accepted_w) begin awvalid = 0; wvalid = 0; end
            end
            @(negedge aclk) bready = 0;
        end
    endtask

    task read;
        begin
            arvalid = 1; rready = 1; answered = 0;
            while (!answered && clocks - began < PATIENCE) begin
                @(negedge aclk);
                if (rvalid) begin answered = 1; response = rresp; taken = rdata; end
                #1 if (accepted_r) arvalid = 0;
            end
            @(negedge aclk) rready = 0;
        end
    endtask

    // The core takes address and data in the same clock; what was accepted at the last rising edge is remembered here.
    reg accepted_w = 0, accepted_r = 0;
    reg [31:0] taken;
    always @(posedge aclk) begin
        accepted_w <= awvalid & awready;
        accepted_r <= arvalid & arready;
    end

    initial begin
        $readmemh("vectors.hex", vectors);
        clocks = 0; compared = 0;
        repeat (4) @(negedge aclk);
        aresetn = 1;
        for (line = 0; line < LINES; line = line + 1) begin
            vector = vectors[line];
            address = vector[43:32]; data = vector[31:0]; began = clocks; taken = ~data;
            if (vector[47:44] == 1) write;
            else begin
                read;
                while (vector[47:44] == 3 && taken !== data && answered && clocks - began < PATIENCE) read;
                compared = compared + 1;
            end
            if (!answered) fail("no answer");
            if (response !== 0) fail("an error response");
            if (vector[47:44] != 1 && taken !== data) fail("another value");
            if (line % TWENTIETH == TWENTIETH - 1) begin
                $display("%0d of %0d lines of vectors.hex, %0d values compared, %0d clocks", line + 1, LINES, compared, clocks);
                $fflush;
            end
        end
        $display("PASS: %0d values compared, %0d clocks", compared, clocks);
        $finish(0);
    end
endmodule
