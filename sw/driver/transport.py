"""What carries register accesses between a program and a chip: the golden model, a simulation, or a cable."""

from abc import ABC, abstractmethod
from collections.abc import Sequence


class TransportError(RuntimeError):
    """The chip, or the way to it, did not do what was asked: one line. What the chip has learned is where it was."""


class AccessError(TransportError):
    """The chip refused an access. done: the accesses of the same command that were good."""

    def __init__(self, address: int, done: int):
        super().__init__(f"register {address:#05x}: the chip refused the access after {done} good ones")
        self.address, self.done = address, done


class Transport(ABC):
    """Reads and writes 32-bit registers (docs/registers.md), one command after another.

    Addresses are in bytes; `ascending` counts them up by 4, else all words go to or come from one register.

    Raises:
        AccessError: the chip refused an access.  TransportError: it did not answer.
    """

    @abstractmethod
    def read(self, address: int, count: int = 1, ascending: bool = False) -> list[int]:
        """`count` words, 0..2^32 - 1."""

    @abstractmethod
    def write(self, address: int, words: Sequence[int], ascending: bool = False) -> None:
        """Writes words of 0..2^32 - 1."""

    def close(self) -> None:  # noqa: B027  (there may be nothing to end)
        """Ends the connection; the chip stays as it is."""

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
