"""Proof that the neurons' bench can fail: one line of a block is changed, and the bench names a difference."""

import pytest

from cosim.runner import BenchError
from tests.cosim.engine.test_neurons import CASES
from tests.cosim.mutants import Mutant, parameters, with_mutant

AGAIN, WHOLE, FOUR, LONG, SMALL, ONE_PORT = 3, 0, 1, 5, 2, 7
"""Cases: passes of one context only; all layers, some of them with lanes beyond their neurons; four lanes; many rows; one
lane, and with many rows."""

MUTANTS = {
    Mutant("a word is read before it is written", "engine/walk.py", "~(again & self.writing)", "1"): AGAIN,
    Mutant("old errors are applied", "engine/walk.py", "self.live & work.update.errors.any()", "self.live"): AGAIN,
    Mutant(
        "a group has the liveness of the one before",
        "engine/walk.py",
        "upcoming.eq(upcoming + 1)",
        "upcoming.eq(upcoming)",
    ): WHOLE,
    Mutant(
        "a second group has the liveness of the first",
        "engine/walk.py",
        "may_turn.eq(has_room & ~begin)",
        "may_turn.eq(has_room)",
    ): SMALL,
    Mutant("the list goes too early", "engine/walk.py", "ending.eq(turn & final)", "ending.eq(turn)"): WHOLE,
    Mutant("lanes beyond the layer are heard", "engine/soma.py", " & ~self.absent[lane]", ""): WHOLE,
    Mutant(
        "a row is read while a word is written", "engine/walk.py", "go.eq(walking & ~self.blocked", "go.eq(walking"
    ): ONE_PORT,
    Mutant("sums are replaced while they are needed", "engine/neurons.py", "lead=f.summed", "lead=14"): AGAIN,
    Mutant("the next group begins while a word waits", "engine/soma.py", "((inside == 1) & ~words.valid)", "1"): WHOLE,
    Mutant("a word takes the place of one that waits", "engine/soma.py", "complete & ~words.valid", "complete"): WHOLE,
    Mutant("a word is said to be of the next group", "engine/soma.py", "group.eq(ended)", "group.eq(group)"): WHOLE,
    Mutant("a current is scaled for the next group", "engine/soma.py", 'p.at("kind", add_up)', "self.kind"): FOUR,
    Mutant("a voltage goes on from the group before", "engine/soma.py", "m.d.sync += so_far.eq(0)", "pass"): WHOLE,
    Mutant("-32 is a template", "engine/soma.py", "lowest, lowest + 1, rounded", "lowest, lowest, rounded"): LONG,
    Mutant(
        "the noise of a neuron's neighbour",
        "engine/synapses.py",
        "high, low = divmod(5 * lane, spread)",
        "high, low = divmod(5 * lane + 5, spread)",
    ): WHOLE,
    Mutant("rows above 255 are not folded", "engine/synapses.py", "index[:8] ^ index[8:]", "index[:8]"): LONG,
    Mutant("a word goes into all banks", "engine/synapses.py", "port.en.eq(write & here)", "port.en.eq(write)"): LONG,
    Mutant(
        "saturations go on from the pass before", "engine/synapses.py", "so_far.eq(Mux(final, 0, total))", "so_far.eq(total)"
    ): WHOLE,
    Mutant(
        "the host writes all lanes", "engine/synapses.py", 'm.If(~host | p.at("host_lanes", stored - 1)[lane])', "m.If(1)"
    ): WHOLE,
}


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda mutant: True))
def test_is_caught(mutant, tmp_path):
    number = MUTANTS[mutant]
    text = with_mutant(mutant, "tests.cosim.engine.test_neurons:converted", number)
    with pytest.raises(BenchError, match=r"assertion failed in|expected .*, got|payload changed"):
        CASES[number].run(text=text, root=tmp_path)
