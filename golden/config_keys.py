"""What a key of a configuration may be, and the error that names one which is not."""

from dataclasses import field


class ConfigError(ValueError):
    """A value that no core can have: the message names the key, what was found and what is allowed."""


def number(low: int, high: int, doc: str, default: int):
    """A whole number from low to high."""
    return field(default=default, metadata={"doc": doc, "range": (low, high)})


def choice(options: tuple, doc: str, default):
    """One of some."""
    return field(default=default, metadata={"doc": doc, "options": options})


def integers(key: str, values) -> tuple[int, ...]:
    """A list as a tuple. Raises ConfigError, as `mapping_of`."""
    if not isinstance(values, (list, tuple)) or any(type(v) is not int for v in values):
        raise ConfigError(f"{key}: found {values!r}; allowed is a list of whole numbers")
    return tuple(values)


def mapping_of(engines, layers: int) -> tuple[tuple[int, ...], ...]:
    """Which layers each engine has: every one of 0..L once, or nothing."""
    allowed = f"allowed are lists of layers, such as [[1], [0, 2]], with each of 0 to {layers - 1} once"
    if not isinstance(engines, (list, tuple)) or any(not isinstance(e, (list, tuple)) or not e for e in engines):
        raise ConfigError(f"engines: found {engines!r}; {allowed}")
    mapping = tuple(integers("engines", engine) for engine in engines)
    if mapping and sorted(layer for engine in mapping for layer in engine) != list(range(layers)):
        raise ConfigError(f"engines: found {[list(engine) for engine in mapping]}; {allowed}")
    return mapping
