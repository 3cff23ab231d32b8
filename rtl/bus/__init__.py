"""How the core is reached: registers, packets, and AXI around them. Reads `golden.config`, never torch."""
