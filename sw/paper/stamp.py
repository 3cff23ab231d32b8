"""How a page says when, of which state and where the results of a part were measured, in few words."""

from collections.abc import Sequence

from sw.trials.provenance import Provenance

MEASURED = "*Measured "
"""How it begins."""


def stamp(sources: Sequence[Provenance], seeds: int) -> str:
    """The line, of at least one result."""
    noted = sorted(dict.fromkeys(sources), key=lambda source: source.date)
    first, last = noted[0].date, noted[-1].date
    day = f"on {first}" if first == last else f"from {first} to {last}"
    states, machines = (
        _few(list(dict.fromkeys(parts))) for parts in zip(*((s.state, s.machine) for s in noted), strict=True)
    )
    return f"{MEASURED}{day}, {seeds} seeds, of {states}, on {machines}.*"


def _few(names: list[str]) -> str:
    """The oldest, the newest, and how many there are between."""
    ends = " and ".join(dict.fromkeys((names[0], names[-1])))
    return ends if len(names) < 3 else f"{ends} and {len(names) - 2} between them"
