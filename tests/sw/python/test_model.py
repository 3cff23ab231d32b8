"""The model from Python does what a chip does, also where it is asked in the midst of learning."""

import numpy as np
import pytest

import bispike

ASKED = {
    "recall": lambda one, x: one.recall(),
    "finish": lambda one, x: one.finish(),
    "state": lambda one, x: one.state,
    "predict": lambda one, x: one.predict(x),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_model_that_is_asked_in_the_midst_of_learning_learns_on_as_a_chip_does(asked):
    digits, states = bispike.load("digits"), []
    x, y = digits.x_train[:60], digits.y_train[:60]
    for one in (bispike.Model("tiny"), bispike.Chip("tiny")):
        one.train(x[:30], y[:30])
        ASKED[asked](one, digits.x_test[:3])
        one.train(x[30:], y[30:])
        states.append(one.state)
    for name, array in states[0].items():
        np.testing.assert_array_equal(array, states[1][name], err_msg=name)
