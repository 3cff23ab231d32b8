"""Proof that the blocks' benches can fail: one line of a block's module is changed, and its bench names a difference."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from amaranth.lib.wiring import Component

from cosim.benches.pins import inputs, plain_names
from cosim.build import build
from cosim.elaborate import verilog
from cosim.runner import BenchError, run
from tests.cosim.test_blocks import CASES, Case


@dataclass(frozen=True)
class BlockMutant:
    """In the module of the block of `shape`, a shape of `tests.cosim.test_blocks`, `old` (there once) becomes `new`."""

    name: str
    block: str
    shape: str
    old: str
    new: str

    def case(self) -> Case:
        return next(case for case in CASES if (case.block, case.shape) == (self.block, self.shape))

    def component(self) -> Component:
        """The block, elaborated as the changed module does it."""
        block = self.case().make()
        module = sys.modules[type(block).__module__]
        text = Path(module.__file__).read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"mutant {self.name!r}: found {self.old!r} {text.count(self.old)} times"
        changed = ModuleType(module.__name__)
        exec(compile(text.replace(self.old, self.new), module.__file__, "exec"), changed.__dict__)
        block.__class__ = getattr(changed, type(block).__name__)
        return block


MUTANTS = (
    BlockMutant(
        "the host sees words where there is a constant",
        "concepts",
        "layer 2 of 7-6-5, 2 lanes steps 8",
        "m.d.comb += out[p].count.eq(Mux(target, f.steps, 0))",
        "m.d.comb += out[p].count.eq(Mux(target, f.steps, 0)), self.host_read_counts[p].eq(~self.host_data)",
    ),
    BlockMutant(
        "the host writes where there is a constant",
        "concepts",
        "layer 2 of 7-6-5, 2 lanes steps 8",
        "m.d.comb += out[p].count.eq(Mux(target, f.steps, 0))",
        'written = Signal(name=f"written{p}")\n'
        "                    m.d.sync += written.eq(written | self.host_write_counts[p])\n"
        "                    m.d.comb += out[p].count.eq(Mux(target ^ written, f.steps, 0))",
    ),
    BlockMutant(
        "target codes of one spike less",
        "spikes",
        "4 rows, 3 lanes, T 8, 4 slots targets",
        "[k % self.lanes] = self.steps",
        "[k % self.lanes] = self.steps - 1",
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
def test_is_caught(mutant, tmp_path):
    case, text = mutant.case(), plain_names(verilog(mutant.component(), "block"))
    values = case.values | {"inputs": inputs(text, "block")}
    design = build(text, "block", "icarus", root=tmp_path / "build")
    with pytest.raises(BenchError, match=r"expected .*, got|concept \d+, group|assert "):
        run(design, f"cosim.benches.{case.block}", values, folder=tmp_path / "run", tests=case.tests, timeout=120)
