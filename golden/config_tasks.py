"""What a network can be asked to learn, and what a task says of the other keys."""

import dataclasses
from typing import TYPE_CHECKING

from golden.config_keys import ConfigError

if TYPE_CHECKING:
    from golden.config import Config

TASKS = ("recognition", "autoencoder")

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

_UNUSED = {"dead_zone": "templates", "block": "blocks"}
"""Keys without a part in an auto-encoder, and what it has not."""


def with_defaults(values: dict) -> dict:
    """The keys of a file or a dictionary, filled up with those of their task."""
    return AUTOENCODER | values if values.get("task") == "autoencoder" else values


def check_task(config: "Config") -> None:
    """Raises ConfigError on keys that their task does not have."""
    if config.task != "autoencoder":
        return
    if config.coding != "rate":
        raise ConfigError(
            f"coding: found {config.coding} with task autoencoder; allowed is rate: what is recalled are spikes"
        )
    defaults = {f.name: f.default for f in dataclasses.fields(config)}
    for key, what in _UNUSED.items():
        if (found := getattr(config, key)) != defaults[key]:
            raise ConfigError(f"{key}: found {found} with task autoencoder, which has no {what}; allowed is to leave it out")
