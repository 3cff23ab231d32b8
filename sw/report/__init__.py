"""What a run shows: pictures and one HTML page."""
