"""What an epoch gave, in plain JSON values: written by every backend, kept in the checkpoint, summed in a summary.

An epoch is {"training": totals, "test": totals, "values": compared, "differ": of these}.
"""

from typing import Any

import numpy as np


def totals(layers: int, **found: Any) -> dict:
    """What is counted while samples run, zero where not `found`.

    Members:
        samples: how many.  correct: named rightly by what learns, the chip where there is one.
        golden_correct: named rightly by the golden model, which computed them too.
        seconds, clocks: for all of them.  counters: of layers 1..L rows, errors, saturations, spikes.
    """
    none = {"samples": 0, "correct": 0, "golden_correct": 0, "seconds": 0.0, "clocks": 0.0}
    return none | {"counters": [[0] * 4 for _ in range(layers)]} | found


def of_records(records: Any, labels: np.ndarray, **found: Any) -> dict:
    """Totals of what was said of samples with these labels (N,): a chip's records or golden's."""
    correct = int((np.asarray(records.prediction) == labels).sum())
    counters = np.asarray(records.counters)
    summed = counters.sum(0, dtype=np.int64).tolist()
    return totals(counters.shape[1], samples=len(labels), correct=correct, counters=summed, **found)


def summed(parts: list[dict]) -> dict:
    """Totals over several stretches of samples, at least one."""
    sums = {key: sum(part[key] for part in parts) for key in parts[0] if key != "counters"}
    return sums | {"counters": np.sum([part["counters"] for part in parts], axis=0).tolist()}


def epoch(training: dict, test: dict, values: int = 0, differ: int = 0) -> dict:
    """The account of an epoch."""
    return {"training": training, "test": test, "values": values, "differ": differ}


def accuracies(parts: list[dict], who: str = "correct") -> list[float]:
    """The share of right predictions in each that has samples, 0..1; `who`: "correct" or "golden_correct"."""
    return [part[who] / part["samples"] for part in parts if part["samples"]]


def clocks_a_sample(parts: list[dict]) -> float | None:
    """Mean over all samples; None where none was clocked."""
    clocks, samples = (sum(part[key] for part in parts) for key in ("clocks", "samples"))
    return clocks / samples if clocks else None
