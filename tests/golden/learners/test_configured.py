"""A configuration's network and stimuli are those of the integer model."""

import numpy as np
import pytest

from golden.config import Config
from golden.learners.configured import network, stimuli
from golden.learners.neuron import Neuron

SMALL = Config(sizes=(12, 9, 4), lanes=4)


def test_the_network_has_the_sizes_the_neuron_and_the_seed_of_the_configuration():
    found = network(SMALL.replace(steps=8, threshold=32, leak=2, seed=5))
    assert (found.sizes, found.seed) == ((12, 9, 4), 5)
    assert found.neuron == Neuron(steps=8, threshold=0.5, keep=0.75)


def test_the_stimulus_is_a_constant_current_or_the_spikes_of_the_rate_code():
    x = np.array([[0, 1, 8, 15]], np.uint8)
    assert stimuli(SMALL, x).tolist() == [[0, 1 / 16, 0.5, 15 / 16]]
    rate = stimuli(SMALL.replace(coding="rate"), x)
    assert rate.shape == (1, 4, 4) and set(rate.flatten().tolist()) == {0, 1}
    assert rate.sum(1).tolist() == [[0, 0, 2, 4]]
    assert rate.mean() == pytest.approx(6 / 16)
