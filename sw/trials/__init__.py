"""Trainings of one seed each, computed side by side, and kept as long as the code they came from stays: of `bispike paper`
and `bispike bench`."""
