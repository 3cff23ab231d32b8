"""`weights.npz`: a network's whole state, its configuration, and its training so far, in one file. No torch.

Every backend writes it after each epoch, and from it alone a training goes on, or a network is asked.
"""

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cosim.files import load_arrays, save_arrays
from golden.config import Config, ConfigError
from golden.errors import StateError

FILE = "weights.npz"
_CONFIG, _ABOUT, _EPOCHS = "config", "about", "epochs"


class CheckpointError(StateError):
    """A file that is no checkpoint: what was found and what is allowed."""


@dataclass
class Checkpoint:
    """A network between two epochs.

    Members:
        config: what the network is.
        state: `IntegerModel.state()`, arrays by name; empty before the first epoch: that of a new model.
        about: what the training is, plain JSON values: data, split, backend, ... (`sw.training.history`).
        epochs: what each epoch gave, plain JSON values (`cosim.account`); empty for a network that was never trained.
    """

    config: Config
    state: dict[str, np.ndarray] = field(default_factory=dict)
    about: dict = field(default_factory=dict)
    epochs: list[dict] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Writes the file whole or not at all. Raises OSError."""
        texts = {_CONFIG: self.config.to_toml(), _ABOUT: json.dumps(self.about), _EPOCHS: json.dumps(self.epochs)}
        save_arrays(Path(path), self.state | {name: np.array(text) for name, text in texts.items()}, compress=True)

    @staticmethod
    def load(path: Path) -> "Checkpoint":
        """Reads a checkpoint file, or the one in a run folder.

        Raises:
            CheckpointError: where there is none, or where the file is something else. Arrays of a wrong shape are found by
                `IntegerModel.load`.
        """
        path = Path(path) / FILE if Path(path).is_dir() else Path(path)
        arrays = _arrays(path)
        try:
            config = Config.from_toml(str(arrays.pop(_CONFIG)))
            about, epochs = (json.loads(str(arrays.pop(name))) for name in (_ABOUT, _EPOCHS))
        except KeyError as error:
            found = f"found arrays without {error.args[0]!r}: no checkpoint, or one of an earlier version"
            raise CheckpointError(f"{path}: {found}; allowed is the {FILE} of a run folder") from None
        except ConfigError as error:
            found = "found a configuration that is damaged, or of an earlier version"
            raise CheckpointError(f"{path}: {found}: {error}") from None
        except json.JSONDecodeError as error:
            raise CheckpointError(f"{path}: found a damaged account of the training: {error}") from None
        return Checkpoint(config, arrays, about, epochs)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    if not path.exists():
        raise CheckpointError(f"{path}: found no such file; allowed is a run folder or its {FILE}")
    if path.is_file() and os.access(path, os.R_OK) and not zipfile.is_zipfile(path):
        raise CheckpointError(f"{path}: found a damaged file, or no .npz file; allowed is the {FILE} of a run folder")
    try:
        return load_arrays(path)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot read it: {error.strerror or 'input or output error'}") from None
    except (ValueError, EOFError, KeyError, AttributeError, TypeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise CheckpointError(f"{path}: found a damaged file; allowed is the {FILE} of a run folder") from None
