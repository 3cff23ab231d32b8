"""Assertions of the engine's blocks: of a core that breaks what they say, the simulation ends with their words."""

import pytest

from cosim.build import build
from cosim.runner import BenchError, run
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from tests.cosim.core_runs import BENCH, built, strange
from tests.cosim.mutants import Mutant, parameters, with_mutant

CONFIG = Config(sizes=(7, 5, 4, 3), lanes=2, block=4)
MUTANTS = {
    Mutant("lists are always free", "engine/claims.py", "eq(count != LISTS)", "eq(1)", True): (
        r"engine0\.rows.*both of whose lists are full|a row for a list that is full|"
        r"claims .*a list is released that was not claimed"
    ),
    Mutant("spikes need no room", "engine/turns.py", "can &= self._list(target)[0]", "can &= 1"): (
        r"engine0\.schedule.*(a pass whose spikes have no room|a sample is claimed where both lists are)"
    ),
    Mutant("sums are not waited for", "engine/neurons.py", "lead=f.summed", "lead=14", True): (
        r"(soma|walk) .*(sums that are still selected|sums are there while others wait|room for a second group)"
    ),
    Mutant("taught or not", "engine/schedule.py", "return ~state", 'return ~state["closing"] | ~state', True): (
        r"engine0\.schedule .*(a sample before the last but one is taught|while concepts are recalled)"
    ),
    Mutant(
        "a lesson is withdrawn", "engine/slots.py", "take.eq(self.take.valid & ~given)", "take.eq(self.take.valid)", True
    ): (r"slots .*lesson: an item changed before it was taken"),
}


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long))
def test_is_named(mutant, tmp_path):
    scenario = strange(CONFIG, tmp_path / "scenario.npz", samples=24)
    config = built(CONFIG)
    text = with_mutant(mutant, "tests.cosim.mutants:core", config)
    design = build(wrapped(text, config), TOP, "icarus", root=tmp_path / "build")
    values = {"config": config.to_dict(), "scenario": str(scenario), "inputs": 0.2, "outputs": 0.5}
    with pytest.raises(BenchError, match=r"assertion failed in bench_top\..*" + MUTANTS[mutant]):
        run(design, BENCH, values, folder=tmp_path / "run", timeout=240)
