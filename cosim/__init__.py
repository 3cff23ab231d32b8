"""RTL against golden, under a simulator. The simulator's own process never imports torch: `compare` and `training` load it late."""
