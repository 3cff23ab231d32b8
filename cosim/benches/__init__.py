"""cocotb benches of blocks and cores, with the models they compare with and the drivers of the pins."""
