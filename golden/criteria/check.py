"""What a check of a criterion says."""

from collections.abc import Iterable
from dataclasses import dataclass

CRITERIA = ("C1", "C2", "C3", "C4", "C5")
"""Asymmetric weights; local plasticity; no two phases; spikes only; an unsigned learning signal."""


@dataclass(frozen=True)
class Verdict:
    """Of one criterion. seen: what was looked at, or the first thing that breaks it."""

    criterion: str
    kept: bool
    seen: str


def verdict(criterion: str, faults: Iterable[str], otherwise: str) -> Verdict:
    """Broken by the first fault; kept, and `otherwise` was seen, where there is none."""
    for fault in faults:
        return Verdict(criterion, False, fault)
    return Verdict(criterion, True, otherwise)


def kept(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The criteria that are kept."""
    return frozenset(v.criterion for v in verdicts if v.kept)
