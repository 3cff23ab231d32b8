"""Chip: a core somewhere, golden model, simulation or board, as a Python object."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.records import Recalled, Records
from sw.common.checks import checked_decay
from sw.common.errors import UserError
from sw.data.encoding import Encoding
from sw.driver import chip as driver
from sw.driver.transport import Transport
from sw.python.network import Network


class Chip(Network, driver.Chip):
    """A core of a configuration, with its settings set; a context that ends the connection.

    New ones, golden and sim, have the initial weights of the configuration's seed; a board keeps what it has learned.

    Args:
        config: a configuration, its name or its TOML file.
        where: golden: the PyTorch model behind the register map. sim: the simulated core. Else a serial port of a board, as
            /dev/ttyUSB0.
        simulator: verilator or icarus; None: the fastest there is. baud: of the serial port.

    Raises:
        UserError: no place. TransportError: nobody answers there, or another core. ConfigError: a configuration that
        cannot be. SimulatorError, BuildError: no simulator, or one that refused the design.
    """

    def __init__(
        self,
        config: Config | Path | str = "digits",
        where: str = "golden",
        *,
        simulator: str | None = None,
        baud: int = 1_000_000,
    ):
        config = Config.load(config)
        self.about, self.epochs = {"encoding": Encoding("0..15").to_dict()}, []
        if where not in ("golden", "sim") and not re.search(r"[/\\]|^com\d", where, re.IGNORECASE):  # no port's name either
            raise UserError(
                f'where: found {where!r}; allowed is golden, sim, or the port itself, as Chip("digits", "/dev/ttyUSB0")'
            )
        self._folder = tempfile.TemporaryDirectory(prefix="bispike-") if where == "sim" else None
        transport = self._transport(config, where, simulator, baud)
        try:
            super().__init__(transport, config)
            self.set()
            if where == "sim":  # its memories begin with zeros
                from sw.training.golden_model import model_of

                self.load(model_of(config, None, 0).state())
        except BaseException:
            self._close(transport)
            raise

    def _transport(self, config: Config, where: str, simulator: str | None, baud: int) -> Transport:
        if where == "golden":
            from sw.driver.golden import GoldenTransport

            return GoldenTransport(config)
        if where == "sim":
            from sw.driver.sim import SimTransport

            return SimTransport(config, Path(self._folder.name), simulator)
        from sw.driver.serial_port import SerialTransport

        return SerialTransport(where, baud)

    @property
    def state(self) -> dict[str, np.ndarray]:
        """What its memories hold, as `Model.state` gives it. What is pending is written first."""
        return driver.Chip.save(self)

    def load(self, state: dict[str, np.ndarray] | Path | str) -> None:
        """Takes over a state, of a chip or a model, or the network in a run folder or a weights.npz. Raises StateError."""
        super().load(Checkpoint.load(Path(state)).state if isinstance(state, (str, Path)) else state)

    def train(
        self,
        x: np.ndarray,
        y: np.ndarray | None = None,
        decay: int = 0,
        advance: Callable[[int], None] = lambda done: None,
        last: np.ndarray | None = None,
    ) -> Records | Recalled:
        """Learns samples x (N, n_0), pixels 0..15, with labels y (N,), one after another; what the chip said of each.

        Args:
            y: an auto-encoder's samples need none. decay: shift of the rates, -8..0; another one than before is set first.
            advance: called with the number of samples done. last: (N,) 1 where a sequence ends; None: nowhere.

        Raises:
            SampleError, UserError: a shape or a value that is not allowed.
        """
        if checked_decay(decay) != self._decay:
            self.set(decay)
        return super().train(x, y, advance, last)

    def set(self, decay: int = 0, **settings: int | bool) -> None:
        """See `sw.driver.chip.Chip.set`."""
        super().set(decay, **settings)
        self._decay = decay

    def close(self) -> None:
        """Ends the connection; a board keeps what it has learned."""
        self._close(self.transport)

    def _close(self, transport: Transport) -> None:
        transport.close()
        if self._folder:
            self._folder.cleanup()

    def __enter__(self) -> "Chip":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
