"""The chip proven against the golden model: on some samples, or over a whole training in pieces."""
