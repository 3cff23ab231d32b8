"""What blocks rely on, asserted in every simulation and in proofs (docs/proofs.md), and nowhere else: not in hardware.

An assertion looks at each rising edge of the clock, at what is there before it. It is there only where it is asked for:
who puts a core into a design of their own and converts that knows nothing of `asserting`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from amaranth.hdl import Assert, Module, Signal, Value, ValueLike

_asserted = ContextVar("asserted", default=False)


@contextmanager
def asserting(wanted: bool = True) -> Iterator[None]:
    """What is elaborated within has assertions; where not `wanted`, none, and no register that only an assertion reads."""
    token = _asserted.set(wanted)
    try:
        yield
    finally:
        _asserted.reset(token)


def asserted() -> bool:
    """Whether assertions are wanted here: for what only they need and is more than a condition."""
    return _asserted.get()


def holds(m: Module, what: str, condition: ValueLike) -> None:
    """`condition` holds in every clock, or in those in which the surrounding m.If holds. what: said where it does not."""
    if asserted():
        m.d.sync += Assert(condition, what)


def never(m: Module, what: str, condition: ValueLike) -> None:
    """`condition` holds in no clock. what: that happened, if it does."""
    holds(m, what, ~Value.cast(condition).bool())


def patient(m: Module, name: str, stream) -> None:
    """Whoever offers an item of the stream goes on doing so, and changes nothing of it, until it is taken."""
    if asserted():
        waits = Signal(name=f"{name}_waits")
        before = Signal.like(Value.cast(stream.payload), name=f"{name}_before", reset_less=True)
        m.d.sync += waits.eq(stream.valid & ~stream.ready), before.eq(stream.payload)
        never(m, f"{name}: an item was withdrawn before it was taken", waits & ~stream.valid)
        never(m, f"{name}: an item changed before it was taken", waits & (before != Value.cast(stream.payload)))


def fits(m: Module, name: str, queue) -> None:
    """Nothing is put into the full FIFO, nothing taken from the empty one."""
    never(m, f"{name}: an item for a full queue", queue.w_en & ~queue.w_rdy)
    never(m, f"{name}: an item from an empty queue", queue.r_en & ~queue.r_rdy)
