"""A training: on the golden model, the simulated chip or a board; its checkpoint, history and summary."""
