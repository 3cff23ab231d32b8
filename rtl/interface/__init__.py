"""What a host and the chip agree on, as plain data without HDL: registers, packets, frames, the memory map."""
