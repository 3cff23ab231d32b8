"""What a configuration costs: memories and multipliers, counted in the elaborated design, and clocks a sample, predicted."""

import re
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import Config
from rtl.engine.formats import engines_of
from sw.common.terminal import say
from sw.design.clocks import predict, with_recall


@dataclass
class Part:
    """What a block of an engine, or what is outside the engines, is made of.

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
    """Those blocks of the engines that have memories or multipliers, as "engine0.neurons.synapses", and "core" for the rest.
    Elaborates the design, which takes seconds.
    """
    from rtl.convert import rtlil
    from rtl.core import core_of

    parts: dict[str, Part] = {}
    text = rtlil(core_of(config))
    for module in re.split(r"^module \\", text, flags=re.MULTILINE)[1:]:
        path = [word.split("$")[0] for word in module.split("\n", 1)[0].split(".")]
        name = _block(path)
        part = parts.setdefault(name, Part())
        for width, size, memory in re.findall(r"^\s*memory width (\d+) size (\d+) \\(\w+)", module, flags=re.MULTILINE):
            memory = memory if memory not in ("list", "last", "storage", "memory") else f"{path[-1]}.{memory}"
            part.memories[memory] = part.memories.get(memory, 0) + int(width) * int(size)
        for cell in multipliers(module):
            widths = [int(re.search(rf"{side}_WIDTH (\d+)", cell)[1]) for side in "AB"]
            size = f"{max(widths)} x {min(widths)}"
            part.multipliers[size] = part.multipliers.get(size, 0) + 1
    some = {name: part for name, part in parts.items() if part.memories or part.multipliers}
    return dict(sorted(some.items(), key=lambda item: item[0] == "core"))


def _block(path: list[str]) -> str:
    """The part that a module is of, by its path: registers of a pipeline belong to its block."""
    number = next((at for at, word in enumerate(path) if re.fullmatch(r"engine\d+", word)), len(path))
    inside = path[number + 1 :]
    return ".".join(path[number : number + (3 if inside[:1] in (["neurons"], ["learner"]) else 2)]) or "core"


def multipliers(module: str) -> list[str]:
    """The cells of a module's RTLIL that multiply two variables: a product with a constant is wires and an adder or two."""
    cells = re.findall(r"^\s*cell \$mul .*?^\s*end$", module, flags=re.MULTILINE | re.DOTALL)
    return [cell for cell in cells if not re.search(r"connect \\[AB] \d+'[01]+$", cell, flags=re.MULTILINE)]


def show(console: Console, config: Config, density: float | None = None) -> None:
    """Prints both as tables. density: of random pixels; None: real samples where there are any (`sw.design.clocks`)."""
    with console.status("elaborating the core"):
        parts = count(config)
    engines = f"{(number := len(engines_of(config)))} engine{'s' * (number > 1)} of {config.lanes} lanes"
    say(console, f"{config.name}: {' - '.join(map(str, config.sizes))}, T = {config.steps}, {engines}\n")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "weights, bits", "other memory, bits", "multipliers"):
        table.add_column(column, justify="left" if column in ("part", "multipliers") else "right")
    for name, part in parts.items():
        weights = sum(bits for memory, bits in part.memories.items() if re.search(r"weights\d*$", memory))
        sizes = ", ".join(f"{number} of {size}" for size, number in sorted(part.multipliers.items(), key=lambda i: -i[1]))
        numbers = f"{weights:,}", f"{part.bits - weights:,}", sizes or "none"
        table.add_row(name, *numbers)
    console.print(table, highlight=False)
    bits = sum(part.bits for part in parts.values())
    multipliers = sum(sum(part.multipliers.values()) for part in parts.values())
    say(console, f"{bits:,} bits of memory, {multipliers} multipliers\n")
    _show_clocks(console, config, density)


def _show_clocks(console: Console, config: Config, density: float | None) -> None:
    with console.status("golden learns the first samples"):
        clocks = predict(config, density)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "inference", "training"):
        table.add_column(column, justify="left" if column == "part" else "right")
    for layer, inference in enumerate(clocks.rows_inference):
        training = f"{clocks.rows_training[layer]:,.0f}" if clocks.rows_training else "-"
        if layer or config.task == "autoencoder":
            table.add_row(f"layer {layer}", f"{inference:,.0f}", training)
    say(console, "words walked a sample, a clock each:")
    console.print(table, highlight=False)
    recall = f"{words}, " if (words := with_recall(config)) else ""
    training = f" {clocks.training:,.0f} in training, {recall}" if clocks.training is not None else " "
    say(console, f"clocks a sample, predicted:{training}{clocks.inference:,.0f} in inference")
    say(console, f"layers work in turns on their engine; {clocks.note}")
