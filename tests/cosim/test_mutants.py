"""Proof that the core's bench can fail: one line of the RTL is changed, in memory, and the bench names a difference."""

from pathlib import Path

import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.runner import BenchError, run
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from tests.cosim.core_runs import BENCH, brief, built, thorough
from tests.cosim.mutants import SAYS, Mutant, parameters, with_mutant
from tests.cosim.test_blocks import CASES, run_case
from tests.marks import long

CONFIG = Config(sizes=(7, 5, 3), lanes=(4, 3, 3), block=4, seed=3)
"""Sizes that lanes do not divide, blocks that end within the scenario."""
BOTTLENECK = Config(sizes=(3, 8, 24, 3), lanes=(3, 4, 1, 3), block=5)
"""A layer above a hidden one is the slowest, and lets it wait."""


MUTANTS = (
    Mutant("leak one bit weaker", "soma.py", "(membrane >> self.form.leak)", "(membrane >> self.form.leak + 1)", long=True),
    Mutant("spike above the threshold only", "soma.py", "spike.eq(~rest[-1])", "spike.eq(~rest[-1] & rest.any())"),
    Mutant("membrane starts at rest", "soma.py", "gated(self.threshold >> 1, ~goes)", "0", long=True),
    Mutant("bits of a pixel weighed wrongly", "soma.py", "low + (high << 2)", "low + (high << 1)", long=True),
    Mutant("half rounds down", "synapses.py", 'row[f"mixed{p}"], 128)', 'row[f"mixed{p}"], 127)', long=True),
    Mutant(
        "weights do not saturate",
        "synapses.py",
        "clipped(total, f.weight_bits, on)",
        "gated(total[: f.weight_bits].as_signed(), on)",
    ),
    Mutant(
        "synapse rounds its master",
        "synapses.py",
        'row[f"weight{p}"] >> (f.weight_bits - SYNAPSE_BITS)',
        '(row[f"weight{p}"] + 128) >> (f.weight_bits - SYNAPSE_BITS)',
        long=True,
    ),
    Mutant(
        "a row skipped in a pass",
        "walk.py",
        "new_ends.eq(position == new_before)",
        "new_ends.eq(position + 1 >= new_before)",
    ),
    Mutant(
        "last row of the last sample dropped",
        "walk.py",
        "old_ends.eq(position == old_before)",
        "old_ends.eq(position + 1 >= old_before)",
        long=True,
    ),
    Mutant(
        "lanes swapped in the write",
        "synapses.py",
        'words[p].eq(row[f"weight{p}"])',
        'words[p].eq(row[f"weight{p ^ (p < 2)}"])',
        long=True,
    ),
    Mutant("a host's lane in all lanes", "synapses.py", "m.If(~host | self.lane[p])", "m.If(1)", long=True),
    Mutant(
        "silent steps of a row are heard", "synapses.py", 'm.If(~row["train"][t])', 'm.If(~row["train"].any())', long=True
    ),
    Mutant(
        "parts of a group in the other order",
        "update_units.py",
        "range(u * f.update_rounds, (u + 1) * f.update_rounds)",
        "range(u * f.update_rounds, (u + 1) * f.update_rounds)[::-1]",
        long=True,
    ),
    Mutant(
        "wrong digit of a product of three",
        "affinity.py",
        "bit_select((len(lanes) - 1) * bits, bits)",
        "bit_select(len(lanes) // 2 * bits, bits)",
    ),
    Mutant(
        "update of one group dropped",
        "plasticity.py",
        "write.data.live.eq(Cat(value.any() for value in g).any())",
        "write.data.live.eq(Cat(value.any() for value in g).any() & (tag.group != 0))",
    ),
    Mutant(
        "apical sums do not saturate",
        "apical_sums.py",
        "clipped(self.totals[u], SUM_BITS, self.total.sum)",
        "Mux(self.total.sum, self.totals[u][:SUM_BITS], 0)",
        long=True,
    ),
    Mutant(
        "S does not saturate",
        "plasticity.py",
        "saturate(self.sums.scalar + self.b2, SUM_BITS)",
        "self.sums.scalar + self.b2",
        long=True,
    ),
    Mutant(
        "S not cleared",
        "plasticity.py",
        "self.scalar.eq(self.sums.scalar)\n            m.d.comb += self.sums.scalar_write.eq(1)",
        "self.scalar.eq(self.sums.scalar)\n            m.d.comb += self.sums.scalar_write.eq(0)",
    ),
    Mutant(
        "E not cleared",
        "apical_sums.py",
        "SUM_BITS, self.total.sum)",
        "SUM_BITS, self.total.sum | self.total.block)",
        long=True,
    ),
    Mutant(
        "surrogate window always open",
        "plasticity.py",
        "self.units.above[u] & (self.units.below[u] | falls)",
        "Cat(1)",
        long=True,
    ),
    Mutant("q_r with the other sign", "update_units.py", "minus = (word.error & word.kept) | ", "minus = "),
    Mutant(
        "a wrong guess is not taken back",
        "walk.py",
        "accept.eq(guess & known & ~write)",
        "accept.eq(guess & known)",
        long=True,
    ),
    Mutant(
        "sums still to come are taken for the next pass's",
        "layer.py",
        "second.eq(self.outstanding & ~ends)",
        "second.eq(0)",
    ),
    Mutant(
        "sums that wait are taken for the next pass's",
        "layer.py",
        "of_sums.eq(Mux(self.soma.waiting, kept_token, passing))",
        "of_sums.eq(passing)",
        long=True,
    ),
    Mutant("counters of the next pass", "sample_counters.py", "item[name].eq(complete)", "item[name].eq(value)"),
    Mutant(
        "concept not rewritten", "layer.py", "concepts.write.eq(taken & token.apical)", "concepts.write.eq(0)", long=True
    ),
    Mutant("norm of a concept stale", "layer.py", "norm_write_en.eq(affinity.recalled)", "norm_write_en.eq(0)", long=True),
    Mutant(
        "block one sample too long",
        "layer.py",
        "self.block_ends.eq((self.position >= self.settings.block)",
        "self.block_ends.eq((self.position > self.settings.block)",
        long=True,
    ),
    Mutant(
        "noise of the next sample",
        "layer.py",
        "self.noise.n.eq(self.samples)",
        "self.noise.n.eq(self.samples + 1)",
        long=True,
    ),
    Mutant(
        "a pass survives the reset",
        "layer.py",
        "self.outstanding, self.sample_begins, self.learning_begins = Signal(),",
        "self.outstanding, self.sample_begins, self.learning_begins = Signal(reset_less=True),",
        long=True,
    ),
    Mutant(
        "Theta learns from the new counts",
        "spikes.py",
        "entry.old.eq(one_of(pick, then.olds))",
        "entry.old.eq(train_count(one_of(pick, then.trains), self.steps) if self.slots > 1 else one_of(pick, then.olds))",
    ),
    Mutant(
        "flags of a concept from the other window",
        "layer.py",
        "self.soma.low.eq(Mux(token.apical, 0, low))",
        "self.soma.low.eq(low)",
        long=True,
    ),
    Mutant("noise of W in Theta", "layer.py", "Noise(f.layer, 32 + f.layer)", "Noise(f.layer, f.layer)", long=True),
    Mutant("a tie goes to the last", "readout.py", "(voltages[0] > highest)", "(voltages[0] >= highest)", long=True),
    Mutant("a result lost under a stall", "readout.py", "m.If(self.o.valid & self.o.ready)", "m.If(self.o.valid)"),
    Mutant(
        "dead zone left out",
        "coefficients.py",
        'affinity + self._settings["dead_zone"] > ONE',
        "affinity > ONE",
    ),
    Mutant(
        "a sample just heard is waited for",
        "layer.py",
        "self.unheard.eq(self.undecided & ~affinity.start)",
        "self.unheard.eq(self.undecided)",
        sweep="sweep",
        long=True,
    ),
    Mutant(
        "a sample that begins just then is forgotten",
        "layer.py",
        "self.undecided.eq(self.learning_begins)",
        "self.undecided.eq(self.learning_begins & ~affinity.start)",
        sweep="sweep",
        long=True,
    ),
    Mutant(
        "a layer whose recall has not begun is idle",
        "layer.py",
        "[self.speaking, self.counting, self.closing, self.undecided]",
        "[self.speaking, self.counting, self.undecided]",
        sweep="read_behind_a_block",
    ),
    Mutant(
        "the last group's counts are kept when the layer above has them",
        "layer.py",
        "plasticity.keep.eq(kept & ",
        "plasticity.keep.eq(taken & ",
        long=True,
        core=BOTTLENECK,
    ),
)


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    """What each core goes through. Of the slow one a stretch without stalls is enough."""
    folder = tmp_path_factory.mktemp("scenario")
    return {
        CONFIG: thorough(CONFIG, folder / "thorough.npz", samples=16, resets=(70,)),
        BOTTLENECK: brief(BOTTLENECK, folder / "brief.npz", samples=8),
    }


