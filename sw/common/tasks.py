"""Which commands take which networks: those that name samples, or auto-encoders."""

from golden.config import Config
from sw.common.errors import UserError


def for_chip(config: Config, source: object = "--config") -> Config:
    """The configuration itself. Raises UserError where there is no chip of its kind yet. `source`: where it is from."""
    if config.task != "recognition":
        found = f"{source}: found {config.name}, of task {config.task}"
        raise UserError(f"{found}; allowed is task recognition: no other has a chip yet, only --backend golden")
    return config


def for_recognition(config: Config, source: object) -> Config:
    """The configuration itself. Raises UserError where a network names no samples. `source`: where it is from."""
    if config.task != "recognition":
        raise UserError(f"{source}: found a network of task {config.task}; allowed is one that names samples: recognition")
    return config
