"""Each block alone, under both simulators, against its own plain-Python model: values, edges, stalls on both sides."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from amaranth.lib.wiring import Component

from cosim.benches.pins import inputs, plain_names
from cosim.build import build
from cosim.elaborate import kept_verilog, verilog
from cosim.runner import run
from cosim.simulators import SIMULATORS
from golden.config import Config
from rtl.affinity import Affinity
from rtl.coefficients import Coefficients
from rtl.concepts import Concepts
from rtl.formats import LayerFormat
from rtl.noise import Noise
from rtl.plasticity import Plasticity
from rtl.readout import Readout
from rtl.soma import Soma
from rtl.spikes import ActiveRows
from rtl.synapses import Synapses


@dataclass(frozen=True)
class Case:
    """A block in one shape. Verilator runs a block's first case only: it builds long.

    values: what its bench needs. tests: those of the bench that this shape has something for; None: all. long: not in
    `make test`, which has two or three shapes of each block.
    """

    block: str
    shape: str
    make: Callable[[], Component]
    values: dict = field(hash=False)
    tests: str | None = None
    long: bool = False


def longer(case: Case) -> Case:
    return dataclasses.replace(case, long=True)


def layer_case(block: str, make: Callable, layer: int, sizes: tuple, lanes: int | tuple, **config) -> Case:
    """A block that is made of a layer's format."""
    form = LayerFormat.of(Config(sizes=sizes, lanes=lanes, **config), layer)
    extra = "".join(f" {k} {v}" for k, v in config.items())
    shape = f"layer {layer} of {'-'.join(map(str, sizes))}, {form.lanes} lanes{extra}"
    return Case(block, shape, lambda: make(form), {"form": dataclasses.asdict(form)})


def affinity_case(layer: int, sizes: tuple, lanes: int, **config) -> Case:
    case = layer_case("affinity", lambda form: Affinity(form, own_only=layer == 0), layer, sizes, lanes, **config)
    return dataclasses.replace(case, values=case.values | {"own_only": layer == 0})


def soma_case(units: int | None, lead: int | None, layer: int, sizes: tuple, lanes: int, **config) -> Case:
    """A soma that steps `units` lanes at a time."""
    case = layer_case("soma", lambda form: Soma(form, units, lead), layer, sizes, lanes, **config)
    soma = case.make()
    values = case.values | {"latency": [soma.latency(apical) for apical in (False, True)], "lead": lead}
    return dataclasses.replace(case, shape=f"{case.shape}, {soma.rounds} rounds, lead {lead}", values=values)


def rows_case(size: int, lanes: int, steps: int, *, direct: bool = False, slots: int = 1, targets: bool = False) -> Case:
    shape = {"size": size, "lanes": lanes, "planes": 4 if direct else steps, "steps": steps}
    shape |= {"direct": direct, "slots": slots, "targets": targets}
    name = f"{size} rows, {lanes} lanes, T {steps}, {slots} slots" + " direct" * direct + " targets" * targets
    return Case("spikes", name, lambda: ActiveRows(**shape), {"shape": shape}, None if slots else "every_active_row")


def coefficients_case(classes: int, neurons: int, steps: int, loss: str, own_only: bool, backward: bool) -> Case:
    bits = (neurons * steps * steps).bit_length()
    values = {"classes": classes, "neurons": neurons, "steps": steps, "loss": loss}
    values |= {"own_only": own_only, "backward": backward}
    name = f"{classes} classes of {neurons}, T {steps}, {loss}" + " own only" * own_only + " backward" * backward
    return Case("coefficients", name, lambda: Coefficients(classes, bits, bits, loss, own_only, backward), values)


