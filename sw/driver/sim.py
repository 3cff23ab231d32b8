"""A simulated chip behind the register bus: the generated Verilog under Verilator or Icarus, in a process of its own."""

import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from golden.config import Config
from sw.driver.transport import AccessError, Transport, TransportError

PATIENCE = 120.0
"""Seconds for the simulation to start, or to play a command."""


class SimTransport(Transport):
    """A `rtl.bus.control.BusCore` under simulation.

    Args:
        folder: gets the simulator's log.

    Raises:
        SimulatorError, BuildError: no simulator, or one that refused the design.
    """

    def __init__(self, config: Config, folder: Path, simulator: str | None = None):
        from cosim import bus_wrapper, runner
        from cosim.build import build
        from cosim.elaborate import kept_verilog, verilog
        from rtl.bus.control import BusCore

        text = kept_verilog(("bus core", config.to_dict()), lambda: verilog(BusCore(config, route=1)))
        built = build(bus_wrapper.wrapped(text), bus_wrapper.TOP, simulator)
        with tempfile.TemporaryDirectory(prefix="bispike-") as short, socket.socket(socket.AF_UNIX) as waiting:
            path = f"{short}/bus"  # a socket's path has little more than 100 letters
            waiting.bind(path)
            waiting.listen()
            self._run = runner.start(built, "cosim.bus_bench", {"socket": path}, folder=folder)
            try:
                self._connection = self._accept(waiting)
            except BaseException:
                self._run.stop()
                raise
        self._connection.settimeout(PATIENCE)

    def _accept(self, waiting: socket.socket) -> socket.socket:
        waiting.settimeout(0.2)
        for _ in range(int(PATIENCE / 0.2)):
            try:
                return waiting.accept()[0]
            except TimeoutError:
                if self._run.process.poll() is not None:
                    raise TransportError(f"simulation: {self._run.failure() or 'it did not start'}") from None
        raise self._silence()

    @staticmethod
    def _silence() -> TransportError:
        """What is said of one that is ended because it says nothing: its own words would be of our signal."""
        return TransportError(f"simulation: no answer in {PATIENCE:g} s")

    def read(self, address: int, count: int = 1, ascending: bool = False) -> list[int]:
        found = []
        for part in _parts(range(count)):
            found += self._command(0, address + 4 * len(found) * ascending, ascending, len(part), b"", len(found))
        return found

    def write(self, address: int, words: Sequence[int], ascending: bool = False) -> None:
        done = 0
        for part in _parts(words):
            body = struct.pack(f"<{len(part)}I", *part)
            self._command(1, address + 4 * done * ascending, ascending, len(part), body, done)
            done += len(part)

    def _command(self, kind: int, address: int, ascending: bool, count: int, body: bytes, before: int) -> list[int]:
        from cosim.bus_bench import ANSWER, COMMAND, receive

        why = "it ended"
        try:
            with _uninterrupted():  # an answer that nobody took would be the next command's
                self._connection.sendall(COMMAND.pack(kind, ascending, address, count) + body)
                head = receive(self._connection, ANSWER.size)
                refused, done = ANSWER.unpack(head) if head else (0, 0)
                words = receive(self._connection, 4 * done) if kind == 0 and done else b""
        except TimeoutError:
            self._run.stop()
            raise self._silence() from None
        except OSError as error:
            head, why = b"", str(error)
        if not head:
            self._run.stop()
            raise TransportError(f"simulation: {self._run.failure() or why}")
        if refused:
            raise AccessError(address + 4 * done * ascending, before + done)
        return list(struct.unpack(f"<{done}I", words)) if kind == 0 else []

    def close(self) -> None:
        from cosim.bus_bench import COMMAND, END

        with self._connection:
            try:
                self._connection.sendall(COMMAND.pack(END, 0, 0, 0))
                self._run.process.wait(10)
            except Exception:
                pass
        self._run.stop()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Holds Ctrl-C and SIGTERM, which ends a command as that does, back to the block's end. Of the main thread, the only one
    that gets them, whichever the system chooses."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    numbers = signal.SIGINT, signal.SIGTERM
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # None: of a program in C
        if came:
            signal.raise_signal(came[0])


def _parts(words: Sequence) -> list:
    """Pieces that one command takes."""
    from cosim.bus_wrapper import BURST

    return [words[i : i + BURST] for i in range(0, len(words), BURST)]
