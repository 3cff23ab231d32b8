"""What serves one FPGA family and one router: where an ECP5's multipliers, block RAMs and registers go."""
