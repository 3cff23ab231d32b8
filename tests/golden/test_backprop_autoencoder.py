"""The auto-encoder's baseline learns, by the configuration's order and seed alone."""

import numpy as np
import pytest
import torch

from golden.backprop_autoencoder import BackpropAutoencoder, fit
from golden.config import Config

CONFIG = Config.from_dict({"task": "autoencoder", "sizes": [16, 12, 5], "lanes": 4, "epochs": 12})
RANDOM = np.random.default_rng(0)
X = (RANDOM.integers(0, 2, (5, 16)) * 13)[RANDOM.integers(0, 5, 300)]


def test_it_has_the_layers_of_both_networks():
    layers = [layer for layer in BackpropAutoencoder(CONFIG).network if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == [(16, 12), (12, 5), (5, 12), (12, 16)]
    assert isinstance(BackpropAutoencoder(CONFIG).network[-1], torch.nn.Linear)


def test_it_learns_and_the_seed_decides():
    before = torch.random.get_rng_state()
    errors, same = fit(CONFIG, X[:240], X[240:]), fit(CONFIG, X[:240], X[240:])
    assert torch.equal(torch.random.get_rng_state(), before)
    assert errors == same != fit(CONFIG.replace(seed=1), X[:240], X[240:])
    assert len(errors) == 12 and errors[-1] < 0.5 * errors[0]


def test_an_error_is_of_clipped_pixels():
    model = BackpropAutoencoder(CONFIG)
    with torch.no_grad():
        model.network[-1].weight.zero_()
        model.network[-1].bias.fill_(3)
    assert model.error(torch.full((2, 16), 0.5)) == pytest.approx(0.25)
