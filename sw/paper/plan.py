"""How much is measured: all of it, or a taste of it in minutes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Members: quick: small data and few epochs, no targets. seeds: of each trial, 1 or more."""

    quick: bool
    seeds: int

    def of(self, full: int, quick: int) -> int:
        """One of the two numbers."""
        return quick if self.quick else full

    def target(self, words: str, reached: bool) -> tuple[str, bool | None]:
        """A row's target and whether it is reached; none of a taste."""
        return ("", None) if self.quick else (words, reached)
