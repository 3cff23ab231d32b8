"""Packets to words and back."""

import numpy as np
import pytest

from golden.config import Config
from rtl.interface.packets import pack_results, pack_samples, result_words, sample_words, unpack_results


@pytest.mark.parametrize("pixels", [1, 7, 8, 9, 16, 784])
def test_a_samples_pixels_lie_lowest_first(pixels):
    config = Config(sizes=(pixels, 3), lanes=1)
    x = np.random.default_rng(1).integers(0, 16, (4, pixels))
    words = pack_samples(config, x, np.array([0, 1, 2, 1]))
    assert words.shape == (4, sample_words(config)) and words.dtype == np.uint32 and words[:, 0].tolist() == [0, 1, 2, 1]
    for i in range(4):
        assert [int(words[i, 1 + n // 8]) >> (4 * (n % 8)) & 15 for n in range(pixels)] == x[i].tolist()
    assert int(words[0, -1]) >> (4 * ((pixels - 1) % 8 + 1)) == 0, "nothing beyond the last pixel"


def test_results_come_back_as_they_were():
    config, rng = Config(sizes=(9, 5, 3), lanes=2), np.random.default_rng(2)
    sent = {"prediction": rng.integers(0, 3, 5), "voltages": rng.integers(-9999, 9999, (5, 3))}
    sent["counters"] = rng.integers(0, 1 << 24, (5, 2, 4))
    words = pack_results(config, 65534, **sent)
    assert words.shape == (5, result_words(config))
    found = unpack_results(config, words)
    assert found.pop("number").tolist() == [65534, 65535, 0, 1, 2]
    for name, value in sent.items():
        np.testing.assert_array_equal(found[name], value)
