"""What a training was and how it went, in plain JSON values: kept with its weights, and what its report is made of.

A history holds `data`, `split`, `digest` (of the samples), `backend`, and each epoch's totals: `epochs` of the training,
`tests` of the test after it, and `chip` where there was one (`cosim.training`'s own account, needed to go on).
"""

import hashlib
from pathlib import Path

import numpy as np

from sw.common.errors import UserError
from sw.data.dataset import Dataset
from sw.training.checkpoint import Checkpoint


def new(data: str, split: int, dataset: Dataset, backend: str) -> dict:
    """The history of a training that has not begun. `data` is the name or file the user gave."""
    facts = {"data": data, "split": split, "digest": digest(dataset), "backend": backend}
    return facts | {"epochs": [], "tests": [], "chip": []}


def check(kept: Checkpoint, path: Path) -> None:
    """Raises UserError where a checkpoint is not one of a training."""
    if "digest" not in kept.history:
        raise UserError(f"{path}: found no history of a training; allowed is the folder of an interrupted run")


def check_data(kept: Checkpoint, dataset: Dataset, path: Path) -> None:
    """Raises UserError where a run cannot go on with these samples."""
    if kept.history["digest"] != digest(dataset):
        raise UserError(f"{path}: found a run on other samples of {kept.history['data']}; allowed is the data it began with")


def digest(dataset: Dataset) -> str:
    """A name for exactly these samples in this order."""
    hashed = hashlib.sha256()
    for part in (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test):
        hashed.update(str(part.shape).encode())
        hashed.update(np.ascontiguousarray(part).tobytes())
    return hashed.hexdigest()[:16]


def no_totals(layers: int) -> dict:
    """What is counted while samples run, all zero; `counters` of layers 1..L are rows, updates, saturations, spikes."""
    return {
        "samples": 0,
        "correct": 0,
        "seconds": 0.0,
        "clocks": 0.0,
        "values": 0,
        "counters": [[0] * 4 for _ in range(layers)],
    }


def summed(parts: list[dict]) -> dict:
    """Totals over several stretches of samples, at least one."""
    totals = {key: sum(part[key] for part in parts) for key in parts[0] if key != "counters"}
    counters = np.sum([part["counters"] for part in parts], axis=0).tolist()
    return totals | {"counters": counters}


def accuracies(parts: list[dict]) -> list[float]:
    """The share of right predictions in each, 0..1."""
    return [part["correct"] / part["samples"] for part in parts]
