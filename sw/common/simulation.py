"""Which simulator there is, and what goes wrong in a simulation as one line for a user."""

from collections.abc import Iterator
from contextlib import contextmanager

from sw.common.errors import CheckError, UserError


def find_simulator(name: str | None) -> str:
    """The simulator asked for, or the fastest there is. Raises UserError."""
    from cosim.simulators import SimulatorError, find

    try:
        return find(name)
    except SimulatorError as error:
        raise UserError(str(error)) from None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns what goes wrong in a simulation into errors of one line."""
    from cosim.build import BuildError
    from cosim.runner import BenchError
    from cosim.simulators import SimulatorError
    from cosim.watch import GoldenError

    try:
        yield
    except SimulatorError as error:
        raise UserError(str(error)) from None
    except (BuildError, BenchError, GoldenError) as error:
        raise CheckError(str(error)) from None
