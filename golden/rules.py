"""Which rule a configuration has."""

from golden.config import Config
from golden.rule import Rule
from golden.rule2 import Rule2


def rule_of(config: Config) -> Rule | Rule2:
    """Its rule."""
    return (Rule2 if config.rule == "second" else Rule)(config)
