"""What a configuration costs: memories and multipliers, counted in the elaborated design, and clocks a sample, estimated."""

import re
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import Config
from sw.common.terminal import say

DENSITY = {"input": 0.5, "hidden": 0.25}
"""Part of a layer's neurons that is active in a sample; the initial weights are scaled for such hidden layers."""


@dataclass
class Part:
    """What one layer, or what is outside the layers, is made of.

    Members:
        memories: bits by name. multipliers: number by size, as in "18 x 16".
    """

    memories: dict[str, int] = field(default_factory=dict)
    multipliers: dict[str, int] = field(default_factory=dict)

    @property
    def bits(self) -> int:
        """Of all memories together."""
        return sum(self.memories.values())


def count(config: Config) -> dict[str, Part]:
    """The parts of a core: "layer0".. "layerL", and "core" for the rest. Elaborates the design, which takes seconds."""
    from amaranth.back import rtlil

    from rtl.core import core_of

    parts: dict[str, Part] = {}
    text = rtlil.convert(core_of(config), name="core", emit_src=False)
    for module in re.split(r"^module \\", text, flags=re.MULTILINE)[1:]:
        path = module.split("\n", 1)[0].split(".")
        name = next((word for word in path if re.fullmatch(r"layer\d+", word)), "core")
        part = parts.setdefault(name, Part())
        for width, size, memory in re.findall(r"^\s*memory width (\d+) size (\d+) \\(\w+)", module, flags=re.MULTILINE):
            memory = memory if memory not in ("list", "last", "storage") else f"{path[-1]}.{memory}"
            part.memories[memory] = part.memories.get(memory, 0) + int(width) * int(size)
        for cell in multipliers(module):
            widths = [int(re.search(rf"{side}_WIDTH (\d+)", cell)[1]) for side in "AB"]
            size = f"{max(widths)} x {min(widths)}"
            part.multipliers[size] = part.multipliers.get(size, 0) + 1
    return dict(
        sorted(parts.items(), key=lambda item: (item[0] == "core", int(item[0][5:] or 0) if item[0] != "core" else 0))
    )


def multipliers(module: str) -> list[str]:
    """The cells of a module's RTLIL that multiply two variables: a product with a constant is wires and an adder or two."""
    cells = re.findall(r"^\s*cell \$mul .*?^\s*end$", module, flags=re.MULTILINE | re.DOTALL)
    return [cell for cell in cells if not re.search(r"connect \\[AB] \d+'[01]+$", cell, flags=re.MULTILINE)]


def words(config: Config, layer: int, learning: bool, density: float) -> float:
    """Memory words, and so clocks, that a sample walks at `layer`, 1..L; learning walks rows of this and the last sample.

    Two samples' active rows are taken as independent, which real ones are not: an upper bound where samples look alike.
    """
    active = DENSITY["hidden"] if layer > 1 else density
    if learning:
        active = 1 - (1 - active) ** 2
    return active * config.sizes[layer - 1] * config.groups(layer)


def recall_words(config: Config, layer: int) -> float:
    """Words a learning sample that recall walks at `layer`, 0..L-1: K concepts, once a block."""
    if not (config.learn and config.learn_theta):
        return 0.0
    rows = 1 if layer == config.layers - 1 else DENSITY["hidden"] * config.sizes[layer + 1]
    return rows * config.groups(layer) * config.classes / config.block


def show(console: Console, config: Config, density: float) -> None:
    """Prints both as tables."""
    with console.status("elaborating the core"):
        parts = count(config)
    say(console, f"{config.name}: {' - '.join(map(str, config.sizes))}, T = {config.steps}, {config.loss} loss\n")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "neurons", "lanes", "weights, bits", "other memory, bits", "multipliers"):
        table.add_column(column, justify="left" if column in ("part", "multipliers") else "right")
    for name, part in parts.items():
        layer = int(name[5:]) if name != "core" else None
        weights = sum(bits for memory, bits in part.memories.items() if re.search(r"weights\d*$", memory))
        sizes = ", ".join(f"{number} of {size}" for size, number in sorted(part.multipliers.items(), key=lambda i: -i[1]))
        shape = ("", "") if layer is None else (str(config.sizes[layer]), str(config.lanes[layer]))
        table.add_row(name.replace("layer", "layer "), *shape, f"{weights:,}", f"{part.bits - weights:,}", sizes or "none")
    console.print(table, highlight=False)
    bits = sum(part.bits for part in parts.values())
    multipliers = sum(sum(part.multipliers.values()) for part in parts.values())
    say(console, f"{bits:,} bits of memory, {multipliers} multipliers\n")
    _show_clocks(console, config, density)


def _show_clocks(console: Console, config: Config, density: float) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "inference", "learning", "recall"):
        table.add_column(column, justify="left" if column == "part" else "right")
    busiest = {"inference": 0.0, "learning": 0.0}
    most = sum if config.folded else max
    recall = sum(recall_words(config, layer) for layer in range(config.layers))
    for layer in range(config.layers + 1):
        inference, learning = (words(config, layer, mode, density) if layer else 0.0 for mode in (False, True))
        again = recall_words(config, layer) if layer < config.layers else 0.0
        busiest["inference"] = most((busiest["inference"], inference))
        busiest["learning"] = most((busiest["learning"], learning))
        learns = f"{learning:,.0f}" if config.learn else "-"
        table.add_row(f"layer {layer}", f"{inference:,.0f}", learns, f"{again:,.1f}")
    activity = f"{density:.0%} of the pixels and {DENSITY['hidden']:.0%} of the hidden neurons"
    say(console, f"words walked a sample, one a clock, where {activity} are active:")
    console.print(table, highlight=False)
    learn = f", {busiest['learning'] + recall:,.0f} in learning with recall" if config.learn else ""
    order = "one after another" if config.folded else "side by side"
    say(console, f"at least {busiest['inference']:,.0f} clocks a sample in inference{learn}: layers work {order}")
