"""What Model and Chip have in common beyond single samples: whole trainings, accuracy, and the file of a network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from golden.checks import checked_range, checked_rows, one_label_a_sample
from golden.config import Config
from golden.errors import SampleError
from golden.order import order
from golden.records import Records
from sw.common.checks import whole_number
from sw.common.files import unwritable
from sw.common.own import NETWORK, check_own


class Network:
    """Something that learns and names samples.

    Members:
        config: what it is.
        state: all it takes to go on bit-exactly, arrays by name.
        train, predict, finish: (x, y, decay), (x) and (), a method each, as `Model` says.
        about, epochs: what its training was and how it went (see `cosim.checkpoint.Checkpoint`).
    """

    config: Config
    state: dict[str, np.ndarray]
    about: dict
    epochs: list[dict]

    train: Callable[..., Records]
    predict: Callable[[np.ndarray], np.ndarray]
    finish: Callable[[], None]

    def fit(self, x: np.ndarray, y: np.ndarray, epochs: int | None = None) -> "Network":
        """Learns samples in all epochs as `bispike train` does: shuffled, with the configuration's decay; returns itself.

        What is pending at an epoch's end is written there, as by a training that tests after each.

        Args:
            x, y: see `train`. epochs: None: the configuration's.

        Raises:
            SampleError: of a recurrent network, whose samples come in sequences; a shape or a value that is not allowed.
            UserError: another number of epochs than 1 to 10000.
        """
        if self.config.recurrent:
            found = f"fit: found {self.config.name}, a recurrent network"
            raise SampleError(f"{found}; allowed is one whose samples stand alone: sequences by bispike train, or by train")
        epochs = self.config.epochs if epochs is None else whole_number("epochs", epochs, 1, 10000)
        x, y = self._labelled(x, y)
        for epoch in range(epochs):
            shuffled = order(len(x), self.config.seed, epoch)
            self.train(x[shuffled], y[shuffled], self.config.decay_at(epoch, epochs))
            self.finish()
        return self

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """The share of samples x (N, n_0) whose labels y (N,) it predicts, 0..1. Raises SampleError."""
        x, y = self._labelled(x, y)
        checked_range("y", y, self.config.classes - 1)
        if not len(x):
            raise SampleError("x: found no samples; allowed is one or more")
        return float((self.predict(x) == y).mean())

    def _labelled(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Samples and as many labels, as arrays. Raises SampleError."""
        x = checked_rows("x", x, self.config.sizes[0], 15)
        return x, one_label_a_sample(y, x)

    def save(self, path: Path | str | None = None) -> dict[str, np.ndarray]:
        """Its `state`; to a path also as a weights.npz, which `Model.load` and the command read.

        Raises:
            UserError: a path that cannot be written, or a file there that is no network; the network stays as it is.
        """
        state = self.state
        if path is not None:
            check_own("save", Path(path), NETWORK)
            try:
                Checkpoint(self.config, state, self.about, self.epochs).save(Path(path))
            except OSError as error:
                raise unwritable(Path(path), error) from None
        return state