CASES = [
    rows_case(7, 3, 4, direct=True),
    longer(rows_case(10, 4, 8, direct=True)),
    longer(rows_case(6, 2, 8)),
    longer(rows_case(5, 5, 4, slots=3)),
    rows_case(4, 3, 8, slots=4, targets=True),
    longer(rows_case(9, 2, 4, slots=0)),
    rows_case(9, 2, 4, slots=5),  # the last samples' counts in 40 words: read a clock later
    layer_case("synapses", Synapses, 1, (7, 5, 4, 3), (3, 2, 3, 2)),
    longer(layer_case("synapses", Synapses, 1, (300, 7, 5, 3), (4, 5, 2, 2), steps=8)),
    longer(layer_case("synapses", Synapses, 1, (300, 7, 5, 3), (4, 2, 2, 2))),  # in two banks
    longer(layer_case("synapses", Synapses, 0, (30, 7, 3), 5)),
    longer(layer_case("synapses", Synapses, 0, (60, 7, 3), 5)),
    longer(layer_case("synapses", Synapses, 2, (4, 6, 3), 3, steps=8)),
    longer(layer_case("synapses", Synapses, 1, (7, 5, 4, 3), (3, 2, 3, 2), weight_bits=10)),
    longer(layer_case("synapses", Synapses, 1, (7, 5, 3), 2, learn=False, weight_bits=11)),
    layer_case("synapses", Synapses, 1, (5, 1, 3), 1, coding="rate", steps=8),
    layer_case("synapses", Synapses, 1, (7, 5, 3), 2, learn=False),
    longer(
        layer_case("synapses", Synapses, 1, (2, 3, 3), 3)
    ),  # a pass begins with the very word that the last one ends with
    soma_case(2, 10, 1, (300, 5, 600, 3), 4),  # there is room at once
    longer(soma_case(None, None, 1, (4096, 5, 4, 3), 3, steps=8, leak=7)),
    longer(soma_case(1, 10, 1, (300, 5, 700, 3), 3, coding="rate", leak=1)),
    soma_case(1, None, 0, (5, 600, 3), 2, steps=8),
    longer(soma_case(2, 1, 2, (5, 90, 10, 3), 5, leak=2)),
    longer(soma_case(1, 10, 1, (5, 90, 10, 3), 5)),
    layer_case("concepts", Concepts, 1, (7, 5, 3), 2),
    longer(layer_case("concepts", Concepts, 0, (10, 5, 4), 5, steps=8)),
    longer(layer_case("concepts", Concepts, 1, (4, 3, 5), 3)),
    layer_case("concepts", Concepts, 2, (7, 6, 5), 2, steps=8),
    affinity_case(1, (7, 11, 3), 3),
    affinity_case(0, (9, 5, 4), 5, steps=8),
    longer(affinity_case(1, (7, 3, 2), 3, steps=8)),
    longer(affinity_case(2, (7, 6, 5), 2)),
    longer(affinity_case(1, (7, 7, 3), 4, steps=8)),
    layer_case("plasticity", Plasticity, 1, (7, 5, 4, 3), 2),
    longer(layer_case("plasticity", Plasticity, 1, (3, 9, 9, 3), 4)),  # in four parts, as layer 2 has the longest passes
    longer(layer_case("plasticity", Plasticity, 1, (7, 7, 5), 3, steps=8)),
    longer(layer_case("plasticity", Plasticity, 0, (9, 5, 4), 5, steps=8)),
    layer_case("plasticity", Plasticity, 2, (7, 5, 4), 3),
    longer(layer_case("plasticity", Plasticity, 1, (4, 3, 2), 3)),
    longer(layer_case("plasticity", Plasticity, 1, (5, 19, 3), 11)),
    longer(layer_case("plasticity", Plasticity, 1, (3, 12, 12, 3), 11)),
    longer(layer_case("plasticity", Plasticity, 1, (3, 2, 3), 1)),
    layer_case("plasticity", Plasticity, 0, (5, 4, 3), 3),
    Case("noise", "layer 1", lambda: Noise(1, 33), {"layer": 1}),
    longer(Case("noise", "layer 8", lambda: Noise(8, 40), {"layer": 8})),
    layer_case("readout", Readout, 2, (6, 4, 5), 2),
    longer(layer_case("readout", Readout, 1, (6, 2), 2, steps=8)),
    longer(layer_case("readout", Readout, 3, (6, 4, 5, 7), 3, steps=8)),
    coefficients_case(7, 20, 4, "reco", False, True),
    longer(coefficients_case(5, 30, 8, "gap", False, True)),
    longer(coefficients_case(12, 12, 4, "gap", False, True)),
    longer(coefficients_case(4, 9, 4, "reco", True, True)),
    coefficients_case(2, 12, 8, "gap", False, False),
]
FIRST = [next(c for c in CASES if c.block == block) for block in dict.fromkeys(c.block for c in CASES)]


def converted(number: int) -> str:
    """Verilog of a case by its number, as the block is in this process."""
    return plain_names(verilog(CASES[number].make(), "block"))


@cache
def text(case: Case) -> str:
    return kept_verilog((case.block, case.shape, case.values), lambda: converted(CASES.index(case)))


def run_case(case: Case, verilog: str, simulator: str, root: Path | None = None, folder: Path | None = None) -> None:
    """Builds and runs the block's bench. Raises BenchError."""
    values = case.values | {"inputs": inputs(verilog, "block")}
    design, bench = build(verilog, "block", simulator, root=root), f"cosim.benches.{case.block}"
    run(design, bench, values, folder=folder, tests=case.tests, timeout=240)


@pytest.mark.parametrize(
    "simulator, case",
    [
        pytest.param(s, c, id=f"{c.block}-{s}-{c.shape}", marks=[pytest.mark.long] if s == "verilator" or c.long else [])
        for s in SIMULATORS
        for c in (FIRST if s == "verilator" else CASES)
    ],
)
def test_a_block_alone_agrees_with_its_model(simulator, case):
    run_case(case, text(case), simulator)