def bench(folder: Path, core: Config, scenario: Path, text: str) -> None:
    """Builds and runs a core's Verilog. Raises BenchError."""
    config = built(core)
    design = build(wrapped(text, config), TOP, "icarus", root=folder / "build")
    values = {"config": config.to_dict(), "scenario": str(scenario)}
    values |= {"inputs": 0.2, "outputs": 0.5} if core == CONFIG else {}
    run(design, BENCH, values, folder=folder / "run", timeout=400)


@pytest.mark.parametrize("core", [CONFIG, long(BOTTLENECK)], ids=["usual", "bottleneck"])
def test_the_core_as_it_is_passes(core, scenarios, tmp_path):
    bench(tmp_path, core, scenarios[core], core_verilog(built(core)))


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long or m.block))
def test_is_caught(mutant, scenarios, tmp_path):
    if mutant.sweep:
        with pytest.raises(RuntimeError, match=r"AssertionError: (gap of|behind a block)"):
            with_mutant(mutant, f"tests.rtl.test_core:{mutant.sweep}")
        return
    core = mutant.core or CONFIG
    text = with_mutant(mutant, "tests.cosim.mutants:core", built(core))
    with pytest.raises(BenchError, match=SAYS) as found:
        bench(tmp_path, core, scenarios[core], text)
    print(f"{mutant.name}: {found.value}")


@pytest.mark.parametrize("mutant", parameters([m for m in MUTANTS if m.block], lambda m: m.long))
def test_is_caught_by_its_blocks_bench(mutant, tmp_path):
    """In one of the block's shapes at least."""
    for number, case in enumerate(CASES):
        if case.block != mutant.block:
            continue
        verilog = with_mutant(mutant, "tests.cosim.test_blocks:converted", number)
        folder = tmp_path / str(number)
        try:
            run_case(case, verilog, "icarus", root=folder / "build", folder=folder / "run")
        except BenchError as error:
            assert "no results" not in str(error), error
            print(f"{mutant.name}, {case.shape}: {error}")
            return
    pytest.fail(f"{mutant.name}: the bench of {mutant.block} passes in every shape")
