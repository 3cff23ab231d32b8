import json

import numpy as np
import pytest

from cosim.bits import UnknownBits, from_strings, numbers, records_from_strings, samples_to_strings, to_strings
from cosim.compare import Mismatch, compare_arrays, compare_records, compare_state, traces_around, write_trace
from cosim.wrapper import Widths
from golden.config import Config
from golden.records import Records
from golden.samples import Samples

RNG = np.random.default_rng(0)


def records(count=5, classes=3, layers=2):
    return Records(
        np.arange(count) % classes, RNG.integers(-90, 90, (count, classes)), RNG.integers(0, 99, (count, layers, 4))
    )


def copy(r):
    return Records(r.prediction.copy(), r.voltages.copy(), r.counters.copy())


def state():
    return {
        "W1": RNG.integers(-9, 9, (4, 3)),
        "W2": np.ones((3, 2), int),
        "Theta0": np.zeros((3, 4), int),
        "samples": np.array(7),
    }


def test_equal_records_count_every_value():
    r = records()
    assert compare_records(r, copy(r)) == 5 * (1 + 3 + 8)


def test_equal_values_of_other_integer_types_are_equal():
    r = records()
    other = Records(r.prediction.astype(np.int8), r.voltages.astype(np.int32), r.counters.astype(np.uint32))
    assert compare_records(r, other) == 60


@pytest.mark.parametrize(
    "quantity, index, layer, place",
    [
        ("counters", (3, 1, 2), 2, None),
        ("counters", (0, 0, 0), 1, None),
        ("voltages", (2, 1), 2, {"neuron": 1}),
        ("prediction", (4,), 2, None),
    ],
)
def test_every_part_of_a_record_is_compared_and_named(quantity, index, layer, place):
    expected = records()
    got = copy(expected)
    getattr(got, quantity)[index] += 1
    with pytest.raises(Mismatch) as found:
        compare_records(expected, got, first_sample=100)
    m = found.value
    assert (m.sample, m.layer, m.place) == (100 + index[0], layer, place)
    assert m.quantity == (("rows", "errors", "saturations", "spikes")[index[2]] if quantity == "counters" else quantity)
    assert m.got == m.expected + 1
    assert Mismatch(**json.loads(json.dumps(m.to_dict()))) == m


def test_the_earliest_sample_and_in_it_the_lowest_layer_come_first():
    expected = records()
    got = copy(expected)
    got.counters[3, 0, 0] += 1
    got.prediction[2] += 1
    got.voltages[2, 2] -= 5
    got.counters[2, 1, 3] += 1
    with pytest.raises(Mismatch, match="at sample 2, layer 2: spikes"):
        compare_records(expected, got)


def test_equal_states_count_every_value():
    s = state()
    assert compare_state(s, {k: v.copy() for k, v in s.items()}) == 12 + 6 + 12 + 1


def test_the_first_memory_of_the_lowest_layer_comes_first():
    expected = state()
    got = {k: v.copy() for k, v in expected.items()}
    got["W2"][1, 1] += 1
    with pytest.raises(Mismatch, match="at sample 50, layer 2, pre 1, post 1: W2 expected 1, got 2"):
        compare_state(expected, got, sample=50)
    got["W1"][2, 1] += 1
    got["Theta0"][2, 3] = 4
    with pytest.raises(Mismatch, match="at layer 0, pre 2, post 3: Theta0 expected 0, got 4"):
        compare_state(expected, got)
    assert compare_state({"samples": np.array(7)}, {"samples": 7}) == 1
    with pytest.raises(Mismatch, match="mismatch: samples expected 7, got 8"):
        compare_state({"samples": np.array(7)}, {"samples": 8})


def test_a_memory_on_one_side_only_is_an_error_not_a_silence():
    s = state()
    with pytest.raises(ValueError, match="state: found W2 only expected"):
        compare_state(s, {k: v for k, v in s.items() if k != "W2"})
    with pytest.raises(ValueError, match="state: found E0 only got"):
        compare_state(s, s | {"E0": np.zeros(3, int)})


