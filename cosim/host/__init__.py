"""What a host says to a core and hears, as plain data: frames, packets, the memory map. No HDL, no simulator, no torch."""
