"""A sample that is learned and asks for a recall: the core does what docs/arithmetic.md, step 9, says of it."""

import numpy as np
import pytest

from cosim.benches.scenario import Scenario
from golden.config import Config
from golden.integer import IntegerModel
from tests.cosim.core_runs import play, stimulus
from tests.marks import long

CONFIG = Config(sizes=(4, 3, 2), lanes=2, dead_zone=0, block=3)
"""It teaches at every sample, so that each recall differs from the one before."""


@pytest.mark.parametrize("learn_theta", [pytest.param(True, id="block"), long(False, id="fixed")])
def test_the_core_learns_it_and_recalls_once(learn_theta, tmp_path):
    """In mid-block, at a block's end, and where no block ends as Theta does not learn; through a Theta just loaded."""
    config = CONFIG.replace(learn_theta=learn_theta)
    model, other = (IntegerModel(config.replace(seed=seed), fast=False) for seed in (0, 9))
    # Its concepts are still those of its own Theta.
    model.load(model.state() | {f"Theta{i}": other.state()[f"Theta{i}"] for i in range(config.layers)})
    scenario = Scenario(model)
    x, y = stimulus(config, 7, np.random.default_rng(1))
    recalled = model.memories.tensors()["h0"]  # as `state` would settle what is pending
    before = recalled.clone()
    scenario.samples(x[:1], y[:1], learn=True, recall=True)
    assert (recalled != before).any()
    scenario.samples(x[1:], y[1:], learn=True, recall=np.array([0, 1, 0, 1, 1, 0]))
    scenario.memories()
    play(config, scenario.save(tmp_path / "scenario.npz"))
