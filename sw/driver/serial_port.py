"""A chip at a serial port, a board's or a simulated one's: register commands as frames (docs/serial.md)."""

import os
import time
from collections.abc import Sequence

import serial

from cosim.host.frames import Decoder, FrameError, Reply, read_command, write_command
from rtl.interface.frames import ACCESS_ERROR, MALFORMED, MAX_WORDS
from rtl.interface.registers import ADDRESS
from sw.driver.transport import AccessError, Transport, TransportError

BAUD = 1_000_000
TRIES = 4
"""Times that a command is sent before its reply is given up; the chip executes it once."""
TIMEOUT = 1.0
"""Seconds without a byte after which a reply counts as lost."""


class SerialTransport(Transport):
    """Frames over a serial port.

    Args:
        port: a device (/dev/ttyUSB0, COM3) or any URL that pyserial takes.

    Raises:
        TransportError: no such port, or nobody answers at it.
    """

    def __init__(self, port: str, baud: int = BAUD, timeout: float = TIMEOUT):
        self.port, self.timeout, self.repeated = port, timeout, 0
        self._sequence, self._decoder = os.urandom(1)[0], Decoder()
        try:
            self._line = serial.serial_for_url(port, baudrate=baud, timeout=timeout / 10, write_timeout=5)
        except (OSError, ValueError) as error:
            raise TransportError(f"{port}: cannot open it: {_reason(error)}") from None
        # The chip does not execute the number that it executed last, for another host maybe: the first answer may be old.
        try:
            self._ask(self._command(read_command, ADDRESS["IDENTITY"], 1, False))
        except BaseException:
            self.close()
            raise

    def read(self, address: int, count: int = 1, ascending: bool = False) -> list[int]:
        words: list[int] = []
        while len(words) < count:
            at, part = address + 4 * len(words) * ascending, min(MAX_WORDS, count - len(words))
            reply = self._ask(self._command(read_command, at, part, ascending))
            self._check(reply, at, ascending, len(words))
            words += reply.words
        return words

    def write(self, address: int, words: Sequence[int], ascending: bool = False) -> None:
        for done in range(0, len(words), MAX_WORDS):
            at, part = address + 4 * done * ascending, words[done : done + MAX_WORDS]
            self._check(self._ask(self._command(write_command, at, part, ascending)), at, ascending, done)

    def _command(self, kind, *arguments) -> bytes:
        self._sequence = (self._sequence + 1) % 256
        return kind(self._sequence, *arguments)

    def _check(self, reply: Reply, address: int, ascending: bool, before: int) -> None:
        if reply.status == ACCESS_ERROR:
            raise AccessError(address + 4 * reply.count * ascending, before + reply.count)
        if reply.status == MALFORMED:
            raise TransportError(f"{self.port}: the chip does not know the command; it is not of this driver's version")

    def _ask(self, command: bytes) -> Reply:
        """Sends a command until its reply comes."""
        try:
            for attempt in range(TRIES):
                self.repeated += attempt > 0
                self._line.write(command)
                reply = self._reply()
                if reply:
                    return reply
        except (OSError, FrameError) as error:
            raise TransportError(f"{self.port}: {_reason(error)}; the chip keeps what it has learned") from None
        raise TransportError(
            f"{self.port}: no answer in {TRIES} tries of {self.timeout:g} s; check cable, power, bitstream and baud rate "
            f"({self._line.baudrate}); the chip keeps what it has learned"
        )

    def _reply(self) -> Reply | None:
        """The reply to the last command; None where the line has been silent for too long."""
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            data = self._line.read(max(1, self._line.in_waiting))
            if data:
                end = time.monotonic() + self.timeout
            for reply in self._decoder.feed(data):
                if reply.sequence == self._sequence:
                    return reply
        return None

    def close(self) -> None:
        self._line.close()


def _reason(error: Exception) -> str:
    """In one line, without Python's numbers."""
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else " ".join(str(error).split())
