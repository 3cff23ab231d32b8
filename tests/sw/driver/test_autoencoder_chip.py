"""The driver's Chip with an auto-encoder behind every transport: it says what the golden model says, in every value."""

import numpy as np
import pytest

from golden.autoencoder import Autoencoder
from golden.config import Config
from golden.errors import SampleError, StateError
from rtl.interface.memory_map import settings_of
from sw.driver.chip import Chip
from sw.driver.golden import GoldenTransport
from sw.driver.transport import TransportError
from tests.marks import long
from tests.sw.driver.transports import TRANSPORTS, serial

CONFIG = Config.from_dict({"task": "autoencoder", "sizes": [6, 4, 3], "lanes": 2, "steps": 4, "name": "small"})


@pytest.fixture(params=["golden", "model board", long("icarus"), long("serial")])
def chip(request, tmp_path):
    """In the state of a new golden model."""
    with TRANSPORTS[request.param](CONFIG, tmp_path) as transport:
        yield new(transport)


def new(transport, config=CONFIG):
    made = Chip(transport, config)
    made.set()
    made.load(Autoencoder(config).state())
    return made


def samples(count, seed=0, config=CONFIG):
    return np.random.default_rng(seed).integers(0, 16, (count, config.sizes[0]))


def codes(count, config=CONFIG):
    return np.random.default_rng(9).integers(0, config.steps + 1, (count, config.sizes[-1]))


def assert_same(found, expected):
    """Two states, or what is said of two sets of samples, in every value."""
    found, expected = (of if isinstance(of, dict) else of.arrays() for of in (found, expected))
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], name)


def test_what_is_learned_recalled_and_drawn_is_goldens_in_every_value(chip):
    """A change of what no update carries, too, and a state saved and loaded."""
    model, seen = Autoencoder(CONFIG), []
    assert_same(chip.train(samples(7), advance=seen.append), model.train(samples(7)))
    assert seen == list(range(1, 8))
    assert_same(chip.draw(codes(3)), model.draw(codes(3)))
    assert_same(chip.train(samples(2, 1)), model.train(samples(2, 1)))
    assert_same(chip.infer(samples(1, 2)), model.train(samples(1, 2), learn=False))
    kept = chip.save()
    assert_same(kept, model.state())
    model.decay = -2
    chip.set(decay=-2)
    assert_same(chip.train(samples(5, 3)), model.train(samples(5, 3)))
    other = Autoencoder(CONFIG.replace(threshold=50, seed=9))
    other.load(model.state())
    other.decay = -1
    chip.config = other.config
    chip.set(decay=-1)  # the threshold, while updates are pending
    assert_same(chip.train(samples(4, 4)), other.train(samples(4, 4)))
    chip.load(kept)
    other.load(kept)
    assert_same(chip.train(samples(3, 5)), other.train(samples(3, 5)))
    assert_same(chip.save(), other.state())
    assert chip.errors() == []
    assert chip.counters()["results"] == 7 + 3 + 2 + 1 + 5 + 4 + 3


@pytest.mark.long
def test_a_simulated_chip_at_the_end_of_a_serial_line_is_goldens_too(tmp_path):
    config = CONFIG.replace(sizes=(5, 3))  # Icarus takes its time for every bit of the line
    model, x, code = Autoencoder(config), samples(3, config=config), codes(1, config)
    with serial(config, tmp_path, "icarus", timeout=60.0) as transport:
        chip = new(transport, config)
        assert_same(chip.train(x[:2]), model.train(x[:2]))
        assert_same(chip.draw(code), model.draw(code))
        assert_same(chip.train(x[2:]), model.train(x[2:]))
        assert_same(chip.save(), model.state())
        assert chip.errors() == [] and not transport.repeated


