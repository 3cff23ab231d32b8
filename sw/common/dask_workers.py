"""Tasks side by side on the workers of a dask scheduler, somewhere. Needs the extra `cluster`."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

from sw.common.errors import CheckError, UserError
from sw.common.task import asked, told

PATIENCE = 5
"""Seconds until a scheduler counts as not there."""
AHEAD = 2
"""Tasks a worker's thread is sent before their results are back: the next one's arrays are there when it is free."""
PACE = 0.5
"""Seconds between two messages of a task, at the least: all of them go through the scheduler."""


class DaskWorkers:
    """A context that runs tasks on the workers of the scheduler at `address`, as tcp://host:8786.

    Raises:
        UserError: there is no scheduler, or no dask here.
    """

    def __init__(self, address: str):
        self.address, self._stack = address, ExitStack()

    def __enter__(self) -> "DaskWorkers":
        try:
            import dask
            from distributed import Client
        except ModuleNotFoundError:
            found = f"--scheduler: found {self.address}, but no dask here"
            raise UserError(f"{found}; make installs it (elsewhere, from the clone: pip install -e '.[cluster]')") from None
        # A shard's arrays are some megabytes: no graph to warn of.
        self._stack.enter_context(dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}))
        for name in ["asyncio", *logging.root.manager.loggerDict]:  # what a user must know is said in one line, at the end
            if name.split(".")[0] in ("distributed", "tornado", "asyncio"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = self._stack.enter_context(Client(self.address, timeout=PATIENCE))
        except (OSError, ValueError, TypeError):
            self._stack.close()
            raise UserError(
                f"--scheduler: found no dask scheduler at {self.address} in {PATIENCE} s; start one: dask scheduler"
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # a cluster that is gone already
            self._stack.close()

    @property
    def workers(self) -> int:
        """Tasks that can run at once."""
        return sum(self._client.nthreads().values())

    def run(
        self,
        names: list[str],
        task: Callable[[str], tuple[Callable, tuple]],
        listener: Callable[..., None],
        tick: Callable[[], None],
    ) -> Iterator[tuple[str, Any]]:
        """See `sw.common.cluster.Workers.run`."""
        from distributed import CancelledError
        from distributed import wait as any_of
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        topic = f"bispike-{uuid.uuid4().hex[:12]}"
        left, running = list(reversed(names)), {}
        self._client.subscribe_topic(topic, lambda event: listener(*event[1]))
        try:
            while left or running:
                while left and len(running) < AHEAD * max(1, self.workers):
                    name = left.pop()
                    arguments = (topic, name, *task(name))
                    running[self._client.submit(_work, *arguments, key=f"{topic}-{name}")] = name
                tick()
                with suppress(TimeoutError):
                    any_of(list(running), timeout=0.25, return_when="FIRST_COMPLETED")
                for future in [future for future in running if future.done()]:
                    yield running[future], future.result()
                    del running[future]
        except KilledWorker as error:
            raise CheckError(f"{running[future]}: its workers died, {error.allowed_failures + 1} of them") from None
        except (CancelledError, CommClosedError):
            raise CheckError(f"scheduler {self._client.scheduler.address}: lost; what has ended is kept") from None
        except ModuleNotFoundError as error:
            raise CheckError(f"a worker has no module {error.name}: install bispike where the workers run") from None
        finally:
            with suppress(Exception):
                self._client.cancel(list(running), force=True)
                self._client.unsubscribe_topic(topic)


def _work(topic: str, name: str, function: Callable, arguments: tuple) -> Any:
    """In a worker: what it starts ends when nobody waits for it any more."""
    from distributed import get_worker

    worker, before = get_worker(), 0.0
    key = worker.get_current_task()

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    def tell(*values: object) -> None:
        nonlocal before
        if time.monotonic() - before > PACE:
            before = time.monotonic()
            worker.log_event(topic, (name, *values))

    with asked(unwanted), told(tell):
        return function(*arguments)
