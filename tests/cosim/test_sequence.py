"""The whole core of a sequence against golden: shapes, engines, lanes, stalls, resets, ends of sequences anywhere."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cosim.benches.scenario import Scenario
from cosim.files import load_arrays, save_arrays
from cosim.runner import BenchError
from golden.config import Config
from tests.cosim.core_runs import fresh, play, stimulus
from tests.cosim.sequence_runs import SLOW, brief, sequence, thorough
from tests.cosim.test_core import assert_same, mappings
from tests.marks import long

SHAPES = {
    "three": sequence(sizes=(7, 5, 4, 3), lanes=2, block=4, recurrent=True, neighbours=1, **SLOW),
    "memoryless": sequence(sizes=(7, 5, 4, 5), lanes=2, block=4, neighbours=1, **SLOW),
    "one lane": sequence(sizes=(6, 9, 3), lanes=1, steps=8, block=3, recurrent=True, neighbours=1, weight_bits=10),
    "engines": sequence(sizes=(7, 5, 4, 3), lanes=2, engines=((1,), (0, 2, 3)), block=4, recurrent=True, **SLOW),
    "an engine each": sequence(sizes=(7, 5, 4, 6), lanes=2, engines=((0,), (1,), (2,), (3,)), block=4, recurrent=True),
    "with layer 0": sequence(sizes=(8, 5, 4), lanes=3, engines=((0, 1), (2,)), block=3, recurrent=True, neighbours=3),
    "layer 1 is the top": sequence(sizes=(6, 5), lanes=3, block=3, recurrent=True, neighbours=1),
    "more lanes than neurons": sequence(sizes=(5, 6, 4), lanes=12, steps=8, block=4, recurrent=True, neighbours=0),
    "inference": sequence(sizes=(7, 5, 3), lanes=2, recurrent=True, learn=False),
    "inference on one lane": sequence(sizes=(4, 5, 3), lanes=1, recurrent=True, learn=False),
    "more than 64 rows": sequence(sizes=(20, 50, 4), lanes=9, steps=8, block=4, recurrent=True, weight_bits=12, seed=3),
    "one neuron": sequence(sizes=(1, 1, 2), lanes=1, block=2, recurrent=True),
    "one pixel": sequence(sizes=(1, 9, 2), lanes=2, steps=8, block=2, recurrent=True, neighbours=0),
    "deep": sequence(sizes=(9, 8, 7, 6, 6, 5, 4), lanes=3, steps=8, block=4, recurrent=True, seed=2, **SLOW),
    "no stimulus": sequence(sizes=(7, 5, 4, 3), lanes=2, block=4, recurrent=True, stimulus_recall=False, **SLOW),
    "64 lanes": sequence(sizes=(70, 66, 40), lanes=64, block=3, recurrent=True, neighbours=31),
}
QUICK = ("layer 1 is the top",)


def runs() -> list:
    """Of every shape one on Icarus; on Verilator most."""
    found = [pytest.param("icarus", name, marks=[] if name in QUICK else [pytest.mark.long]) for name in SHAPES]
    return found + [long("verilator", name) for name in SHAPES if name not in ("64 lanes", "deep", "one neuron")]


@pytest.mark.parametrize("simulator, name", runs())
def test_every_record_and_memory_is_goldens(simulator, name, tmp_path):
    config, path = SHAPES[name], tmp_path / "scenario.npz"
    if simulator == "verilator":
        play(config, thorough(config, path, 40, resets=(100, 333)), simulator, inputs=0.05, outputs=0.1)
    else:
        play(config, brief(config, path, 8, resets=() if name in QUICK else (90,)), inputs=0.1, outputs=0.2)


@pytest.mark.long
@pytest.mark.parametrize("name", ["three", "engines", "one lane", "layer 1 is the top"])
def test_a_reset_at_any_clock_recovers(name, tmp_path):
    config = SHAPES[name]
    resets = tuple(int(c) for c in np.random.default_rng(4).integers(0, 1500, 25))
    play(config, thorough(config, tmp_path / "scenario.npz", 20, resets=resets), "verilator", inputs=0.1, outputs=0.1)


CHANGES = (
    {"lanes": 3},
    {"lanes": 1},
    {"lanes": 8},
    {"engines": ((0, 1), (2, 3))},
    {"engines": ((3,), (1, 0, 2))},
    {"engines": ((1,), (0, 2, 3))},
    {"inputs": 0.9, "outputs": 0.0},
    {"inputs": 0.0, "outputs": 0.95},
    {"inputs": 0.5, "outputs": 0.9},
)


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory):
    """A scenario, and what the chip gives with one engine of two lanes where nothing stalls."""
    folder = tmp_path_factory.mktemp("as_it_is")
    path, got = thorough(SHAPES["three"], folder / "scenario.npz"), folder / "got.npz"
    play(SHAPES["three"], path, "verilator", got=str(got))
    return path, load_arrays(got)


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_depends_on_lanes_engines_or_stalls(change, as_it_is, tmp_path):
    path, expected = as_it_is
    stalls = {key: value for key, value in change.items() if key in ("inputs", "outputs")}
    config = SHAPES["three"] if stalls else SHAPES["three"].replace(**change)
    play(config, path, "verilator", got=str(tmp_path / "got.npz"), seed=5, **stalls)
    assert_same(expected, load_arrays(tmp_path / "got.npz"))


@st.composite
def configs(draw) -> Config:
    """Cores of up to four weight layers of 1 to 12 neurons."""
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    return sequence(
        sizes=(*sizes, draw(st.integers(2, 12))),
        lanes=draw(st.integers(1, 6)),
        engines=draw(mappings(len(sizes) + 1)),
        recurrent=draw(st.booleans()) or draw(st.booleans()),
        neighbours=draw(st.integers(0, 4)),
        steps=draw(st.sampled_from((4, 8))),
        leak=draw(st.integers(1, 7)),
        weight_bits=draw(st.sampled_from((16, 10, 13))),
        threshold=draw(st.integers(2, 200)),
        dead_zone=draw(st.sampled_from((32, 0, 200))),
        window_low=draw(st.sampled_from((-64, 0, -2048))),
        window_high=draw(st.sampled_from((320, 1, 2047))),
        block=draw(st.integers(1, 9)),
        rate=draw(st.integers(-6, 3)),
        theta_rate=draw(st.integers(-5, 2)),
        stochastic=draw(st.booleans()),
        learn_theta=draw(st.booleans()),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=40, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck), deadline=None)
@given(config=configs(), seed=st.integers(1000, 9999))
def test_many_shapes(config, seed, tmp_path_factory):
    path = thorough(config, tmp_path_factory.mktemp("shape") / "scenario.npz", 8, seed)
    play(config, path, inputs=0.05 * (seed % 3), outputs=0.3 * (seed % 2), seed=seed)


def test_the_bench_names_the_element_that_saw_other_counts(tmp_path):
    """Golden is told of an end where the chip is not: layer 1 of the element behind it has fewer rows."""
    config = SHAPES["layer 1 is the top"]
    x, y = stimulus(config, 6, np.random.default_rng(2))
    scenario = Scenario(fresh(config))
    scenario.samples(np.maximum(x, 8), y, last=np.arange(6) == 3)
    arrays = load_arrays(scenario.save(tmp_path / "scenario.npz"))
    arrays["1.last"][3] = False
    save_arrays(tmp_path / "changed.npz", arrays)
    with pytest.raises(BenchError, match=r"sample 4, layer 1.*: .* expected -?\d+, got -?\d+"):
        play(config, tmp_path / "changed.npz")
