"""What a configuration becomes: Verilog, memories, multipliers, clocks."""
