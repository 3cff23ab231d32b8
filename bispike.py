"""A spiking network that learns on chip, from Python.

    >>> import bispike
    >>> digits = bispike.load("digits")
    >>> model = bispike.Model("digits")
    >>> said = model.train(digits.x_train[:500], digits.y_train[:500])
    >>> print(f"{model.accuracy(digits.x_test, digits.y_test):.2f}")
    0.79

Config  what a core is: a name or a TOML file, or its keys (docs/configuration.md).
load    a data set: pixels 0..15, labels from 0, a training and a test part.
Model   the integer model that says, to the bit, what a core does.
Chip    a core that learns and names as Model does: golden, a simulated chip, or a board at a serial port (docs/driver.md).
train   a whole training, as `bispike train` does it: a run folder with weights and report.
verify  chip against model, as `bispike verify` does it.

Each comes when it is first used: this import alone loads neither torch nor amaranth.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from golden.config import Config
    from sw.data import load
    from sw.python.chip import Chip
    from sw.python.model import Model
    from sw.python.whole import train, verify

__all__ = ["Chip", "Config", "Model", "load", "train", "verify"]

_PLACES = {
    "Chip": "sw.python.chip",
    "Config": "golden.config",
    "Model": "sw.python.model",
    "load": "sw.data",
    "train": "sw.python.whole",
    "verify": "sw.python.whole",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'bispike' has no attribute {name!r}; it has {', '.join(__all__)}")
    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
