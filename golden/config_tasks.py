"""What a network can be asked to learn, and what a task says of the other keys."""

import dataclasses
from typing import TYPE_CHECKING

from golden.config_keys import ConfigError

if TYPE_CHECKING:
    from golden.config import Config

TASKS = ("recognition", "autoencoder", "sequence")

AUTOENCODER = {
    "task": "autoencoder",
    "steps": 8,
    "coding": "rate",
    "leak": 4,
    "window_low": -32,
    "window_high": 256,
    "decay": (0, -1, -2, -3),
    "epochs": 30,
}
"""The defaults of an auto-encoder, where they are not those of the keys themselves."""

SEQUENCE = {
    "task": "sequence",
    "neighbours": 2,
    "decay": (0, -1, -2, -3),
    "epochs": 8,
}
"""The defaults of a network that foretells a sequence, where they are not those of the keys themselves."""

_DEFAULTS = {"autoencoder": AUTOENCODER, "sequence": SEQUENCE}

_UNUSED = {
    "autoencoder": {
        "dead_zone": "templates",
        "block": "blocks",
        "neighbours": "concepts",
        "recurrent": "elements that follow each other",
    },
    "recognition": {"neighbours": "order among its concepts", "recurrent": "elements that follow each other"},
    "sequence": {},
}
"""Keys without a part in a task, and what it has not."""


def with_defaults(values: dict) -> dict:
    """The keys of a file or a dictionary, filled up with those of their task; what is no task, `Config` says."""
    task = values.get("task")
    return (_DEFAULTS.get(task, {}) if isinstance(task, str) else {}) | values


def check_task(config: "Config") -> None:
    """Raises ConfigError on keys that their task does not have."""
    if config.task == "sequence" and config.coding != "direct":
        raise ConfigError(f"coding: found {config.coding} with task sequence; allowed is direct: counts return as currents")
    if config.task == "autoencoder" and config.coding != "rate":
        raise ConfigError(
            f"coding: found {config.coding} with task autoencoder; allowed is rate: what is recalled are spikes (in Python "
            "Config.from_dict gives a task's own defaults)"
        )
    if not config.stimulus_recall and (config.task == "autoencoder" or config.layers == 1):
        of = "task autoencoder" if config.task == "autoencoder" else "one weight layer"
        raise ConfigError(f"stimulus_recall: found false with {of}; allowed is true: nothing else is recalled")
    defaults = {f.name: f.default for f in dataclasses.fields(config)}
    for key, what in _UNUSED[config.task].items():
        if (found := getattr(config, key)) != defaults[key]:
            said = str(found).lower() if isinstance(found, bool) else found
            found = f"{key}: found {said} with task {config.task}, which has no {what}"
            raise ConfigError(f"{found}; allowed is to leave it out")
