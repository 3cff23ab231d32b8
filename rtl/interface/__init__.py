"""What a host and the chip must agree on, as plain numbers without HDL: registers, packets, frames, the memory map."""