def test_other_shapes_and_floats_are_refused():
    with pytest.raises(ValueError, match=r"v: found shape \(3,\); allowed is \(4,\)"):
        compare_arrays("v", np.zeros(4, int), np.zeros(3, int), ("neuron",))
    with pytest.raises(ValueError, match="v: found values of type float64"):
        compare_arrays("v", np.zeros(4, int), np.zeros(4), ("neuron",))


def test_large_unsigned_values_are_not_taken_for_equal():
    with pytest.raises(Mismatch):
        compare_arrays("v", np.array([2**62], np.int64), np.array([2**62 + 1], np.uint64), ("neuron",))


def test_places_and_samples_are_named_by_axis():
    expected = np.zeros((3, 4, 5), int)
    got = expected.copy()
    got[1, 2, 3] = 9
    with pytest.raises(
        Mismatch, match=r"at sample 11, layer 2, concept 2, neuron 3: E2 expected 0, got 9 \(1 of 60 differ\)"
    ):
        compare_arrays("E2", expected, got, ("sample", "concept", "neuron"), sample=10, layer=2)


def test_the_trace_around_a_mismatch_is_goldens_before_at_and_after(tmp_path):
    class Model:
        seen, config = 0, Config(sizes=(2, 6), lanes=1)

        def train(self, x, y, learn):
            self.seen += 10 if learn else 1

        def trace(self, x, y=None):
            return {"seen": np.array(self.seen), "x": x, "y": np.array(-1 if y is None else y)}

    x, y = np.arange(12).reshape(6, 2), np.arange(6)
    traces = traces_around(Model(), Samples(x, y), np.array([1, 0, 1, 1, 1, 1], bool), at=2)
    path = write_trace(tmp_path / "mismatch.json", Mismatch("voltages", 3, 4, layer=2, sample=2), traces)
    written = json.loads(path.read_text())
    assert written["message"] == "mismatch at sample 2, layer 2: voltages expected 3, got 4"
    assert {n: t["seen"] for n, t in written["golden"].items()} == {"1": 10, "2": 11, "3": 21}
    assert {n: t["y"] for n, t in written["golden"].items()} == {"1": -1, "2": 2, "3": 3}


def test_bit_strings_come_back_as_the_numbers_they_were():
    values = RNG.integers(0, 1 << 24, (3, 7))
    bits = from_strings(to_strings(values, 24)).reshape(3, 7, 24)
    assert (numbers(bits) == values).all()
    signed = RNG.integers(-(1 << 14), 1 << 14, (3, 7))
    assert (numbers(from_strings(to_strings(signed, 15)).reshape(3, 7, 15), signed=True) == signed).all()
    with pytest.raises(UnknownBits, match="bit 1 of value 0: found X; allowed is 0 or 1"):
        from_strings(["0X1"])


def test_samples_and_results_have_the_layout_of_the_ports():
    config = Config(sizes=(5, 4, 3), lanes=2)
    widths = Widths(config)
    (text,) = samples_to_strings(np.array([[1, 2, 3, 4, 15]]), np.array([2]), [np.array([True]), np.array([False])], widths)
    assert len(text) == widths.sample == 3 * 8 + 8
    assert int(text, 2) == 1 | 2 << 4 | 3 << 8 | 4 << 12 | 15 << 16 | 2 << 24 | 1 << 30
    voltage = 8 + 3 + 2
    value, low = 2, 6
    for v in (-5, 7, -4096):
        value |= (v % (1 << voltage)) << low
        low += voltage
    for counter in range(8):
        value |= (counter * 1000) << low
        low += 24
    value |= 0xFFFFFFF0 << low
    r = records_from_strings([f"{value:0{widths.slot}b}"], widths)
    assert (r.prediction[0], r.voltages.tolist(), r.clocks[0]) == (2, [[-5, 7, -4096]], 0xFFFFFFF0)
    assert r.counters.tolist() == [[[0, 1000, 2000, 3000], [4000, 5000, 6000, 7000]]]


def test_records_join_and_slice():
    r = records()
    joined = Records.join([r[:2], r[2:]])
    assert compare_records(r, joined) == 60
    assert joined.clocks is None
    assert len(joined) == len(joined.prediction) == 5
