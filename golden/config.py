"""One BiSpike core in numbers: a frozen, validated, documented configuration, with TOML in and out.

No torch import: `rtl` and `sw` read it too. A file that holds only `sizes` and `lanes` is complete.
"""

import dataclasses
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from golden.config_derived import MAX_RATE, MAX_WEIGHT_BITS, MIN_RATE, MIN_WEIGHT_BITS, Derived
from golden.config_keys import ConfigError, choice, integers, mapping_of, number
from golden.config_tasks import AUTOENCODER, SEQUENCE, TASKS, check_task, with_defaults

__all__ = ["MAX_RATE", "MAX_WEIGHT_BITS", "MIN_RATE", "MIN_WEIGHT_BITS", "NAMED", "Config", "ConfigError"]

UPDATE_DELAY = 2
"""Samples taken after a learned one until its update of W is written: it rides on the pass of the last of them."""

ADDRESS_BITS = 24
"""The host port's addresses within a memory (docs/hardware.md)."""


_NAME = r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,63}"
"""A configuration's name is also that of its files and folders."""


@dataclass(frozen=True)
class Config(Derived):
    """Everything a core and its golden model need to know. Units: voltages in weight steps (w8), affinities in 1/256.

    Keys that are left out here have recognition's defaults, whatever the task; `Config.from_dict` gives those of the task.

    Args:
        sizes: neurons of layer 0 (the stimulus) to layer L (the concepts, or the code of an auto-encoder); 2 to 9 entries of
            1 to 4096, the number of concepts 2 to 64.
        lanes: synapses a clock of each engine, 1 to 64, no more than the largest layer has neurons. Only clocks and word
            counts depend on it.

    Raises:
        ConfigError: naming the key, the value and what is allowed.
    """

    sizes: tuple[int, ...] = ()
    lanes: int = 0
    name: str = field(default="custom", metadata={"doc": "a name for messages and files"})
    task: str = choice(TASKS, "what is learned: to name samples, to recall them from a code, or what is next", "recognition")
    steps: int = choice((4, 8), "time steps T of a sample", 4)
    coding: str = choice(
        ("direct", "rate"), "how a pixel drives layer 1: as a constant 4-bit current, or as spikes", "direct"
    )
    threshold: int = number(2, 1023, "firing threshold of every soma", 64)
    leak: int = number(1, 7, "leak: u loses u >> leak at every step", 3)
    weight_bits: int = number(MIN_WEIGHT_BITS, MAX_WEIGHT_BITS, "bits of a weight master; a synapse sees the upper 8", 16)
    dead_zone: int = number(
        0, 256, "a sample nearer to its concept teaches a layer nothing, 256 = 1.0; a hidden layer: 64 farther too", 48
    )
    window_low: int = number(
        -4096, 4095, "surrogate window: a voltage summed over 4 steps below this closes a hidden neuron", -64
    )
    window_high: int = number(-4096, 4095, "surrogate window: at or above this a hidden neuron may only fall", 320)
    neighbours: int = number(
        0, 31, "concepts on either side of a sample's own that are no rivals, where concepts are values in order", 0
    )
    recurrent: bool = choice((True, False), "layer 1 also sees its own counts of the sample before", False)
    block: int = number(1, 4096, "samples between two Theta updates with recall", 64)
    rate: int = number(-8, 8, "shift on top of each layer's own W rate", 0)
    theta_rate: int = number(-8, 5, "shift of the Theta update, on top of 2", -2)
    decay: tuple[int, ...] = field(
        default=(0, -1, -2, -3, -4, -5), metadata={"doc": "shifts added to both rates in equal parts of the training"}
    )
    stochastic: bool = choice((True, False), "round updates stochastically, else half up", True)
    learn: bool = choice((True, False), "build the learning hardware; false: an inference-only core", True)
    engines: tuple[tuple[int, ...], ...] = field(
        default=(), metadata={"doc": "the layers of each engine; empty: one engine for all layers"}
    )
    learn_theta: bool = choice((True, False), "learn the backward network; false: fixed random Theta", True)
    stimulus_recall: bool = choice(
        (True, False), "recall the stimulus, too; false: only down to layer 1, in less memory and time", True
    )
    epochs: int = number(1, 10000, "passes over the training samples", 20)
    seed: int = number(0, 2**31 - 1, "seed of initial weights, order and rounding noise", 0)

    def __post_init__(self):
        sizes = integers("sizes", self.sizes)
        if not 2 <= len(sizes) <= 9:
            raise ConfigError(f"sizes: found {len(sizes)} entries; allowed are 2 to 9 (1 to 8 weight layers)")
        for size in sizes:
            if not 1 <= size <= 4096:
                raise ConfigError(f"sizes: found {size}; allowed is 1 to 4096 neurons a layer")
        if self.task != "autoencoder" and not 2 <= sizes[-1] <= 64:
            raise ConfigError(f"sizes: found {sizes[-1]} concepts in the last layer; allowed is 2 to 64")
        if type(self.lanes) is not int or not 1 <= self.lanes <= 64:
            raise ConfigError(f"lanes: found {self.lanes!r}; allowed is one whole number from 1 to 64, for every engine")
        object.__setattr__(self, "engines", mapping_of(self.engines, len(sizes)))
        decay = integers("decay", self.decay)
        if not 1 <= len(decay) <= 16 or any(not -8 <= d <= 0 for d in decay):
            raise ConfigError(f"decay: found {list(decay)}; allowed are 1 to 16 shifts of -8 to 0")
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "lanes", min(self.lanes, max(sizes)))
        object.__setattr__(self, "decay", decay)
        if not isinstance(self.name, str) or not re.fullmatch(_NAME, self.name):
            raise ConfigError(
                f"name: found {str(self.name)[:80]!r}; allowed are 1 to 64 letters, digits, spaces and . _ + -"
            )
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            if "range" in f.metadata:
                low, high = f.metadata["range"]
                if type(value) is not int or not low <= value <= high:
                    raise ConfigError(f"{f.name}: found {value!r}; allowed is a whole number from {low} to {high}")
            if "options" in f.metadata:
                options = f.metadata["options"]
                if type(value) is not type(options[0]) or value not in options:
                    names = ", ".join(str(o).lower() if isinstance(o, bool) else str(o) for o in options)
                    raise ConfigError(f"{f.name}: found {value!r}; allowed is one of {names}")
        for name in ("window_low", "window_high") if self.steps == 8 else ():
            if not -2048 <= getattr(self, name) <= 2047:  # which the voltages of 8 steps are compared with twice
                raise ConfigError(f"{name}: found {getattr(self, name)} with 8 steps; allowed is -2048 to 2047")
        if self.window_low >= self.window_high:
            raise ConfigError(
                f"window_low: found {self.window_low}; allowed is anything below window_high = {self.window_high}"
            )
        check_task(self)
        self._check_addresses()

    def _check_addresses(self) -> None:
        """Every weight of an engine has an address, and a pass over all rows can be counted."""
        built = range(self.lowest_built if self.has_backward else self.layers, self.layers)  # layers with a Theta
        above = [self.sizes[at + 1] if at in built else 0 for at in range(self.layers + 1)]
        rows = [above[at] + (self.rows(at) if at else 0) for at in range(self.layers + 1)]
        engines = self.engines or (range(self.layers + 1),)
        words, engine = max((sum(self.groups(layer) * rows[layer] for layer in engine), list(engine)) for engine in engines)
        addresses = words << (self.lanes - 1).bit_length()
        if addresses > 1 << ADDRESS_BITS or words >= 1 << ADDRESS_BITS:
            found = f"found {list(self.sizes)} with lanes = {self.lanes}"
            raise ConfigError(
                f"sizes: {found}, {addresses:,} addresses of weights in the engine of layers {engine}; allowed are "
                f"{1 << ADDRESS_BITS:,}: smaller sizes, more engines, or lanes that are a power of two, 2 or more"
            )

    def replace(self, **changes) -> "Config":
        """A copy with other values, validated anew; keys that are left out stay, with a `task`, too. Raises ConfigError."""
        _check_known(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict:
        """Plain values, as TOML and JSON take them."""
        plain = lambda v: [plain(part) for part in v] if isinstance(v, tuple) else v  # noqa: E731
        return {name: plain(value) for name, value in dataclasses.asdict(self).items()}

    def to_toml(self) -> str:
        """The configuration as a TOML text that `from_toml` reads back to an equal one."""
        return tomli_w.dumps(self.to_dict())

    @staticmethod
    def from_dict(values: dict) -> "Config":
        """A configuration from plain values; keys left out have their task's defaults. Raises ConfigError on an unknown or a
        missing key."""
        _check_known(values)
        for key in ("sizes", "lanes"):
            if key not in values:
                raise ConfigError(f"missing key {key!r}; a configuration needs sizes and lanes")
        return Config(**with_defaults(values))

    @staticmethod
    def from_toml(text: str) -> "Config":
        """A configuration from a TOML text. Raises ConfigError on anything that is not one."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"not TOML: {error}") from None
        return Config.from_dict(values)

    @staticmethod
    def load(name_or_file: "str | Path | Config") -> "Config":
        """A named configuration, or one from a `.toml` file; a configuration is itself. Raises ConfigError."""
        if isinstance(name_or_file, Config):
            return name_or_file
        if not isinstance(name_or_file, (str, Path)):
            found = f"config: found {name_or_file!r}"
            raise ConfigError(f"{found}; allowed is a name, or a .toml file; a dictionary by Config.from_dict")
        if str(name_or_file) in NAMED:
            return NAMED[str(name_or_file)]
        path = Path(name_or_file)
        if path.suffix != ".toml":
            raise ConfigError(f"unknown configuration {str(name_or_file)!r}; allowed are {', '.join(NAMED)} or a .toml file")
        try:
            text = path.read_text(encoding="utf-8-sig")  # with a mark of its byte order, as some editors write, or without
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"cannot read configuration {path}: {reason}") from None
        try:
            config = Config.from_toml(text)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from None
        own = re.sub(r"[^A-Za-z0-9 ._+-]", "-", path.stem).lstrip(" ._+-")[:64]
        return config if config.name != "custom" or not own else config.replace(name=own)


def _check_known(values: Iterable[str]) -> None:
    """Raises ConfigError on what is no key."""
    known = {f.name for f in dataclasses.fields(Config)}
    for key in values:
        if key not in known:
            raise ConfigError(f"unknown key {key!r}; allowed are {', '.join(sorted(known))}")


NAMED = {
    c.name: c
    for c in (
        Config(name="tiny", sizes=(64, 32, 10), lanes=16),
        Config(name="digits", sizes=(64, 128, 64, 10), lanes=16, block=256),
        Config(name="deep", sizes=(64, 128, 128, 128, 64, 64, 10), lanes=16),
        Config(name="fashion", sizes=(784, 256, 128, 10), lanes=32, block=256, epochs=12),
        # Two thirds of an ECP5-85's block RAM, since it has weights of 10 bits, and none that recall 784 pixels.
        Config(
            name="image",
            sizes=(784, 128, 64, 10),
            lanes=32,
            weight_bits=10,
            block=256,
            stimulus_recall=False,
            epochs=12,
        ),
        Config(name="micro", sizes=(64, 120, 64, 10), lanes=1),
        Config(name="autoencoder", sizes=(64, 128, 32), lanes=16, **AUTOENCODER),
        Config(
            name="autoencoder-fashion",
            sizes=(784, 256, 64),
            lanes=32,
            **AUTOENCODER | {"epochs": 5, "decay": (0, -1, -2, -3, -4)},
        ),
        Config(name="electricity", sizes=(144, 128, 32), lanes=16, **SEQUENCE),
        Config(name="electricity-recurrent", sizes=(48, 128, 32), lanes=16, recurrent=True, **SEQUENCE),
        # What comes next is not certain: a sample near its concept still teaches how likely it is, so no dead zone.
        Config(name="text", sizes=(128, 256, 32), lanes=16, steps=8, dead_zone=0, rate=1, **SEQUENCE | {"neighbours": 0}),
    )
}
"""The named configurations: `Config.load("digits")`."""
