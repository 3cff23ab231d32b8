"""Where a network is: in the golden model alone, in a simulated chip or on a board. Checked before what is slow loads."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Self

from rich.console import Console
from rich.status import Status

from sw.common.errors import UserError
from sw.common.terminal import working
from sw.driver.serial_ports import check_port

BACKENDS = ("golden", "sim", "serial")
BAUD = 1_000_000
"""Bits a second of a serial line, where the user names none."""


@dataclass(frozen=True)
class Place:
    """What the user says of it.

    Members:
        backend: one of BACKENDS.  port, baud: of a board, BAUD if None.  simulator: the fastest there is if None.
        waves: keep those of the simulation.
    """

    backend: str = "golden"
    port: str | None = None
    baud: int | None = None
    simulator: str | None = None
    waves: bool = False

    @classmethod
    def chosen(cls, backend: Enum | None, *rest: object) -> Self:
        """As a command's options say it, in the order of the members, and checked; golden where no backend is named."""
        where = cls(backend.value if backend else cls.backend, *rest)
        where.check()
        return where

    @property
    def bits_a_second(self) -> int:
        """Of the serial line."""
        return BAUD if self.baud is None else self.baud

    def loading(self, console: Console) -> AbstractContextManager[Status]:
        """Around a network that is loaded and asked: a chip takes its time, and says so where there is no terminal."""
        return working(console, self.opening, plain=self.backend != "golden")

    @property
    def opening(self) -> str:
        """What is said while a network is loaded into it."""
        return "building the chip" if self.backend == "sim" else "loading the network"

    def check(self, mark: str = "--") -> None:
        """Raises UserError on an option that would do nothing, or that is missing. `mark`: before their names."""
        if self.backend not in BACKENDS:
            raise UserError(f"{mark}backend: found {self.backend!r}; allowed is one of {', '.join(BACKENDS)}")
        given = (
            (bool(self.simulator), "simulator", "sim"),
            (self.waves, "waves", "sim"),
            (bool(self.port), "port", "serial"),
            (self.baud is not None, "baud", "serial"),
        )
        for said, option, needs in given:
            if said and self.backend != needs:
                found = f"{mark}{option}: found with {mark}backend {self.backend}"
                raise UserError(f"{found}; allowed with {mark}backend {needs}")
        if self.backend == "serial":
            if not 1 <= self.bits_a_second < 2**31:
                raise UserError(f"{mark}baud: found {self.baud}; allowed is 1 to {2**31 - 1:,}")
            check_port(self.port, mark)
