"""What an epoch of a sequence gave, against a plain computation."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cosim import account
from golden.config import Config
from golden.population import Population
from golden.records import Records
from golden.samples import Samples

RNG = np.random.default_rng(2)
CONFIG = Config.from_dict({"task": "sequence", "sizes": [4, 3, 5], "lanes": 1})
COUNT, CONCEPTS = 200, Population(-2, 2, 5)
X, Y, TRUE = np.zeros((COUNT, 4), np.uint8), RNG.integers(0, 5, COUNT), RNG.normal(size=COUNT)
VALUES, SYMBOLS = Samples(X, Y, None, TRUE, CONCEPTS), Samples(X, Y)


def said():
    voltages = RNG.integers(-50, 200, (COUNT, 5))
    return Records(voltages.argmax(1), voltages, RNG.integers(0, 9, (COUNT, 2, 4)))


def test_the_error_is_that_of_the_expected_change():
    records = said()
    found = account.of_said(CONFIG, records, VALUES, seconds=2.5)
    squares = []
    for voltages, true in zip(records.voltages.tolist(), TRUE, strict=True):
        mass = [max(0, voltage) for voltage in voltages]
        squares.append((sum(m * place for m, place in zip(mass, (-2, -1, 0, 1, 2), strict=True)) / sum(mass) - true) ** 2)
    assert account.deviations([found]) == [pytest.approx(np.mean(squares), rel=1e-9)]
    assert account.shares([found]) == {"error": account.deviations([found])}
    assert found["correct"] == sum(int(a == b) for a, b in zip(records.prediction, Y, strict=True))
    assert found["counters"] == records.counters.sum(0).tolist()
    assert (found["samples"], found["valued"], found["seconds"]) == (COUNT, COUNT, 2.5)
    assert json.loads(json.dumps(found)) == found


def test_no_order_of_adding_matters():
    records = said()
    parts = [account.of_said(CONFIG, records[n : n + 1], VALUES[n : n + 1]) for n in range(COUNT)]
    assert account.summed(parts) == account.summed(parts[::-1]) == account.of_said(CONFIG, records, VALUES)
    assert account.summed([account.nothing(CONFIG), *parts]) == account.summed(parts)


def test_sums_beyond_a_floats_digits_are_whole_too():
    """Errors of 20 each: their sum in 2^-40 has more digits than a float."""
    far, records = replace(VALUES, true=VALUES.true + 20 + np.pi * np.arange(COUNT) / COUNT), said()
    parts = [account.of_said(CONFIG, records[n : n + 1], far[n : n + 1]) for n in range(COUNT)]
    whole = account.of_said(CONFIG, records, far)
    assert whole["squares"] > 1 << 53 and account.summed(parts) == whole


def test_symbols_have_an_accuracy_and_no_error():
    records = said()
    found = account.of_said(CONFIG, records, SYMBOLS)
    assert (found["valued"], account.deviations([found])) == (0, [])
    assert account.shares([found]) == {"accuracy": [(records.prediction == Y).mean()]}


def test_goldens_error_stands_beside_the_chips():
    chip, golden = (account.of_said(CONFIG, said(), VALUES) for _ in range(2))
    both = account.with_golden(chip, golden)
    assert account.deviations([both]) == account.deviations([chip])
    assert account.deviations([both], "golden_squares") == account.deviations([golden]) != account.deviations([chip])
    assert both["golden_correct"] == golden["correct"]


def test_nothing_has_no_share():
    none = account.nothing(CONFIG)
    assert not any(account.shares([none]).values()) and account.clocks_a_sample([none]) is None
