"""Shards on a dask cluster: processes on this machine, or the workers of a scheduler somewhere."""

import logging
import os
import re
import signal
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Any

from cosim.shard import Proof, Reference, Shard, prove
from sw.boards.tools import Unwanted, asked
from sw.common.errors import CheckError, UserError

PATIENCE = 5
"""Seconds until a scheduler counts as not there."""
AHEAD = 2
"""Shards a worker's thread is sent before their results are back: the next one's arrays are there when it is free."""
ADDRESS = r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d+/?"

Live = Callable[[int, int, int], None]
"""Told while shards run: a shard's number, its samples so far, its values compared so far."""


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Cluster:
    """A context that proves shards side by side.

    Args:
        address: of a dask scheduler, as tcp://host:8786; None: a cluster of `workers` processes on this machine.

    Raises:
        UserError: there is no scheduler.
    """

    def __init__(self, address: str | None, workers: int):
        if address and not re.fullmatch(ADDRESS, address):
            raise UserError(f"--scheduler: found {address}; allowed is a dask scheduler's address, as tcp://host:8786")
        self.address, self._wanted, self._stack = address, workers, ExitStack()

    def __enter__(self) -> "Cluster":
        import dask
        from distributed import Client, LocalCluster

        # A shard's arrays are some megabytes: no graph to warn of.
        self._stack.enter_context(dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}))
        for name in ["asyncio", *logging.root.manager.loggerDict]:  # what a user must know is said in one line, at the end
            if name.split(".")[0] in ("distributed", "tornado", "asyncio"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            if self.address is None:
                with _no_interrupt(), warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of a port that a dashboard would have
                    here = LocalCluster(
                        n_workers=self._wanted,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                        memory_limit=0,  # the memory is in the simulators, which are other processes
                    )
                    self._stack.callback(here.close)
                self._client = Client(here)
            else:
                try:
                    self._client = Client(self.address, timeout=PATIENCE)
                except (OSError, ValueError, TypeError):
                    raise UserError(
                        f"--scheduler: found no dask scheduler at {self.address} in {PATIENCE} s; start one: dask scheduler"
                    ) from None
            self._stack.callback(self._client.close)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        with suppress(Exception):  # a cluster that is gone already
            self._stack.close()

    @property
    def workers(self) -> int:
        """Shards that can run at once."""
        return sum(self._client.nthreads().values())

    def prove(
        self,
        numbers: list[int],
        given: Callable[[int], tuple[Shard, Reference]],
        verilog: str,
        simulator: str | None,
        live: Live,
        wait: Callable[[], None],
    ) -> Iterator[tuple[int, Proof]]:
        """Runs shards by their numbers; gives each one's proof as it comes in, one with a mismatch too.

        Where the caller stops asking, or an error ends this, the shards under way end as well.

        Args:
            given: what a shard needs, asked for when its turn comes.  wait: called a few times a second meanwhile.

        Raises:
            SimulatorError, BuildError, BenchError: as `cosim.shard.prove`, from a worker.
            CheckError: shards whose workers die again and again; a scheduler that went away.
        """
        from distributed import CancelledError
        from distributed import wait as any_of
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        run = f"bispike-{uuid.uuid4().hex[:12]}"
        left, running = list(reversed(numbers)), {}
        self._client.subscribe_topic(run, lambda event: live(*event[1]))
        try:
            while left or running:
                while left and len(running) < AHEAD * max(1, self.workers):
                    number = left.pop()
                    arguments = (run, number, *given(number), verilog, simulator)
                    running[self._client.submit(_task, *arguments, key=f"{run}-{number}")] = number
                wait()
                with suppress(TimeoutError):
                    any_of(list(running), timeout=0.25, return_when="FIRST_COMPLETED")
                for future in [future for future in running if future.done()]:
                    yield running[future], future.result()
                    del running[future]
        except KilledWorker as error:
            raise CheckError(
                f"shard {running[future] + 1}: its workers died, {error.allowed_failures + 1} of them"
            ) from None
        except (CancelledError, CommClosedError):
            raise CheckError(
                f"scheduler {self._client.scheduler.address}: lost; with --resume shards already proven are not run again"
            ) from None
        except ModuleNotFoundError as error:
            raise CheckError(f"a worker has no module {error.name}: install bispike where the workers run") from None
        finally:
            with suppress(Exception):
                self._client.cancel(list(running), force=True)
                self._client.unsubscribe_topic(run)

    def each(self, tasks: dict[str, tuple[Callable, tuple]], wait: Callable[[], None]) -> Iterator[tuple[str, Any]]:
        """Runs tasks, name -> (function, arguments), side by side; gives each one's name and result as it comes in.

        Where the caller stops asking, or an error ends this, the tasks under way end as well.

        Args:
            wait: called a few times a second meanwhile.

        Raises:
            what a task raises. CheckError: its workers die again and again; the scheduler went away.
        """
        from distributed import CancelledError
        from distributed import wait as any_of
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        run = f"bispike-{uuid.uuid4().hex[:12]}"
        running = {
            self._client.submit(_plain, function, arguments, key=f"{run}-{number}"): name
            for number, (name, (function, arguments)) in enumerate(tasks.items())
        }
        try:
            while running:
                wait()
                with suppress(TimeoutError):
                    any_of(list(running), timeout=0.25, return_when="FIRST_COMPLETED")
                for future in [future for future in running if future.done()]:
                    yield running[future], future.result()
                    del running[future]
        except KilledWorker as error:
            raise CheckError(f"{running[future]}: its workers died, {error.allowed_failures + 1} of them") from None
        except (CancelledError, CommClosedError):
            raise CheckError(f"scheduler {self._client.scheduler.address}: lost") from None
        except ModuleNotFoundError as error:
            raise CheckError(f"a worker has no module {error.name}: install bispike[boards] where the workers run") from None
        finally:
            with suppress(Exception):
                self._client.cancel(list(running), force=True)


def _plain(function: Callable, arguments: tuple) -> Any:
    """In a worker: what it starts ends when nobody waits for it any more (see `sw.boards.tools`)."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    with asked(unwanted):
        return function(*arguments)


def _task(run: str, number: int, shard: Shard, golden: Reference, verilog: str, simulator: str | None) -> Proof:
    """In a worker: proves a shard, tells how far it is, and ends with the wish for it."""
    from distributed import get_worker

    worker, told = get_worker(), 0.0
    key = worker.get_current_task()

    def follow(now) -> None:
        nonlocal told
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise Unwanted
        if time.monotonic() - told > 0.5:
            told = time.monotonic()
            learned = shard.samples_before(now.epoch) + (now.sample if now.phase == "training" else 0)
            worker.log_event(run, (number, learned, now.values_compared))

    return prove(shard, golden, verilog, simulator, follow)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Holds Ctrl-C back: threads and processes started here never get it, and end when this process asks or ends."""
    resource_tracker.ensure_running()  # else multiprocessing starts it here, and lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
