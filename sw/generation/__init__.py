"""New images from an auto-encoder: codes, what the backward network draws from them, and how good that is."""
