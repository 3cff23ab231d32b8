"""Tasks side by side on this machine, each in a process of its own."""

import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from cosim.processes import end_with_parent
from sw.common.errors import CheckError, UserError
from sw.common.task import told

DEATHS = 4
"""Processes that a task may take with it until it counts as one that cannot be run."""
PATIENCE = 5
"""Seconds that a process gets to end what it has started."""


class LocalWorkers:
    """A context that runs tasks in `workers` processes at once. A process that dies is replaced, its task begun again."""

    address = None

    def __init__(self, workers: int):
        self.workers = workers

    def __enter__(self) -> "LocalWorkers":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self,
        names: list[str],
        task: Callable[[str], tuple[Callable, tuple]],
        listener: Callable[..., None],
        tick: Callable[[], None],
    ) -> Iterator[tuple[str, Any]]:
        """See `sw.common.cluster.Workers.run`."""
        left, running, deaths = list(reversed(names)), {}, Counter()
        try:
            while left or running:
                while left and len(running) < self.workers:
                    name = left.pop()
                    process = _Process(name, *task(name))
                    running[process.connection] = process
                tick()
                for connection in wait(list(running), timeout=0.25):
                    process = running[connection]
                    try:
                        kind, value = connection.recv()
                    except (EOFError, OSError):
                        kind, value = "died", None
                    if kind == "told":
                        listener(process.name, *value)
                        continue
                    del running[connection]
                    process.end()
                    if kind == "failed":
                        raise value
                    if kind == "done":
                        yield process.name, value
                        continue
                    deaths[process.name] += 1
                    if deaths[process.name] == DEATHS:
                        raise CheckError(f"{process.name}: its workers died, {DEATHS} of them")
                    left.append(process.name)
        finally:
            for process in running.values():
                process.process.terminate()
            for process in running.values():
                process.end()


class _Process:
    """One that runs one task and ends."""

    def __init__(self, name: str, function: Callable, arguments: tuple):
        self.name = name
        context = multiprocessing.get_context("spawn")  # a forked torch can hang
        self.connection, far = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(far, function, arguments), daemon=True)
        with no_interrupt():
            self.process.start()
        far.close()  # ours: the end of the process is the end of the pipe

    def end(self) -> None:
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.connection.close()


def _work(connection: Connection, function: Callable, arguments: tuple) -> None:
    """In the process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that it ends what it has started
    end_with_parent(multiprocessing.parent_process().pid)
    try:
        with told(lambda *values: connection.send(("told", values))):
            outcome = "done", function(*arguments)
    except Exception as error:
        outcome = "failed", _sendable(error)
    with suppress(BrokenPipeError):
        connection.send(outcome)


def _sendable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot be sent."""
    error.add_note("in a process of its own:\n" + "".join(traceback.format_exception(error)))
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))
        return error
    plain = next((kind for kind in (CheckError, UserError) if isinstance(error, kind)), RuntimeError)
    return plain(str(error))


@contextmanager
def background(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end with this one, and at once, whatever is left to do, where the block ends with an error.

    They start as something is submitted: within `no_interrupt`, so that Ctrl-C is this process's alone.
    """
    context = multiprocessing.get_context("spawn")  # a forked torch can hang
    with ProcessPoolExecutor(workers, context, initializer=end_with_parent, initargs=(os.getpid(),)) as pool:
        try:
            yield pool
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def no_interrupt() -> Iterator[None]:
    """Holds Ctrl-C back: a process started here never gets it, and ends when this one asks or ends."""
    resource_tracker.ensure_running()  # else multiprocessing starts it here, and lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
