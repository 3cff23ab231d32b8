"""The trained network that methods ask: the bit-exact model, after it has learned to name the digits."""

from dataclasses import replace
from functools import cache

from golden.config import NAMED, Config
from golden.integer import IntegerModel
from sw import data
from sw.training.golden_backend import trained

QUICK_SAMPLES = 1000
"""Learned in a quick run, once each: not worth compiling the rule for."""


def config_of(seed: int, quick: bool) -> Config:
    """`digits`, or `tiny` where it has to be quick."""
    return NAMED["tiny"].replace(seed=seed, epochs=1, block=32) if quick else NAMED["digits"].replace(seed=seed)


@cache
def digits(seed: int, quick: bool) -> tuple[IntegerModel, data.Dataset]:
    """The model and the data, split by the seed: the model has learned the training part. Nobody changes either."""
    dataset, count = data.load("digits", seed), QUICK_SAMPLES if quick else None
    learned = replace(dataset, x_train=dataset.x_train[:count], y_train=dataset.y_train[:count])
    model = trained(config_of(seed, quick), learned).model
    model.finish()
    return model, dataset
