"""Chip: a core somewhere, golden model, simulation or board, as a Python object."""

import tempfile
from pathlib import Path

import numpy as np

from golden.config import Config
from sw.driver import chip as driver
from sw.driver.transport import Transport


class Chip(driver.Chip):
    """A core of a configuration, with its settings set; a context that ends the connection.

    Args:
        config: a configuration, its name or its TOML file.
        where: golden: the PyTorch model behind the register map. sim: the simulated core. Else a serial port of a board, as
            /dev/ttyUSB0.
        simulator: verilator or icarus; None: the fastest there is. baud: of the serial port.

    Raises:
        TransportError: nobody answers there, or another core. ConfigError: a configuration that cannot be.
        SimulatorError, BuildError: no simulator, or one that refused the design.
    """

    def __init__(
        self,
        config: Config | str = "digits",
        where: str = "golden",
        *,
        simulator: str | None = None,
        baud: int = 1_000_000,
    ):
        config = config if isinstance(config, Config) else Config.load(config)
        self._folder = tempfile.TemporaryDirectory(prefix="bispike-") if where == "sim" else None
        transport = self._transport(config, where, simulator, baud)
        try:
            super().__init__(transport, config)
            self.set()
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

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """The share of samples x (N, n_0) whose labels y (N,) it predicts, 0..1."""
        return float((self.predict(x) == np.asarray(y)).mean())

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
