"""docs/configuration.md, from the configuration's own fields: `python -m sw.docs.configuration` writes it."""

import dataclasses
import sys
import textwrap
from pathlib import Path

from golden.config import ADDRESS_BITS, NAMED, Config
from golden.config_tasks import AUTOENCODER, SEQUENCE

FILE = Path(__file__).parents[2] / "docs" / "configuration.md"

_HEAD = """# The keys of a configuration

Generated from `golden/config.py` by `python -m sw.docs.configuration`; do not edit. A configuration is a TOML file with
any of these keys, of which only `sizes` and `lanes` must be there; those that have a name are below, and a run keeps its own
in `config.toml`.

{auto}
{sequence}
{addresses}
| key | default | allowed | |
|---|---|---|---|
| sizes | | 2 to 9 numbers of 1 to 4096, the last 2 to 64 concepts{code} | neurons of each layer, from stimulus to top |
| lanes | | 1 to 64 | neurons computed side by side by each engine; more than the largest layer has are not built |
"""

_NAMED = """
## Configurations with a name

`--config NAME`, `bispike.Config.load("NAME")`. Keys that are not in its row have the defaults of its task.
Those are of files, names and `bispike.Config.from_dict`; `bispike.Config(...)` in Python has recognition's always.

| name | task | sizes | lanes | other keys | for |
|---|---|---|---|---|---|
"""

ALLOWED = {
    "name": "1 to 64 letters, digits, spaces and . _ + -",
    "decay": "1 to 16 shifts of -8 to 0",
    "engines": "lists of layers, as [[1], [0, 2]], with each of 0 to L once",
}
"""Of keys whose field has neither a range nor options."""

FOR = {
    "tiny": "first steps: `verify` and `build --board generic` take it where none is named",
    "digits": "the digits of 8 x 8 pixels; for boards with room for 16 lanes",
    "deep": "the same digits through six weight layers",
    "fashion": "Fashion-MNIST, 28 x 28 pixels",
    "image": "the same pixels on an ECP5-85: weights of 10 bits, and no recall of the stimulus",
    "micro": "the same digits on one lane; without learning it fits an iCE40UP5K",
    "autoencoder": "digits recalled from a code of 32 neurons ([autoencoder.md](autoencoder.md))",
    "autoencoder-fashion": "Fashion-MNIST recalled from a code of 64",
    "electricity": "half-hourly demand from six inputs, a day and a week ago among them ([sequences.md](sequences.md), 7)",
    "electricity-recurrent": "the same from its value and change, with memory",
    "text": "the next character of a text, from four",
}
"""What each named configuration is for."""


def text() -> str:
    """The page."""
    code = "; 1 to 4096 of an auto-encoder's code"
    keys = [_row(field) for field in dataclasses.fields(Config) if field.name not in ("sizes", "lanes")]
    head = _HEAD.replace("{auto}", _autoencoder()).replace("{sequence}", _sequence()).replace("{code}", code)
    head = head.replace("{addresses}", _addresses())
    return head + "".join(keys) + _NAMED + "".join(map(_named, NAMED.values()))


def _autoencoder() -> str:
    """What else `task = "autoencoder"` says, in lines of at most 120 letters."""
    own = _defaults(AUTOENCODER)
    words = (
        f'With `task = "autoencoder"` ([autoencoder.md](autoencoder.md)) the defaults are {own}; coding is always rate, '
        "dead_zone and block play no part, and the code, the last of sizes, may have 1 to 4096 neurons."
    )
    return textwrap.fill(words, 120) + "\n"


def _sequence() -> str:
    """What else `task = "sequence"` says."""
    words = (
        f'With `task = "sequence"` ([sequences.md](sequences.md)) the defaults are {_defaults(SEQUENCE)}; coding is always '
        "direct. Keys neighbours and recurrent are of this task alone."
    )
    return textwrap.fill(words, 120) + "\n"


def _addresses() -> str:
    """What sizes, lanes and engines are allowed together."""
    words = (
        f"The weights of an engine have {1 << ADDRESS_BITS:,} addresses at most, in fewer words: each of its layers, of n "
        "neurons, has ceil(n / lanes) words for every neuron that it hears, from below (W) and from above (Theta), and a "
        "word has as many addresses as lanes, rounded up to a power of two."
    )
    return textwrap.fill(words, 120) + "\n"


def _defaults(values: dict) -> str:
    """The keys that a task has other defaults for."""
    return ", ".join(f"{key} {_toml(value)}" for key, value in values.items() if key != "task")


def _row(field: dataclasses.Field) -> str:
    allowed = ALLOWED.get(field.name)
    if "range" in field.metadata:
        allowed = "{} to {}".format(*field.metadata["range"])
    elif "options" in field.metadata:
        allowed = ", ".join(_toml(option) for option in field.metadata["options"])
    if allowed is None:
        raise ValueError(f"{field.name}: found no word of what is allowed; say it in ALLOWED")
    return f"| {field.name} | {_toml(field.default)} | {allowed} | {field.metadata['doc']} |\n"


def _named(config: Config) -> str:
    """The row of a named configuration."""
    if config.name not in FOR:
        raise ValueError(f"{config.name}: found no word of what it is for; say it in FOR")
    usual = Config.from_dict({"task": config.task, "sizes": list(config.sizes), "lanes": config.lanes})
    usual, own = usual.to_dict(), config.to_dict()
    other = ", ".join(f"{key} {_toml(value)}" for key, value in own.items() if key != "name" and value != usual[key])
    sizes = "-".join(map(str, config.sizes))
    return f"| {config.name} | {config.task} | {sizes} | {config.lanes} | {other} | {FOR[config.name]} |\n"


def _toml(value) -> str:
    """A value as a TOML file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(FILE, file=sys.stderr)
