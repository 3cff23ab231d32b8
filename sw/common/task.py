"""Inside a task that runs for somebody else: tell who waits how far it is, and learn that nobody waits any more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Unwanted(RuntimeError):
    """Nobody waits for a task's result any more."""


# Of the thread that runs the task: a worker of others may run several side by side.
_questions: ContextVar[tuple[Callable[[], bool], ...]] = ContextVar("questions", default=())
_listener: ContextVar[Callable[..., None] | None] = ContextVar("listener", default=None)


@contextmanager
def asked(unwanted: Callable[[], bool]) -> Iterator[None]:
    """Inside, what takes long ends, with Unwanted, as soon as `unwanted` says so; besides what is asked further out."""
    token = _questions.set((*_questions.get(), unwanted))
    try:
        yield
    finally:
        _questions.reset(token)


@contextmanager
def told(listener: Callable[..., None]) -> Iterator[None]:
    """Inside, `listener` gets what the task tells."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def is_asked() -> bool:
    """Whether the task can become unwanted."""
    return bool(_questions.get())


def check_wanted() -> None:
    """Raises Unwanted where nobody waits for the task any more. Long work asks a few times a second."""
    if any(unwanted() for unwanted in _questions.get()):
        raise Unwanted


def tell(*values: object) -> None:
    """Tells who waits; nobody, where this is no task."""
    listener = _listener.get()
    if listener:
        listener(*values)
