"""cocotb benches of `rtl.engine`, a block each."""
