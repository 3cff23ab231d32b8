"""What a training is, in plain JSON values: kept as `about` in its checkpoint from its start on.

That is `data`, `split`, `digest` (of the samples), `backend`, and `baseline`: train the same network by backprop, too.
"""

import hashlib
from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from sw.common.errors import UserError
from sw.data.dataset import Dataset


def about(data: str, split: int, dataset: Dataset, backend: str, baseline: bool) -> dict:
    """What there is to say of a training. `data` is the name or file the user gave."""
    return {"data": data, "split": split, "digest": digest(dataset), "backend": backend, "baseline": baseline}


def check(kept: Checkpoint, path: Path) -> None:
    """Raises UserError where a checkpoint is not one of a training."""
    if "digest" not in kept.about:
        raise UserError(f"{path}: found no history of a training; allowed is the folder of an interrupted run")


def check_data(kept: Checkpoint, dataset: Dataset, path: Path) -> None:
    """Raises UserError where a run cannot go on with these samples."""
    if kept.about["digest"] != digest(dataset):
        raise UserError(f"{path}: found a run on other samples of {kept.about['data']}; allowed is the data it began with")


def digest(dataset: Dataset) -> str:
    """A name for exactly these samples in this order."""
    hashed = hashlib.sha256()
    for part in (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test):
        hashed.update(str(part.shape).encode())
        hashed.update(np.ascontiguousarray(part).tobytes())
    return hashed.hexdigest()[:16]
