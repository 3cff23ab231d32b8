"""What becomes Verilog: the core in Amaranth HDL. Reads `golden.config`, never torch."""
