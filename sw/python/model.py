"""Model: the bit-exact integer model as a Python object."""

from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from golden.checks import checked_range, checked_rows
from golden.config import Config, ConfigError
from golden.errors import SampleError
from golden.records import Records
from sw.common.checks import checked_decay
from sw.common.errors import UserError
from sw.common.tasks import for_learning
from sw.data.encoding import Encoding
from sw.python.network import Network
from sw.training.golden_backend import GoldenNetwork


class Model(Network):
    """A network, new or trained, as the PyTorch golden model computes it.

    Args:
        config: a configuration, its name or its TOML file.
        state: arrays by name, as `state` gives them; None: initial weights from the configuration's seed.
        encoding: what pixels and labels of files mean to it, `load(...).encoding` of the data that it learns; None: pixels
            are 0..15. `bispike predict` reads all files so.

    From the first one on torch computes with one thread in the whole process: its tensors are too small to share out.

    Members:
        config: what it is.
        about, epochs: what its training was and how it went, where `bispike train` trained it (see
            `cosim.checkpoint.Checkpoint`); else the encoding alone.

    Raises:
        ConfigError, StateError: a configuration or a state that cannot be. UserError: an auto-encoder, which `Chip` has; an
        encoding that is none.
    """

    def __init__(
        self,
        config: Config | Path | str = "digits",
        state: dict[str, np.ndarray] | None = None,
        encoding: Encoding | None = None,
    ):
        self.config = Config.load(config)
        if self.config.task == "autoencoder":
            found = f"config: found {self.config.name}, of task autoencoder; allowed with Model is recognition or sequence"
            raise UserError(f'{found}: an auto-encoder is Chip("{self.config.name}")')
        if not isinstance(encoding, Encoding | None):
            raise UserError(f"encoding: found {encoding!r}; allowed is that of data, load(...).encoding")
        self.about: dict = {"encoding": (encoding or Encoding("0..15")).to_dict()}
        self.epochs: list[dict] = []
        self._network = GoldenNetwork(self.config)
        if state is not None:
            self._network.model.load(state)

    @classmethod
    def load(cls, path: Path | str) -> "Model":
        """The network in a run folder, or in a weights.npz. Raises StateError."""
        kept = Checkpoint.load(Path(path))
        model = cls(kept.config, kept.state or None)  # a run that was interrupted in its first epoch has none
        model.about, model.epochs = kept.about, kept.epochs
        return model

    @property
    def state(self) -> dict[str, np.ndarray]:
        """Copies of all it takes to go on bit-exactly (see `golden.integer.IntegerModel.state`). What is pending is written
        first (see `finish`), so learning on gives other weights than without."""
        return self._network.model.state()

    def train(self, x: np.ndarray, y: np.ndarray, decay: int = 0, last: np.ndarray | None = None) -> Records:
        """Learns samples one after another, in order.

        Args:
            x: (N, n_0) pixels, whole numbers 0..15. y: (N,) labels from 0. decay: shift of the rates, -8..0.
            last: (N,) 1 where a sequence ends; None: nowhere.

        Returns:
            what the chip would say of each before it learns from it: prediction (N,), voltages (N, K), counters (N, L, 4).

        Raises:
            SampleError, UserError: a shape or a value that is not allowed; a configuration of an inference-only core.
        """
        for_learning(self.config, f"train: {self.config.name}")
        self._network.model.decay = checked_decay(decay)
        if last is None:
            return self._network.model.train(x, y)
        if self.config.task != "sequence":
            raise SampleError(f"last: found with {self.config.name}, of task {self.config.task}; allowed with task sequence")
        return self._network.model.train(x, y, True, last)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Labels (N,) of samples x (N, n_0), of a recurrent network of one sequence. Nothing is learned from them; but
        while they are seen what is pending is written (see `finish`), so learning on gives other weights than without."""
        return self._network.predict(checked_rows("x", x, self.config.sizes[0], 15))

    def finish(self) -> None:
        """Writes the updates of W that are pending, those of the last two samples that were learned. A sequence ends."""
        self._network.model.finish()

    def recall(self) -> np.ndarray:
        """What the backward network paints for each concept: counts (K, n_0), 0..T. What is pending is written (see
        `finish`), and what is recalled replaces `h` and `m`, so learning on gives other weights than without.

        Raises:
            ConfigError: a configuration that has no such recall.
        """
        if not self.config.stimulus_recall:
            raise ConfigError("stimulus_recall: found false; allowed with recall is true")
        self._network.model.recall()
        self.finish()
        return self._network.model.h[0].numpy().copy()

    def trace(self, x: np.ndarray, y: int | None = None) -> dict[str, np.ndarray]:
        """Every intermediate value of one sample x (n_0,) with its label y, a number, by the names of docs/arithmetic.md.

        The model stays as it is. y: None where nothing is to be learned. Raises SampleError.
        """
        allowed = f"allowed is one sample, {(self.config.sizes[0],)}, and one label"
        if np.shape(x) != (self.config.sizes[0],):
            raise SampleError(f"x: found shape {np.shape(x)}; {allowed}")
        if np.shape(y):
            raise SampleError(f"y: found shape {np.shape(y)}; {allowed}")
        if y is not None:
            checked_range("y", np.asarray(y), self.config.classes - 1)
        return self._network.model.trace(x, y)
