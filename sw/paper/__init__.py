"""`bispike paper`: every claim of the paper that can be checked here, measured, beside the paper's own figures."""
