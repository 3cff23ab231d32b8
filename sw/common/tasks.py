"""Which commands take networks of which task, and of cores that learn."""

from golden.config import Config
from sw.common.errors import UserError


def check_task(config: Config, why: str) -> Config:
    """The configuration itself. Raises UserError where a command takes no other than recognition; why: in words."""
    if config.task != "recognition":
        raise UserError(f"--config: found {config.name}, of task {config.task}; allowed is task recognition: {why}")
    return config


def for_recognition(config: Config, source: object) -> Config:
    """The configuration itself. Raises UserError where a network names no samples. `source`: where it is from."""
    if config.task != "recognition":
        raise UserError(f"{source}: found a network of task {config.task}; allowed is one that names samples: recognition")
    return config


def for_learning(config: Config, source: object) -> Config:
    """The configuration itself. Raises UserError where it is of an inference-only core. `source`: where it is from."""
    if not config.learn:
        raise UserError(f"{source}: found one that does not learn; allowed is one that does")
    return config
