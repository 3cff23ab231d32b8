"""The learning core of a configuration."""

from amaranth.lib import wiring

from golden.config import Config
from rtl.assembled import Assembled
from rtl.engine.core import EngineCore
from rtl.engine.recognition import RecognitionCore
from rtl.recirculation.core import RecirculationCore

_CORES = {"recognition": RecognitionCore, "sequence": RecognitionCore, "autoencoder": RecirculationCore}


def Core(config: Config) -> EngineCore:
    """The core of its task, which gives results word by word."""
    return _CORES[config.task](config)


def core_of(config: Config) -> wiring.Component:
    """The core with whole results: an item of `rtl.ports.result_layout` a sample."""
    return Assembled(config, Core(config))
