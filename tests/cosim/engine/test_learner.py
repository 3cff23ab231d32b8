"""The learner against its plain-Python model: every error, record and sum, through blocks of several layers."""

from dataclasses import dataclass, field

import pytest

from cosim.benches.pins import inputs, plain_names
from cosim.build import build
from cosim.elaborate import kept_verilog, verilog
from cosim.runner import run
from golden.config import Config
from rtl.engine.formats import EngineFormat
from rtl.engine.learner import Learner


@dataclass(frozen=True)
class Case:
    """An engine's learner: sizes of all layers, those on the engine, lanes; how often streams offer (drivers.STALLS)."""

    sizes: tuple[int, ...]
    layers: tuple[int, ...]
    lanes: int
    pattern: str = "never"
    config: dict = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        of = "-".join(map(str, self.sizes))
        return f"{','.join(map(str, self.layers))}_of_{of}_{self.lanes}_lanes" + "".join(
            f"_{k}_{v}" for k, v in self.config.items()
        )

    @property
    def values(self) -> dict:
        """What the bench wants to know."""
        own = {"layers": self.layers, "lanes": self.lanes, "pattern": self.pattern}
        return own | {"config": {"sizes": self.sizes, "lanes": 1} | self.config}

    def make(self) -> Learner:
        return Learner(EngineFormat(Config(**self.values["config"]), self.layers, self.lanes))


CASES = (
    Case((7, 5, 6, 3), (0, 1, 2, 3), 2),
    Case((4, 9, 5), (0, 1, 2), 5, "mostly", {"steps": 8}),
    Case((3, 4, 2), (0, 1, 2), 1),
    Case((5, 6, 9), (1,), 4, "mostly", {"steps": 8}),
    Case((5, 6, 7), (2,), 3),
    Case((4, 13, 3, 3), (1, 3), 8, "mostly"),
)


def converted(number: int) -> str:
    """Verilog of a case by its number, as the learner is in this process."""
    return plain_names(verilog(CASES[number].make(), "block"))


def text(case: Case) -> str:
    return kept_verilog(("learner", str(case)), lambda: converted(CASES.index(case)))


def check(case: Case, source: str, simulator: str, **places) -> None:
    """Runs the bench. Raises BenchError."""
    design = build(source, "block", simulator, root=places.pop("root", None))
    run(design, "cosim.benches.learner", case.values | {"inputs": inputs(source, "block")}, timeout=240, **places)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_learner_agrees_with_its_model(case):
    check(case, text(case), "icarus")


@pytest.mark.long
def test_the_learner_agrees_with_its_model_under_verilator():
    check(CASES[0], text(CASES[0]), "verilator")
