"""A pool that trains nothing, and figures by their names."""

from concurrent.futures import Executor, Future

from sw.figures.figure import Figure


class Inline(Executor):
    """A pool that answers each trial at once with the accuracy that `answer` says of it."""

    def __init__(self, answer):
        self.answer, self.jobs = answer, []

    def submit(self, run):
        self.jobs.append(run.__self__)
        future = Future()
        future.set_result({"accuracy": self.answer(run.__self__)})
        return future


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}
