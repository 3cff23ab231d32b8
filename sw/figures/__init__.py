"""Every figure that the project promises, measured."""
