"""Processes that wait for times: a little discrete simulation, in whole clocks."""

from collections.abc import Callable, Generator
from math import inf

Process = Generator[Callable[[], float], float, None]
"""Yields a function that says when it goes on, as far as is known (inf: not yet); gets that time."""


def play(processes: list[Process]) -> None:
    """Runs them, always the one with the earliest time, until all have ended or none knows when it goes on."""
    waits = [(process, next(process)) for process in processes]
    while waits:
        times = [when() for _, when in waits]
        time = min(times)
        if time == inf:
            return
        number = times.index(time)
        process = waits[number][0]
        try:
            waits[number] = process, process.send(time)
        except StopIteration:
            del waits[number]
