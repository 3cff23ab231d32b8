"""What the run of a network that foretells shows: its figures, pictures and page."""
