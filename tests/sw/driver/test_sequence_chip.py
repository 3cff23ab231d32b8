"""The driver's Chip with a core of sequences behind every transport: it says what the golden model says, in every value."""

import numpy as np
import pytest

from golden.config import Config
from golden.sequence import Foreteller
from sw.driver.chip import Chip
from sw.driver.golden import GoldenTransport
from sw.driver.transport import TransportError
from tests.marks import long
from tests.sw.driver.test_autoencoder_chip import assert_same
from tests.sw.driver.transports import TRANSPORTS, serial

CONFIG = Config.from_dict(
    {"task": "sequence", "recurrent": True, "sizes": [5, 4, 3], "lanes": 2, "block": 4, "neighbours": 1, "name": "small"}
)


@pytest.fixture(params=["golden", "model board", long("icarus"), long("serial")])
def chip(request, tmp_path):
    """In the state of a new golden model."""
    with TRANSPORTS[request.param](CONFIG, tmp_path) as transport:
        yield new(transport)


def new(transport, config=CONFIG):
    made = Chip(transport, config)
    made.set()
    made.load(Foreteller(config).state())
    return made


def elements(count, seed=0):
    """x, y, last."""
    rng = np.random.default_rng(seed)
    return rng.integers(6, 16, (count, 5)), rng.integers(0, 3, count), (rng.random(count) < 0.3).astype(int)


def inferred(model, x, last=None):
    return model.train(x, np.zeros(len(x), int), learn=False, last=last)


def test_what_is_learned_and_foretold_is_goldens_in_every_value(chip):
    """Sequences go on from one call to the next and through settings; they end where they are told to, and with `finish`."""
    model, seen = Foreteller(CONFIG), []
    x, y, last = elements(9)
    last[-1] = 0
    assert_same(chip.train(x, y, seen.append, last), model.train(x, y, last=last))
    assert seen == list(range(1, 10))
    assert_same(chip.train(*elements(3, 1)[:2]), model.train(*elements(3, 1)[:2]))
    other = Foreteller(CONFIG.replace(neighbours=0, seed=9))
    other.load(model.state())  # ends the sequence
    chip.finish()
    chip.config = other.config
    chip.set()
    x, y, last = elements(4, 2)
    assert_same(chip.train(x, y), other.train(x, y))
    chip.set(decay=-2)  # within a sequence, with updates pending
    other.decay = -2
    assert_same(chip.train(x[::-1], y), other.train(x[::-1], y))
    assert_same(chip.infer(x, last=last), inferred(other, x, last))
    kept = chip.save()
    assert_same(kept, other.state())
    assert_same(chip.infer(x), inferred(other, x))
    chip.load(kept)
    other.load(kept)
    assert (chip.predict(x, last) == inferred(other, x, last).prediction).all()
    assert chip.errors() == []
    assert chip.counters()["results"] == 9 + 3 + 4 + 4 + 4 + 4 + 4


def test_to_finish_ends_a_sequence_where_no_update_is_pending(chip):
    """Nothing is to be written behind elements that are not learned: yet the next one has none before it."""
    model, x = Foreteller(CONFIG), np.full((1, 5), 15)
    alone = inferred(model, x, [1])
    for _ in range(5):
        after = chip.infer(x)
    chip.finish()
    assert_same(chip.infer(x), alone)
    assert after.counters[0, 0, 0] > alone.counters[0, 0, 0], "within the sequence it sees more rows"


def test_recalled_concepts_are_goldens(chip):
    model = Foreteller(CONFIG)
    x, y, _ = elements(6, 4)
    chip.train(x, y)
    model.train(x, y)
    np.testing.assert_array_equal(chip.recall()[:, :5], recalled(model))
    assert_same(chip.infer(x), inferred(model, x))


def recalled(model):
    model.finish()
    model.recall()
    return model.state()["h0"]


@pytest.mark.long
def test_a_simulated_chip_at_the_end_of_a_serial_line_is_goldens_too(tmp_path):
    model, (x, y, last) = Foreteller(CONFIG), elements(5)
    last[:] = [0, 0, 1, 0, 0]
    with serial(CONFIG, tmp_path, "icarus", timeout=60.0) as transport:
        chip = new(transport)
        assert_same(chip.train(x, y, last=last), model.train(x, y, last=last))
        assert_same(chip.save(), model.state())
        assert chip.errors() == [] and not transport.repeated


@pytest.mark.parametrize(
    "last, found",
    [
        ([1, 0], r"last: found shape \(2,\); allowed is 0 or 1 for each of the 3 samples"),
        ([-1, 1, 0], r"last: found a value -1; allowed is 0 or 1 for each of the 3 samples"),
        ([0, 2, 0], r"last: found a value 2; allowed is 0 or 1 for each of the 3 samples"),
    ],
)
def test_ends_that_are_none_are_refused_before_anything_is_sent(last, found):
    chip = new(GoldenTransport(CONFIG))
    x, y, _ = elements(3)
    with pytest.raises(TransportError, match=found):
        chip.train(x, y, last=last)
    assert chip.counters()["results"] == 0


def test_a_core_without_sequences_has_no_ends():
    """Where elements stand alone the flag means nothing; where there are none, it is refused."""
    config = CONFIG.replace(recurrent=False)
    chip, model, (x, y, last) = new(GoldenTransport(config), config), Foreteller(config), elements(5)
    assert_same(chip.train(x, y, last=last), model.train(x, y))
    named = Config(sizes=(5, 3), lanes=2, name="named")
    with pytest.raises(TransportError, match="last: found a core of task recognition, named; allowed is one of task seq"):
        Chip(GoldenTransport(named), named).train(x, y, last=last)


def test_a_core_that_is_not_recurrent_is_another():
    with pytest.raises(TransportError, match=r"chip: found a core with fingerprint 0x[0-9a-f]{8}; allowed is 0x"):
        Chip(GoldenTransport(CONFIG.replace(recurrent=False)), CONFIG)
