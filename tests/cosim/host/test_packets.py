"""Packets to words and back."""

import numpy as np
import pytest

from cosim.host.packets import pack_results, pack_samples, unpack_results, unpack_samples
from golden.config import Config
from golden.records import Recalled, Records
from rtl.interface.packets import result_words, sample_words


@pytest.mark.parametrize("pixels", [1, 7, 8, 9, 16, 784])
def test_a_samples_pixels_lie_lowest_first(pixels):
    config = Config(sizes=(pixels, 3), lanes=1)
    x = np.random.default_rng(1).integers(0, 16, (4, pixels))
    words = pack_samples(config, x, np.array([0, 1, 2, 1]))
    assert words.shape == (4, sample_words(config)) and words.dtype == np.uint32 and words[:, 0].tolist() == [0, 1, 2, 1]
    for i in range(4):
        assert [int(words[i, 1 + n // 8]) >> (4 * (n % 8)) & 15 for n in range(pixels)] == x[i].tolist()
    assert int(words[0, -1]) >> (4 * ((pixels - 1) % 8 + 1)) == 0, "nothing beyond the last pixel"


def test_a_recurrent_cores_samples_say_where_a_sequence_ends():
    config = Config.from_dict({"task": "sequence", "recurrent": True, "sizes": (9, 5, 3), "lanes": 2})
    x, y, last = np.full((4, 9), 15), np.array([0, 1, 2, 1]), np.array([0, 1, 0, 1])
    words = pack_samples(config, x, y, last)
    assert words[:, 0].tolist() == [0, 1 << 16 | 1, 2, 1 << 16 | 1]
    np.testing.assert_array_equal(pack_samples(config, x, y)[:, 0], y, "nowhere, if nobody says where")
    for found, sent in zip(unpack_samples(config, words), (x, y, last), strict=True):
        np.testing.assert_array_equal(found[:, :9] if sent is x else found, sent)


def test_results_come_back_as_they_were():
    config, rng = Config(sizes=(9, 5, 3), lanes=2), np.random.default_rng(2)
    sent: dict = {"prediction": rng.integers(0, 3, 5), "voltages": rng.integers(-9999, 9999, (5, 3))}
    sent["counters"] = rng.integers(0, 1 << 24, (5, 2, 4))
    words = pack_results(config, 65534, Records(**sent))
    assert words.shape == (5, result_words(config)) == (5, 1 + 3 + 8)
    assert words[:, 0].tolist() == (np.array([65534, 65535, 0, 1, 2]) << 16 | sent["prediction"]).tolist()
    numbers, found = unpack_results(config, words)
    assert numbers.tolist() == [65534, 65535, 0, 1, 2]
    for name, value in sent.items():
        np.testing.assert_array_equal(getattr(found, name), value)


@pytest.mark.parametrize("sizes, words", [((9, 5, 3), 2), ((3, 5, 17), 3), ((8, 16), 2)])
def test_an_auto_encoders_packets_have_room_for_pixels_and_codes(sizes, words):
    config, rng = Config.from_dict({"task": "autoencoder", "sizes": sizes, "lanes": 2}), np.random.default_rng(4)
    assert sample_words(config) == 1 + words
    for width in (sizes[0], sizes[-1]):
        x = rng.integers(0, 16, (4, width))
        values, labels, _ = unpack_samples(config, pack_samples(config, x))
        np.testing.assert_array_equal(values[:, :width], x)
        assert not values[:, width:].any() and not labels.any() and values.shape == (4, config.inputs)


@pytest.mark.parametrize("sizes", [(9, 5, 3), (3, 5, 17), (8, 16)])
def test_what_an_auto_encoder_recalls_comes_back_as_it_was(sizes):
    config, rng = Config.from_dict({"task": "autoencoder", "sizes": sizes, "lanes": 2}), np.random.default_rng(3)
    layers = config.layers
    sent = {"recalled": rng.integers(0, 9, (5, sizes[0])), "code": rng.integers(0, 9, (5, sizes[-1]))}
    sent |= {"squared_error": rng.integers(0, 1 << 24, 5), "counters": rng.integers(0, 1 << 24, (5, layers, 10))}
    words = pack_results(config, 65534, Recalled(**sent))
    assert words.shape == (5, result_words(config)) == (5, 1 + -(-sizes[0] // 8) + -(-sizes[-1] // 8) + 1 + 10 * layers)
    assert words[:, 0].tolist() == [number << 16 for number in (65534, 65535, 0, 1, 2)], "no recalled count beside it"
    assert [int(words[0, 1 + i // 8]) >> (4 * (i % 8)) & 15 for i in range(sizes[0])] == sent["recalled"][0].tolist()
    numbers, found = unpack_results(config, words)
    assert numbers.tolist() == [65534, 65535, 0, 1, 2]
    for name, value in sent.items():
        np.testing.assert_array_equal(getattr(found, name), value)
