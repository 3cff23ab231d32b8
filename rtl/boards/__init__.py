"""Tops for boards: a core with its clock, its serial line and its lights."""
