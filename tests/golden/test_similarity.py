"""The Hamming similarity of the two networks' spikes, against counts by hand and against the models' own traces."""

import copy

import numpy as np
import pytest
import torch

from golden.autoencoder import Autoencoder
from golden.config import Config, ConfigError
from golden.config_tasks import AUTOENCODER
from golden.integer import IntegerModel
from golden.sequence import Foreteller
from golden.similarity import of_autoencoder, of_learner, of_recognition, similarity


def test_equal_bits_are_counted_beside_what_chance_gives():
    # Two samples of two steps; neuron 0 spikes in one of four bits, in both networks the same, neuron 1 in no and in all.
    s = torch.tensor([[[1, 0], [0, 0]], [[0, 0], [0, 0]]])
    sh = torch.tensor([[[1, 1], [0, 1]], [[0, 1], [0, 1]]])
    found = similarity(s, sh)
    assert (found.same, found.rate, found.recalled) == (0.5, 1 / 8, 5 / 8)
    assert found.chance == (1 / 16 + 9 / 16 + 0) / 2
    assert found.beyond == pytest.approx((0.5 - 0.3125) / (1 - 0.3125))


def test_a_silent_layer_is_alike_by_chance_alone():
    silent = similarity(torch.zeros(5, 4, 3), torch.zeros(5, 4, 3))
    assert (silent.same, silent.chance, silent.beyond) == (1, 1, 0)
    generator = torch.Generator().manual_seed(0)
    sparse = [(torch.rand(500, 4, 30, generator=generator) < 0.02).int() for _ in range(2)]
    apart = similarity(*sparse)
    assert apart.same > 0.95 and abs(apart.beyond) < 0.02


def pixels(config, count=300):  # more than a batch
    return np.random.default_rng(0).integers(0, 16, (count, config.sizes[0]))


def assert_untouched(model, before):
    """Its memories, and what is pending in them, are as they were, and so is what it gives once that is written."""
    for name, tensor in before.memories.tensors().items():
        assert torch.equal(model.memories.tensors()[name], tensor), name
    state = copy.deepcopy(model).state()
    assert all(np.array_equal(state[name], array) for name, array in before.state().items())


def test_recognition_compares_a_sample_with_what_its_concept_recalls():
    config = Config(sizes=(20, 16, 12, 3), lanes=4, block=3)
    model, x, y = IntegerModel(config), pixels(config), np.random.default_rng(1).integers(0, 3, 300)
    model.train(x[:7], y[:7])
    before = copy.deepcopy(model)
    found = of_recognition(model, x, y)
    assert_untouched(model, before)
    model.finish()
    rule = model.rule
    seen = rule.perceive(model.W, torch.from_numpy(x.astype(np.int32)))
    for i in (1, 2):
        same, total = 0, 0
        for n, label in enumerate(y):
            code = torch.nn.functional.one_hot(torch.tensor(label), 3).to(torch.int32).expand(config.steps, 3)
            recalled = rule.descend(model.Theta, code)[f"sh{i}"]
            same, total = same + int((seen[f"s{i}"][n] == recalled).sum()), total + recalled.numel()
        assert found[i - 1].same == pytest.approx(same / total)


def test_an_auto_encoder_compares_the_way_up_with_the_way_down():
    config = Config(sizes=(20, 16, 6), lanes=4, threshold=24, **AUTOENCODER)
    model = Autoencoder(config)
    model.train(pixels(config)[:7])
    x = pixels(config)[:40]
    before = copy.deepcopy(model)
    found = of_autoencoder(model, x)
    assert_untouched(model, before)
    model.finish()
    traces = [model.trace(one, learn=False) for one in x]
    for i in (0, 1):
        assert found[i].same == pytest.approx(np.mean([t[f"s{i}"] == t[f"sh{i}"] for t in traces]))
        assert 0 < found[i].rate < 1


def test_a_learner_that_has_both_networks_says_its_spikes():
    class Both:
        def spikes(self, x, y):
            return [(x, y), (x, x)]

    a, b = torch.zeros(2, 4, 3), torch.ones(2, 4, 3)
    assert [found.same for found in of_learner(Both(), a, b)] == [0, 1]


def test_a_recurrent_network_is_refused():
    config = Config(name="echo", task="sequence", sizes=(6, 5, 4), lanes=2, recurrent=True)
    with pytest.raises(ConfigError, match=r"^recurrent: found true, of echo; allowed with similarity is false$"):
        of_recognition(Foreteller(config), np.zeros((2, 6), int), np.zeros(2, int))
