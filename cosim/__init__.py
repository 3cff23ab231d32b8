"""RTL against golden, under a simulator. Torch is imported in the golden process, and after a mismatch, and nowhere else."""
