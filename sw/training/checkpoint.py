"""`weights.npz`: a network's whole state, its configuration and the history of its training, in one file."""

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from golden.config import Config, ConfigError
from sw.common.errors import UserError
from sw.common.files import make_folder, whole_file

FILE = "weights.npz"
CONFIG, HISTORY = "config", "history"


@dataclass
class Checkpoint:
    """A network between two epochs.

    Members:
        config: what the network is.
        state: `IntegerModel.state()`: arrays by name.
        history: what the training was and how it went, plain JSON values; empty for a network that was never trained.
    """

    config: Config
    state: dict[str, np.ndarray]
    history: dict = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Writes the file whole or not at all. Raises UserError."""
        texts = {CONFIG: np.array(self.config.to_toml()), HISTORY: np.array(json.dumps(self.history))}
        make_folder(path.parent)
        with whole_file(path) as temporary:
            np.savez_compressed(temporary, **self.state, **texts)


def load(path: Path) -> Checkpoint:
    """Reads a checkpoint file, or the one in a run folder.

    Raises:
        UserError: where there is none, or where the file is something else. Arrays of a wrong shape are found by
            `IntegerModel.load`.
    """
    if path.is_dir():
        path = path / FILE
    if not path.exists():
        raise UserError(f"{path}: found no such file; allowed is a run folder or its {FILE}")
    if path.is_file() and os.access(path, os.R_OK) and not zipfile.is_zipfile(path):
        raise UserError(f"{path}: found a damaged file, or no .npz file; allowed is the {FILE} of a run folder")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except OSError as error:
        raise UserError(f"{path}: cannot read it: {error.strerror or 'input or output error'}") from None
    except (ValueError, EOFError, KeyError, AttributeError, TypeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise UserError(f"{path}: found a damaged file; allowed is the {FILE} of a run folder") from None
    try:
        config = Config.from_toml(str(arrays.pop(CONFIG)))
        history = json.loads(str(arrays.pop(HISTORY)))
    except KeyError:
        raise UserError(f"{path}: found arrays without a configuration; allowed is the {FILE} of a run folder") from None
    except (ConfigError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: found a damaged configuration or history: {error}") from None
    return Checkpoint(config, arrays, history)
