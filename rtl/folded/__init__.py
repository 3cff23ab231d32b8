"""The folded core: one engine, steered by a microprogram, does the work of all layers and both networks."""
