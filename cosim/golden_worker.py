"""The golden half of a training run, in a process of its own: `python -m cosim.golden_worker JOB.json`."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from cosim.files import load_arrays, save_arrays
from cosim.job import Job, pack
from cosim.processes import end_with_parent

CHUNK = 64
"""Samples learned between two writes."""


def work(job: Job) -> None:
    """Appends every expected record to expected.bin, and writes the state before the run and after each epoch."""
    data = job.data()
    model = job.part("golden")(job.core_config)
    if not job.fresh:
        model.load(load_arrays(job.file("resume.npz")))
    save_arrays(job.state_file(job.first - 1), model.state())
    with open(job.file("expected.bin"), "wb", buffering=0) as file:
        for epoch in range(job.first, job.last):
            right: dict[str, int] = {}
            for records in expected(job, data, epoch, model, right):
                file.write(records)
            job.save_right(epoch, right)
            save_arrays(job.state_file(epoch), model.state())


def expected(
    job: Job, data: dict[str, np.ndarray], epoch: int, model: Any, right: dict[str, int] | None = None
) -> Iterator[bytes]:
    """Lets golden take an epoch's stream; gives its records, packed, some at a time.

    Args:
        right: gets how many samples golden names rightly, by the segment's kind.
    """
    model.decay = job.decays[epoch]
    right = {} if right is None else right
    for segment in job.segments(data, epoch):
        for low in range(0, len(segment.x), CHUNK):
            part = slice(low, low + CHUNK)
            records = model.train(segment.x[part], segment.y[part], learn=segment.learn)
            found = int((np.asarray(records.prediction) == segment.y[part]).sum())
            right[segment.kind] = right.get(segment.kind, 0) + found
            yield pack(records)
        if segment.kind == "recall":
            model.recall()


if __name__ == "__main__":
    end_with_parent()
    work(Job.load(sys.argv[1]))
