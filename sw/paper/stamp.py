"""How a page says when, of which state and where the results of a part were measured, in few words."""

from collections.abc import Sequence

from sw.trials.provenance import Provenance

MEASURED = "*Measured "
"""How it begins."""
NOTED = "2026-11-30"
"""Results that do not say themselves where they are from were kept before."""


def stamp(sources: Sequence[Provenance | None], seeds: int) -> str:
    """The line, of at least one result; None: it does not say where it is from."""
    noted = sorted(dict.fromkeys(source for source in sources if source), key=lambda source: source.date)
    unknown = "of a state and on a machine that were not noted"
    if not noted:
        return f"{MEASURED}before {NOTED}, {seeds} seeds, {unknown}.*"
    first, last = noted[0].date, noted[-1].date
    day = f"on {first}" if first == last else f"from {first} to {last}"
    states, machines = (
        _few(list(dict.fromkeys(parts))) for parts in zip(*((s.state, s.machine) for s in noted), strict=True)
    )
    missing = sum(source is None for source in sources)
    rest = f"; {missing} of {len(sources)} results before {NOTED}, {unknown}" if missing else ""
    return f"{MEASURED}{day}, {seeds} seeds, of {states}, on {machines}{rest}.*"


def _few(names: list[str]) -> str:
    """The oldest, the newest, and how many there are between."""
    ends = " and ".join(dict.fromkeys((names[0], names[-1])))
    return ends if len(names) < 3 else f"{ends} and {len(names) - 2} between them"
