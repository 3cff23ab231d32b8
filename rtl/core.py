"""The learning core of a configuration."""

from amaranth.lib import wiring

from golden.config import Config
from rtl.assembled import Assembled
from rtl.engine.core import EngineCore as Core

__all__ = ["Core", "core_of"]


def core_of(config: Config) -> wiring.Component:
    """The core with whole results: an item of `rtl.ports.result_layout` a sample."""
    return Assembled(config, Core(config))
