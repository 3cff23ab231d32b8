"""The whole core against golden: named shapes on both simulators, random shapes, lanes, stalls, resets, resume, extremes."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cosim.benches.scenario import Scenario
from cosim.files import load_arrays, save_arrays
from cosim.runner import BenchError
from golden.config import Config
from golden.integer import IntegerModel
from tests.cosim.core_runs import play, stimulus, strange, thorough
from tests.marks import long

TINY = Config(name="tiny", sizes=(16, 8, 4), lanes=4, block=5)
LESS = Config(name="less", sizes=(7, 5, 3), lanes=(4, 3, 3), block=4, seed=3)
"""For Icarus: the core of test_mutants.py."""
RATE = Config(
    name="rate", sizes=(20, 11, 6, 3), lanes=(5, 4, 3, 2), steps=8, coding="rate", loss="gap", block=1, leak=2, seed=1
)
DEEP = Config(name="deep", sizes=(16, 12, 11, 9, 8, 6, 4), lanes=(4, 4, 4, 3, 3, 2, 2), block=4, stochastic=False, seed=2)
WIDE = Config(
    name="wide", sizes=(66, 5, 4, 3), lanes=(9, 2, 4, 3), coding="rate", loss="gap", block=3, learn_theta=False, seed=3
)
"""More than 64 rows: a weight scale above 0, in a layer that has both networks."""

NARROW = Config(name="10 bits", sizes=(14, 9, 3), lanes=(5, 4, 2), weight_bits=10, block=4, rate=1, seed=4)
TWELVE = Config(
    name="12 bits", sizes=(20, 7, 3), lanes=(5, 2, 3), weight_bits=12, steps=8, coding="rate", loss="gap", block=3, seed=5
)


@pytest.mark.parametrize(
    "config, simulator",
    [
        (TINY, "verilator"),
        long(RATE, "verilator"),  # `make test` has the rate code in the core of sizes of 1, and in the folded one
        long(TINY, "icarus"),  # test_mutants.py has a small core that goes through the same on Icarus
        long(WIDE, "verilator"),
        long(NARROW, "icarus"),  # `make test` has ten bits below, and the folded core, for weights of fewer bits
        long(TWELVE, "icarus"),
        long(RATE, "icarus"),
        long(NARROW, "verilator"),
        long(TWELVE, "verilator"),
        long(DEEP, "icarus"),
        long(DEEP, "verilator"),
        long(WIDE, "icarus"),
    ],
    ids=lambda v: v if isinstance(v, str) else v.name,
)
def test_every_record_and_memory_is_goldens(config, simulator, tmp_path):
    samples = 50 if simulator == "verilator" else 12
    play(config, thorough(config, tmp_path / "scenario.npz", samples), simulator)


@pytest.mark.parametrize("config", [TINY, long(RATE)], ids=lambda config: config.name)
def test_a_reset_at_any_clock_recovers(config, tmp_path):
    resets = tuple(int(c) for c in np.random.default_rng(4).integers(0, 1500, 25))
    play(config, thorough(config, tmp_path / "scenario.npz", 30, resets=resets), "verilator", inputs=0.1, outputs=0.1)


@pytest.fixture(scope="module")
def free(tmp_path_factory):
    """Of a core its scenario, and what the chip gives where nothing stalls."""
    folder = tmp_path_factory.mktemp("free")

    @cache
    def played(config: Config):
        path, got = folder / f"{config.name}.npz", folder / f"{config.name}-got.npz"
        play(config, thorough(config, path, 16), "verilator", got=str(got))
        return path, load_arrays(got)

    return played


@pytest.mark.parametrize(
    "config, inputs, outputs",
    [(TINY, 0.5, 0.5), *(long(RATE, *stalls) for stalls in ((0.9, 0.0), (0.0, 0.95), (0.5, 0.5)))],
    ids=lambda v: v.name if isinstance(v, Config) else str(v),
)
def test_results_do_not_depend_on_stalls(config, inputs, outputs, free, tmp_path):
    path, expected = free(config)
    play(config, path, "verilator", got=str(tmp_path / "got.npz"), inputs=inputs, outputs=outputs, seed=5)
    assert_same(expected, load_arrays(tmp_path / "got.npz"))


@pytest.mark.parametrize(
    "one, lanes, simulator",
    [
        long(LESS, (3, 2, 1), "icarus"),
        long(TINY, (5, 3, 4), "verilator"),
        long(TINY, (16, 8, 1), "verilator"),
        long(TINY, (1, 1, 1), "verilator"),
    ],
    ids=lambda v: v.name if isinstance(v, Config) else str(v),
)
def test_results_do_not_depend_on_lanes(one, lanes, simulator, tmp_path):
    got = []
    for number, config in enumerate((one, one.replace(lanes=lanes))):
        path, out = tmp_path / f"scenario{number}.npz", tmp_path / f"got{number}.npz"
        path = strange(config, path) if simulator == "icarus" else thorough(config, path)
        play(config, path, simulator, got=str(out))
        got.append(load_arrays(out))
    for name in [name for name in got[0] if name.endswith(".counters")]:
        for arrays in got:  # rows and updates are words walked and written: those depend on lanes
            arrays[name] = arrays[name][:, :, 2:]
    assert_same(*got)


def assert_same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    assert sum(array.size for array in one.values()) > 500
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


SMALL = [
    Config(name="sizes of 1", sizes=(1, 1, 2), lanes=1, block=2, coding="rate"),
    Config(name="inference only", sizes=(16, 8, 4), lanes=(4, 3, 2), learn=False),
    Config(name="one weight layer", sizes=(9, 3), lanes=(4, 2), block=2),
    Config(name="ten bits", sizes=(6, 5, 3), lanes=(4, 3, 2), weight_bits=10, block=4, rate=1, seed=4),
    Config(name="sums at once behind the last pick", sizes=(16, 12, 8, 4), lanes=4, learn=False),
]


def spaced(value) -> str:
    return value.name.replace(" ", "_") if isinstance(value, Config) else str(value)


@pytest.mark.parametrize("config", [*SMALL[:2], *map(long, SMALL[2:])], ids=spaced)
def test_a_small_network_of_any_values_is_goldens(config, tmp_path):
    play(config, strange(config, tmp_path / "scenario.npz", 10), outputs=0.1)


@pytest.mark.parametrize(
    "config, samples, simulator",  # of the two the one that is done first, its build included
    [
        *(long(config, 16, "icarus") for config in SMALL),
        long(Config(name="eight weight layers", sizes=(5, 3, 1, 4, 2, 3, 1, 3, 2), lanes=2, block=3), 8, "verilator"),
        long(Config(name="64 concepts", sizes=(3, 64), lanes=(2, 7), block=5), 6, "verilator"),
        long(Config(name="recall waits for layer 0", sizes=(30, 1, 10), lanes=(1, 1, 5), block=2), 8, "verilator"),
        (
            Config(name="a layer above a hidden one is the bottleneck", sizes=(3, 8, 24, 3), lanes=(3, 4, 1, 3), block=5),
            8,
            "verilator",
        ),
        long(Config(name="rows beyond a byte", sizes=(258, 2), lanes=(6, 2), block=2), 6, "verilator"),
        long(Config(name="64 lanes", sizes=(66, 2), lanes=64, block=2, steps=8), 8, "verilator"),
        long(Config(name="64 lanes and 64 concepts", sizes=(130, 70, 64), lanes=64, block=5, loss="gap"), 8, "verilator"),
    ],
    ids=spaced,
)
def test_extremes(config, samples, simulator, tmp_path):
    play(config, thorough(config, tmp_path / "scenario.npz", samples), simulator, outputs=0.1)


@st.composite
def configs(draw, deepest: int = 8, widest: int = 40) -> Config:
    """Cores of up to 8 weight layers of 1 to 40 neurons. Deep ones are narrow: a conversion takes seconds a layer."""
    layers = draw(st.integers(1, deepest))
    sizes = [draw(st.integers(1, widest if layers < 3 else 10)) for _ in range(layers)]
    sizes.append(draw(st.integers(2, min(widest, 12))))
    return Config(
        sizes=tuple(sizes),
        lanes=tuple(draw(st.integers(1, min(n, 6))) for n in sizes),
        steps=draw(st.sampled_from((4, 8))),
        coding=draw(st.sampled_from(("direct", "rate"))),
        loss=draw(st.sampled_from(("reco", "gap"))),
        leak=draw(st.integers(1, 7)),
        weight_bits=draw(st.sampled_from((16, 10, 13))),
        threshold=draw(st.integers(2, 200)),
        margin=draw(st.sampled_from((64, 0, 256))),
        lambda8=draw(st.sampled_from((5, 15))),
        dead_zone=draw(st.sampled_from((32, 0, 200))),
        window_low=draw(st.sampled_from((-64, 0, -4096))),
        window_high=draw(st.sampled_from((320, 1, 4095))),
        block=draw(st.integers(1, 9)),
        rate=draw(st.integers(-2, 3)),
        stochastic=draw(st.booleans()),
        learn_theta=draw(st.booleans()),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


# No shrinking: each attempt builds a core. A small failing shape is found by hand, or with --hypothesis-profile=explore.
QUICK = settings(max_examples=1, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))


@QUICK
@given(config=configs(2, 7), seed=st.integers(0, 999))
def test_any_shape_and_any_settings(config, seed, tmp_path_factory):
    """Of the small ones: `test_many_shapes` has all."""
    path = strange(config, tmp_path_factory.mktemp("shape") / "scenario.npz", 8, seed)
    play(config, path, inputs=0.05 * (seed % 3), outputs=0.3 * (seed % 2), seed=seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(QUICK, max_examples=64)
@given(config=configs(), seed=st.integers(1000, 9999))
def test_many_shapes(config, seed, tmp_path_factory):
    path = thorough(config, tmp_path_factory.mktemp("shape") / "scenario.npz", 16, seed)
    play(config, path, inputs=0.05 * (seed % 3), outputs=0.3 * (seed % 2), seed=seed)


@pytest.mark.parametrize(
    "name, place, message",
    [
        ("voltages", (5, 1), r"sample 5, layer 2, neuron 1: voltages expected -?\d+, got -?\d+"),
        ("counters", (6, 0, 1), r"sample 6, layer 1: updates expected"),
        ("Theta1", (2, 3), r"layer 1, pre 2, post 3: Theta1 expected -?\d+, got -?\d+ \(1 of 32 differ\)"),
    ],
)
def test_the_bench_names_the_one_value_that_differs(name, place, message, tmp_path):
    scenario = Scenario(IntegerModel(TINY, fast=False))
    scenario.samples(*stimulus(TINY, 12, np.random.default_rng(1)))
    scenario.memories()
    arrays = load_arrays(scenario.save(tmp_path / "scenario.npz"))
    step = 1 if name in ("voltages", "counters") else 3  # take, samples, blank, memories
    arrays[f"{step}.{name}"][place] += 1
    save_arrays(tmp_path / "changed.npz", arrays)
    with pytest.raises(BenchError, match=message):
        play(TINY, tmp_path / "changed.npz", "verilator")
