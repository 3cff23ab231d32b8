"""The golden half of a training run, in a process of its own: `python -m cosim.golden_worker JOB.json`."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from cosim import account
from cosim.files import load_arrays, save_arrays
from cosim.job import Job, pack, take
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
            totals: dict[str, dict] = {}
            for records in expected(job, data, epoch, model, totals):
                file.write(records)
            job.save_totals(epoch, totals)
            save_arrays(job.state_file(epoch), model.state())


def expected(
    job: Job, data: dict[str, np.ndarray], epoch: int, model: Any, totals: dict[str, dict] | None = None
) -> Iterator[bytes]:
    """Lets golden take an epoch's stream; gives what it says, packed, some at a time.

    Args:
        totals: gets what golden found (`cosim.account`), by the segment's kind.
    """
    config = job.core_config
    model.decay = job.decays[epoch]
    totals = {} if totals is None else totals
    for segment in job.segments(data, epoch):
        for low in range(0, len(segment.samples), CHUNK):
            part = segment.samples[low : low + CHUNK]
            if segment.kind == "draw":
                yield pack(config, model.draw(part.x))
                continue
            said = take(model, part, segment.learn)
            so_far = totals.get(segment.kind, account.nothing(config))
            totals[segment.kind] = account.summed([so_far, account.of_said(config, said, part)])
            yield pack(config, said)
        if segment.kind == "recall":
            model.recall()
        if segment.kind == "test" and config.task == "autoencoder":
            totals["test"]["agreement"] = model.agreement(segment.samples.x).sum(0).tolist()


if __name__ == "__main__":
    end_with_parent()
    work(Job.load(sys.argv[1]))
