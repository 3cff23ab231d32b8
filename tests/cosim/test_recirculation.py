"""The whole core of an auto-encoder against golden: shapes, engines, lanes, stalls, resets, codes that are drawn."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cosim.benches.scenario import Scenario
from cosim.files import load_arrays
from cosim.runner import BenchError
from golden.autoencoder import Autoencoder
from golden.config import Config
from tests.cosim.core_runs import play
from tests.cosim.recirculation_runs import SLOW, autoencoder, brief, stimulus, thorough
from tests.cosim.test_core import assert_same, mappings
from tests.marks import long

SHAPES = {
    "three": autoencoder(sizes=(7, 5, 3), lanes=2, **SLOW),
    "engines": autoencoder(sizes=(7, 5, 3), lanes=2, engines=((1,), (0, 2)), **SLOW),
    "one lane": autoencoder(sizes=(6, 4), lanes=1, steps=4, weight_bits=10, stochastic=False),
    "a code wider than a sample": autoencoder(sizes=(3, 9), lanes=4),
    "ones": autoencoder(sizes=(1, 1, 1), lanes=1),
    "deep": autoencoder(sizes=(9, 8, 6, 7, 4), lanes=3, steps=4, seed=2),
    "an engine each": autoencoder(sizes=(7, 5, 6, 3), lanes=2, engines=((0,), (1,), (2,), (3,))),
    "more than 64 rows": autoencoder(sizes=(66, 5, 70), lanes=9, weight_bits=12, seed=3),
    "64 lanes": autoencoder(sizes=(70, 66, 3), lanes=64, steps=4),
}
LONG = ("deep", "an engine each", "more than 64 rows", "64 lanes")


@pytest.mark.parametrize("name", [long(name) if name in LONG else name for name in SHAPES])
def test_every_value_is_goldens(name, tmp_path):
    config = SHAPES[name]
    path = tmp_path / "scenario.npz"
    play(config, thorough(config, path, 6, resets=(90,)) if name in LONG else brief(config, path), inputs=0.1, outputs=0.2)


@pytest.mark.parametrize("name", [name if name == "one lane" else long(name) for name in SHAPES if name not in LONG])
def test_settings_resume_and_reset(name, tmp_path):
    config = SHAPES[name]
    play(config, thorough(config, tmp_path / "scenario.npz", 6, resets=(90, 400)))


@pytest.mark.parametrize("name", [long("three"), long("engines")])
def test_a_reset_at_any_clock_recovers(name, tmp_path):
    config = SHAPES[name]
    resets = tuple(int(c) for c in np.random.default_rng(4).integers(0, 1500, 25))
    play(config, thorough(config, tmp_path / "scenario.npz", 30, resets=resets), "verilator", inputs=0.1, outputs=0.1)


CHANGES = (
    {"lanes": 3},
    {"lanes": 1},
    {"engines": ((0, 1), (2,))},
    {"engines": ((2,), (1, 0))},
    {"inputs": 0.9, "outputs": 0.0},
    {"inputs": 0.0, "outputs": 0.95},
)


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_depends_on_lanes_engines_or_stalls(change, tmp_path):
    config, stalls = SHAPES["three"], {key: value for key, value in change.items() if key in ("inputs", "outputs")}
    path = thorough(config, tmp_path / "scenario.npz")
    got = []
    for number, (keys, values) in enumerate(((config, {}), (config if stalls else config.replace(**change), stalls))):
        play(keys, path, "verilator", got=str(tmp_path / f"{number}.npz"), **values)
        got.append(load_arrays(tmp_path / f"{number}.npz"))
    assert_same(*got)


@st.composite
def configs(draw) -> Config:
    """Cores of up to four weight layers of 1 to 12 neurons."""
    sizes = tuple(draw(st.lists(st.integers(1, 12), min_size=2, max_size=5)))
    return autoencoder(
        sizes=sizes,
        lanes=draw(st.integers(1, 6)),
        engines=draw(mappings(len(sizes))),
        steps=draw(st.sampled_from((4, 8))),
        leak=draw(st.integers(1, 7)),
        weight_bits=draw(st.sampled_from((16, 10, 13))),
        threshold=draw(st.integers(2, 200)),
        window_low=draw(st.sampled_from((-32, 0, -2048))),
        window_high=draw(st.sampled_from((256, 1, 2047))),
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


@pytest.mark.parametrize(
    "name, place, message",
    [
        long("recalled", (5, 1), r"sample 5, layer 0, neuron 1: recalled expected -?\d+, got -?\d+"),
        ("counters", (6, 0, 8), r"sample 6, layer 0: again_rows expected"),
    ],
)
def test_the_bench_names_the_one_value_that_differs(name, place, message, tmp_path):
    scenario = Scenario(Autoencoder(SHAPES["three"], fast=False))
    scenario.samples(*stimulus(SHAPES["three"], 8, np.random.default_rng(1)))
    arrays = load_arrays(scenario.save(tmp_path / "scenario.npz"))
    arrays[f"1.{name}"][place] += 1
    np.savez(tmp_path / "changed.npz", **arrays)
    with pytest.raises(BenchError, match=message):
        play(SHAPES["three"], tmp_path / "changed.npz")
