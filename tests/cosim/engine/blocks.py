"""How an engine's block is built and run alone: shared by the tests of the blocks, and by those of their mutants."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from amaranth.lib.wiring import Component

from cosim.benches.engine.formats import parameters_of
from cosim.benches.pins import inputs, plain_names
from cosim.build import build
from cosim.elaborate import kept_verilog, verilog
from cosim.runner import run
from golden.config import Config
from rtl.engine.formats import EngineFormat


@dataclass(frozen=True)
class Case:
    """A block of an engine of these layers. make: the block from the engine's format."""

    block: str
    make: Callable[[EngineFormat], Component] = field(hash=False)
    config: Config
    layers: tuple[int, ...]
    lanes: int

    @property
    def name(self) -> str:
        c = self.config
        sizes = "-".join(map(str, c.sizes))
        extra = (
            f" T{c.steps}" * (c.steps != 4) + " rate" * (c.coding == "rate") + f" B{c.weight_bits}" * (c.weight_bits != 16)
        )
        extra += " recurrent" * c.recurrent
        return f"{self.block} layers {','.join(map(str, self.layers))} of {sizes}, {self.lanes} lanes{extra}"

    @property
    def values(self) -> dict:
        return parameters_of(self.config, self.layers, self.lanes)

    def verilog(self) -> str:
        """As the block is in this process."""
        form = EngineFormat(self.config, self.layers, self.lanes)
        return plain_names(verilog(self.make(form), "block"))

    def run(self, simulator: str = "icarus", text: str | None = None, root: Path | None = None) -> None:
        """Builds and runs the block's bench; text: in place of its own Verilog. Raises BenchError."""
        text = text or kept_verilog(("engine", self.block, self.values), self.verilog)
        design = build(text, "block", simulator, root=root)
        run(design, f"cosim.benches.engine.{self.block}", self.values | {"inputs": inputs(text, "block")}, timeout=240)


def case(block: str, make, sizes, layers, lanes: int, **config) -> Case:
    return Case(block, make, Config(sizes=sizes, lanes=lanes, **config), layers, lanes)


def parametrized(cases: list[Case]):
    """Every case on Icarus, the first on Verilator, too."""
    runs = [("icarus", c, ()) for c in cases] + [("verilator", cases[0], pytest.mark.long)]
    return pytest.mark.parametrize(
        "simulator, case", [pytest.param(s, c, id=f"{s}-{c.name}", marks=marks) for s, c, marks in runs]
    )