@pytest.mark.parametrize("y", [-2, [0, 1], np.zeros((3, 1), int)])
def test_labels_mean_nothing_but_are_labels(y):
    chip = new(GoldenTransport(CONFIG))
    before = chip.save()
    with pytest.raises(SampleError, match=r"^y: found shape .*; allowed is \(3,\), one label a sample$"):
        chip.train(samples(3), y)
    assert_same(chip.save(), before)
    assert_same(chip.train(samples(3), [0, 1, 2]), Autoencoder(CONFIG).train(samples(3)))


def test_rates_may_change_while_updates_are_pending():
    """They bring their own; nothing is written for it: a training is the same on the chip and on golden."""
    chip, model = new(GoldenTransport(CONFIG)), Autoencoder(CONFIG)
    chip.train(samples(5))
    chip.set(decay=-3)
    said = chip.train(samples(5, 1))
    model.train(samples(5))
    model.decay = -3
    assert_same(said, model.train(samples(5, 1)))
    assert_same(chip.save(), model.state())


def test_golden_goes_on_with_new_settings_as_a_chip_does():
    """The updates that are pending have those of their own samples."""
    chip, model = new(GoldenTransport(CONFIG)), Autoencoder(CONFIG)
    chip.train(samples(5))
    model.train(samples(5))
    for name, value in settings_of(CONFIG.replace(stochastic=False, seed=9, learn_theta=False), -1).items():
        chip.transport.write(chip._settings[name].address, [value & 0xFFFFFFFF])
    model.finish()
    assert_same(chip.save(), model.state())


def test_counts_above_t_stand_for_t():
    chip, model, code = new(GoldenTransport(CONFIG)), Autoencoder(CONFIG), np.array([[15, 2, 5]])
    assert_same(chip.draw(code), model.draw(np.minimum(code, CONFIG.steps)))
    for wrong, found in ((code[0], r"shape \(3,\)"), (code + 1, "values from 3 to 16")):
        with pytest.raises(SampleError, match=f"^code: found {found}; allowed is "):
            chip.draw(wrong)


def test_an_inference_only_core_takes_both_networks_and_draws():
    chip = Chip(GoldenTransport(CONFIG.replace(learn=False)), CONFIG)
    model = Autoencoder(CONFIG.replace(seed=4))
    chip.load(model.state())
    assert_same(chip.infer(samples(4)), model.train(samples(4), learn=False))
    assert_same(chip.draw(codes(4)), model.draw(codes(4)))
    assert {name: array.tolist() for name, array in chip.save().items()} == {
        name: array.tolist() for name, array in model.state().items() if name != "samples"
    }
    with pytest.raises(TransportError, match=r"train: found an inference-only core, small; allowed is one that learns"):
        chip.train(samples(1))


def test_what_the_other_task_does_is_refused():
    chip = new(GoldenTransport(CONFIG))
    allowed = "found a core of task autoencoder, small; allowed is one of task recognition"
    for what, call in (("predict", lambda: chip.predict(samples(1))), ("recall", chip.recall)):
        with pytest.raises(TransportError, match=f"{what}: {allowed}"):
            call()
    tiny = Config(sizes=(6, 3), lanes=2, name="tiny")
    named = Chip(GoldenTransport(tiny), tiny)
    with pytest.raises(TransportError, match="draw: found a core of task recognition, tiny; allowed is one of task auto"):
        named.draw(codes(1))
    with pytest.raises(TransportError, match="train: found samples without labels; allowed is that only with an auto"):
        named.train(samples(1))


def test_a_core_of_the_other_task_and_a_state_of_another_network_are_refused():
    with pytest.raises(TransportError, match=r"chip: found a core with fingerprint 0x[0-9a-f]{8}; allowed is 0x"):
        Chip(GoldenTransport(CONFIG), Config(sizes=CONFIG.sizes, lanes=2, steps=4, coding="rate", leak=CONFIG.leak))
    chip = new(GoldenTransport(CONFIG))
    before = chip.save()
    with pytest.raises(StateError, match="Theta0: not found in the state; allowed is a whole state of small"):
        chip.load({name: value for name, value in before.items() if name != "Theta0"})
    assert_same(chip.save(), before)
