"""What `import bispike` gives: model and chip as objects, whole trainings and comparisons. Nothing prints unasked."""
