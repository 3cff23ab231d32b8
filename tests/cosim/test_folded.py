"""The folded core against golden: what test_core.py asks of the core, at shapes that suit it; and mutants of it."""

from pathlib import Path

import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.runner import BenchError, run
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from tests.cosim import axi_runs
from tests.cosim.core_runs import BENCH, built, play, strange, thorough
from tests.cosim.mutants import SAYS, Mutant, parameters, with_mutant
from tests.marks import long


def folded(name: str, sizes: tuple[int, ...], **changes) -> Config:
    return Config(name=name, sizes=sizes, lanes=1, folded=True, **changes)


SMALL = folded("small", (7, 5, 3), block=4, seed=3)
RATE = folded("rate", (20, 11, 6, 3), steps=8, coding="rate", loss="gap", block=1, leak=2, seed=1)
SCALED = folded("scaled", (66, 5, 4, 3), block=3, learn_theta=False, seed=3, dead_zone=0, margin=0, lambda8=15)

NARROW = folded("10 bits", (9, 6, 4, 3), weight_bits=10, block=3, loss="gap", seed=2)
LEAST = folded("one weight layer", (9, 3), block=2)
NAMES = folded("inference only", (9, 4, 3), learn=False)


@pytest.mark.parametrize(
    "config, samples, simulator",
    [
        long(SMALL, 16, "icarus"),
        (RATE, 30, "verilator"),
        long(NARROW, 12, "icarus"),
        long(NARROW, 60, "verilator"),
        long(folded("12 bits", (7, 5, 3), weight_bits=12, block=4, rate=2), 16, "icarus"),
        long(LEAST, 12, "icarus"),
        long(NAMES, 12, "icarus"),
        long(SMALL, 80, "verilator"),
        long(RATE, 8, "icarus"),
        long(SCALED, 8, "icarus"),
        long(SCALED, 40, "verilator"),
        long(folded("eight weight layers", (5, 3, 1, 4, 2, 3, 1, 3, 2), block=3), 20, "verilator"),
        long(folded("sizes of 1", (1, 1, 2), block=2, coding="rate"), 20, "verilator"),
        long(folded("64 concepts", (3, 64), block=5), 8, "verilator"),
        long(folded("rows beyond a byte", (258, 2), block=2), 8, "verilator"),
        long(folded("gap and direct code", (70, 12, 11, 4), block=4, loss="gap", stochastic=False), 30, "verilator"),
    ],
    ids=lambda v: v.name.replace(" ", "_") if isinstance(v, Config) else str(v),
)
def test_every_record_and_memory_is_goldens(config, samples, simulator, tmp_path):
    path = thorough(config, tmp_path / "scenario.npz", samples, resets=(70, 900) if config.learn else ())
    play(config, path, simulator, inputs=0.2, outputs=0.5)


@pytest.mark.parametrize(
    "config", [long(SMALL), long(NARROW), LEAST, NAMES], ids=lambda config: config.name.replace(" ", "_")
)
def test_a_network_of_any_values_is_goldens(config, tmp_path):
    path = strange(config, tmp_path / "scenario.npz", 8, resets=(900,) if config == SMALL else ())
    play(config, path, inputs=0.2, outputs=0.5)


@pytest.mark.parametrize("config", [long(folded("least", (9, 3), block=4, seed=3)), long(SMALL)], ids=lambda c: c.name)
def test_a_host_on_the_bus_finds_goldens_results(config, tmp_path):
    """Its results go word by word."""
    values = {"config": config.to_dict(), "scenario": str(axi_runs.scenario(config, tmp_path / "scenario.npz"))}
    text = core_verilog(config, "rtl.bus.axi:AxiCore", axi_runs.TOP)
    run(build(text, axi_runs.TOP, "icarus"), axi_runs.BENCH, values, folder=tmp_path / "run", timeout=240)


MUTANTS = (
    Mutant("a step without leak", "folded/soma.py", "leaked.eq(u - (u >> self.leak))", "leaked.eq(u)"),
    Mutant(
        "weights do not saturate",
        "folded/arithmetic.py",
        "self.result.eq(saturate(weight, self.weight_bits))",
        "self.result.eq(weight)",
    ),
    Mutant("a written row not counted", "folded/walk.py", "self.updates + hold", "self.updates", long=True),
    Mutant("the row after a written one is lost", "folded/walk.py", "with m.If(~hold):", "with m.If(1):", long=True),
    Mutant(
        "old counts of a sample are the new ones",
        "folded/memories.py",
        "put.old.eq(Mux(now.backward, engine.template, engine.was.count))",
        "put.old.eq(Mux(now.backward, engine.template, soma.count))",
        long=True,
    ),
    Mutant(
        "Theta learns from the new counts",
        "folded/memories.py",
        "put.old.eq(Mux(now.backward, engine.template, engine.was.count))",
        "put.old.eq(Mux(now.backward, soma.count, engine.was.count))",
        long=True,
    ),
    Mutant(
        "one noise for all neurons",
        "folded/registers.py",
        "engine.column.eq(engine.column + 5)",
        "engine.column.eq(0)",
        long=True,
    ),
    Mutant("S not cleared", "folded/recall.py", 'p.op(keep=(at["S"], BOTH))', "p.op()"),
    Mutant("q_r rounds elsewhere", "folded/teach.py", 'shift_of(p, plan, 3, "place_r")', 'shift_of(p, plan, 4, "place_r")'),
    Mutant("a tie goes to the last", "folded/perceive.py", 'p.op(go="no better", when=If.ZERO)', "p.op()", long=True),
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    return thorough(SMALL, tmp_path_factory.mktemp("scenario") / "scenario.npz", samples=12)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long))
def test_a_mutant_is_caught(mutant, scenario, tmp_path):
    config = built(SMALL)
    text = with_mutant(mutant, "tests.cosim.mutants:core", config)
    design = build(wrapped(text, config), TOP, "icarus", root=tmp_path / "build")
    values = {"config": config.to_dict(), "scenario": str(scenario)}
    with pytest.raises(BenchError, match=SAYS) as found:
        run(design, BENCH, values, folder=tmp_path / "run", timeout=400)
    print(f"{mutant.name}: {found.value}")
