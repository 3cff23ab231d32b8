"""Model: the bit-exact integer model as a Python object."""

from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.integer import Records
from sw.data import order
from sw.training.golden_backend import GoldenNetwork


class Model:
    """A network, new or trained, as the PyTorch golden model computes it.

    Args:
        config: a configuration, its name or its TOML file.
        state: arrays by name, as `state` gives them; None: initial weights from the configuration's seed.

    Members:
        config: what it is.
        about, epochs: what its training was and how it went, where `bispike train` trained it (see
            `cosim.checkpoint.Checkpoint`); else empty.

    Raises:
        ConfigError, StateError: a configuration or a state that cannot be.
    """

    def __init__(self, config: Config | str = "digits", state: dict[str, np.ndarray] | None = None):
        self.config = config if isinstance(config, Config) else Config.load(config)
        self.about: dict = {}
        self.epochs: list[dict] = []
        self._network = GoldenNetwork(self.config, state)

    @classmethod
    def load(cls, path: Path | str) -> "Model":
        """The network in a run folder, or in a weights.npz. Raises StateError."""
        kept = Checkpoint.load(Path(path))
        model = cls(kept.config, kept.state)
        model.about, model.epochs = kept.about, kept.epochs
        return model

    def save(self, path: Path | str) -> None:
        """Writes a weights.npz, which `load` and the command read. Raises OSError."""
        Checkpoint(self.config, self.state, self.about, self.epochs).save(Path(path))

    @property
    def state(self) -> dict[str, np.ndarray]:
        """Copies of all it takes to go on bit-exactly (see `golden.integer.IntegerModel.state`)."""
        return self._network.model.state()

    def train(self, x: np.ndarray, y: np.ndarray, decay: int = 0) -> Records:
        """Learns samples one after another, in order.

        Args:
            x: (N, n_0) pixels, whole numbers 0..15. y: (N,) labels from 0. decay: shift of the rates, -8..0.

        Returns:
            what the chip would say of each before it learns from it: prediction (N,), voltages (N, K), counters (N, L, 4).

        Raises:
            SampleError: a shape or a value that is not allowed.
        """
        self._network.model.decay = decay
        return self._network.model.train(x, y)

    def fit(self, x: np.ndarray, y: np.ndarray, epochs: int | None = None) -> "Model":
        """Learns samples in all epochs as `bispike train` does: shuffled, with the configuration's decay; returns itself.

        Args:
            x, y: see `train`. epochs: None: the configuration's.
        """
        x, y, epochs = np.asarray(x), np.asarray(y), self.config.epochs if epochs is None else epochs
        for epoch in range(epochs):
            shuffled = order(len(x), self.config.seed, epoch)
            self.train(x[shuffled], y[shuffled], self.config.decay_at(epoch, epochs))
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Labels (N,) of samples x (N, n_0). Nothing is learned."""
        return self._network.predict(x)

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """The share of samples x (N, n_0) whose labels y (N,) it predicts, 0..1."""
        return float((self.predict(x) == np.asarray(y)).mean())

    def recall(self) -> np.ndarray:
        """What the backward network paints for each concept: counts (K, n_0), 0..T."""
        self._network.model.recall()
        return self._network.model.h[0].numpy().copy()

    def trace(self, x: np.ndarray, y: int | None = None) -> dict[str, np.ndarray]:
        """Every intermediate value of one sample x (n_0,), by the names of docs/arithmetic.md; the model stays as it is."""
        return self._network.model.trace(x, y)
