"""An engine's format from a bench's parameters."""

from golden.config import Config
from rtl.engine.formats import EngineFormat


def parameters_of(config: Config, layers: tuple[int, ...], lanes: int) -> dict:
    """What a bench is given of an engine: plain values."""
    return {"config": config.to_dict(), "layers": list(layers), "lanes": lanes}


def format_of(values: dict) -> EngineFormat:
    """The format that `parameters_of` was given."""
    return EngineFormat(Config.from_dict(values["config"]), tuple(values["layers"]), values["lanes"])
