"""What an epoch gave, in plain JSON values: written by every backend, kept in the checkpoint, summed in a summary.

An epoch is {"training": totals, "test": totals, "values": compared, "differ": of these}.
"""

from typing import Any

import numpy as np

from golden.config import Config
from golden.records import Recalled, Records
from golden.samples import Samples


def nothing(config: Config) -> dict:
    """The totals of no sample, of a configuration's task."""
    kinds = {"autoencoder": recalled_totals, "sequence": foretold_totals}
    return kinds.get(config.task, totals)(config.layers)


def of_said(config: Config, said: Records | Recalled, samples: Samples, **found: Any) -> dict:
    """Totals of what a chip or golden said of samples, whose labels mean nothing to an auto-encoder."""
    if isinstance(said, Recalled):
        return of_recalled(said, samples.x, config.steps, **found)
    return (of_foretold if config.task == "sequence" else of_records)(said, samples, **found)


SQUARE = 1 << 40
"""One, in the sums of squares of `foretold_totals`."""
_GOLDENS = {
    "golden_correct": "correct",
    "golden_squared_error": "squared_error",
    "golden_squares": "squares",
    "agreement": "agreement",
}


def with_golden(own: dict, golden: dict) -> dict:
    """A chip's totals, and beside them what golden alone knows, of its totals of the same samples."""
    return own | {name: golden[key] for name, key in _GOLDENS.items() if name in own}


def totals(layers: int, **found: Any) -> dict:
    """What is counted while samples run, zero where not `found`.

    Members:
        samples: how many.  correct: named rightly by what learns, the chip where there is one.
        golden_correct: named rightly by the golden model, which computed them too.
        seconds, clocks: for all of them.  counters: of layers 1..L rows, errors, saturations, spikes.
    """
    none = {"samples": 0, "correct": 0, "golden_correct": 0, "seconds": 0.0, "clocks": 0.0}
    return none | {"counters": [[0] * 4 for _ in range(layers)]} | found


def of_records(records: Any, samples: Samples, **found: Any) -> dict:
    """Totals of what was said of samples: a chip's records or golden's."""
    correct = int((np.asarray(records.prediction) == samples.y).sum())
    counters = np.asarray(records.counters)
    summed = counters.sum(0, dtype=np.int64).tolist()
    return totals(counters.shape[1], samples=len(samples), correct=correct, counters=summed, **found)


def foretold_totals(layers: int, **found: Any) -> dict:
    """What is counted while the elements of a sequence run: `totals`, and

    valued: how many labels stand for values.  squares: sum over these of (value foretold - value)^2 in 2^-40, whole numbers,
        so that no order of adding matters, of what learns, the chip where there is one; golden_squares: of the golden model.
    """
    return totals(layers) | {"valued": 0, "squares": 0, "golden_squares": 0} | found


def of_foretold(records: Any, samples: Samples, **found: Any) -> dict:
    """Totals of what was foretold: a chip's records or golden's."""
    if samples.true is not None:
        wrong = samples.concepts.values(np.asarray(records.voltages)) - samples.true
        found |= {"valued": len(samples), "squares": sum(map(int, np.rint(wrong**2 * SQUARE).tolist()))}
    return foretold_totals(0) | of_records(records, samples, **found)


def recalled_totals(layers: int, **found: Any) -> dict:
    """What is counted while samples run through an auto-encoder, zero where not `found`.

    Members:
        samples: how many.  pixels: of all of them.  squared_error: sum over these of (16 recalled / T - pixel)^2, of what
            learns, the chip where there is one; golden_squared_error: of the golden model.
        seconds, clocks: for all samples.  counters: of places 0..L-1 the ten of `golden.records.RECALLED_COUNTERS`.
        agreement: of layers 0..L-1 the sum of the cosines of their counts on the way up and down, where it was asked for.
    """
    none = {"samples": 0, "pixels": 0, "squared_error": 0, "golden_squared_error": 0, "seconds": 0.0, "clocks": 0.0}
    none |= {"agreement": [0.0] * layers}
    return none | {"counters": [[0] * 10 for _ in range(layers)]} | found


def of_recalled(records: Any, x: np.ndarray, steps: int, **found: Any) -> dict:
    """Totals of what was said of samples x (N, n_0): `golden.records.Recalled`."""
    difference = np.asarray(records.recalled, np.int64) * (16 // steps) - x
    counters = np.asarray(records.counters).sum(0, dtype=np.int64).tolist()
    counted = {"samples": len(x), "pixels": x.size, "squared_error": int((difference**2).sum())}
    return recalled_totals(len(counters), counters=counters, **counted, **found)


def summed(parts: list[dict]) -> dict:
    """Totals over several stretches of samples, at least one."""
    lists = [key for key in parts[0] if isinstance(parts[0][key], list)]
    sums = {key: sum(part[key] for part in parts) for key in parts[0] if key not in lists}
    return sums | {key: np.sum([part[key] for part in parts], axis=0).tolist() for key in lists}


def epoch(training: dict, test: dict, values: int = 0, differ: int = 0) -> dict:
    """The account of an epoch."""
    return {"training": training, "test": test, "values": values, "differ": differ}


def accuracies(parts: list[dict], who: str = "correct") -> list[float]:
    """The share of right predictions in each that has samples, 0..1; `who`: "correct" or "golden_correct"."""
    return [part[who] / part["samples"] for part in parts if part["samples"]]


def errors(parts: list[dict], who: str = "squared_error") -> list[float]:
    """The mean squared error of pixels 0..1 that were recalled, in each of `recalled_totals` that has samples; `who`:
    "squared_error" or "golden_squared_error"."""
    return [part[who] / (256 * part["pixels"]) for part in parts if part["samples"]]


def deviations(parts: list[dict], who: str = "squares") -> list[float]:
    """The mean squared error of values foretold, in each of `foretold_totals` that has any; `who`: "squares" or
    "golden_squares"."""
    return [part[who] / part["valued"] / SQUARE for part in parts if part["valued"]]


def agreements(parts: list[dict]) -> list[list[float]]:
    """The mean cosine of each layer 0..L-1 on the way up and down, in each of `recalled_totals` that has samples."""
    return [[cosines / part["samples"] for cosines in part["agreement"]] for part in parts if part["samples"]]


def shares(parts: list[dict]) -> dict[str, list[float]]:
    """By the name of what a task goes by, accuracies or errors."""
    if "squared_error" in parts[0]:
        return {"error": errors(parts)}
    return {"error": deviations(parts)} if parts[0].get("valued") else {"accuracy": accuracies(parts)}


def clocks_a_sample(parts: list[dict]) -> float | None:
    """Mean over all samples; None where none was clocked."""
    clocks, samples = (sum(part[key] for part in parts) for key in ("clocks", "samples"))
    return clocks / samples if clocks else None
