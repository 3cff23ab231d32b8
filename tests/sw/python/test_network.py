"""Whole trainings from Python: `fit` is to the bit what the command's training is, on a model and on a chip."""

import dataclasses

import numpy as np
import pytest

import bispike
from sw.training.golden_backend import trained

FEW = 60
"""Samples an epoch: what is pending at its end changes what the next epoch begins with."""


@pytest.mark.parametrize("kind", [bispike.Model, bispike.Chip])
def test_a_fit_is_the_training_of_the_command_to_the_bit(kind):
    digits, config = bispike.load("digits"), bispike.Config.load("tiny").replace(epochs=2)
    few = dataclasses.replace(digits, x_train=digits.x_train[:FEW], y_train=digits.y_train[:FEW])
    fitted, expected = kind(config).fit(few.x_train, few.y_train).state, trained(config, few).model.state()
    for name, array in expected.items():
        np.testing.assert_array_equal(fitted[name], array, err_msg=name)
