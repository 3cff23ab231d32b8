"""What the command says in one line: what its user got wrong, and what it found wrong itself."""


class UserError(ValueError):
    """Bad input: what was found and what is allowed. The command exits with 2.

    Configurations and samples have errors of their own.
    """


class DataError(UserError):
    """Data that no core can learn from, or that does not fit a network: names the file, what was found, what is allowed."""


class CheckError(RuntimeError):
    """A mismatch, or a check that failed. The command exits with 1."""
