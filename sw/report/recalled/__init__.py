"""What the run of an auto-encoder shows: its figures, pictures and page."""
