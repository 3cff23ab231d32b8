"""The model from Python does what a chip does, also where it is asked in the midst of learning."""

import numpy as np
import pytest

import bispike
from cosim.checkpoint import Checkpoint
from golden.config import ConfigError
from golden.errors import StateError
from sw.common.errors import UserError

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


CONFIG = bispike.Config(name="small", sizes=(9, 8, 2), lanes=4)


@pytest.mark.parametrize("state, text", [
    ({}, "W1: not found in the state; allowed is an array of shape (9, 8)"),
    (5, "state: found int; allowed is a dictionary of arrays by name"),
    ([1, 2], "state: found list; allowed is a dictionary of arrays by name"),
])  # fmt: skip
def test_what_is_no_state_is_refused(state, text):
    with pytest.raises(StateError) as error:
        bispike.Model(CONFIG, state=state)
    assert str(error.value) == text


@pytest.mark.parametrize("state", [5, [1, 2], None])
def test_a_chip_takes_none_either(state):
    with pytest.raises(StateError, match=r"^state: found .*; allowed is a dictionary of arrays by name$"):
        bispike.Chip(CONFIG).load(state)


@pytest.mark.parametrize("config", [None, ["tiny"], {"sizes": [4, 2], "lanes": 1}])
@pytest.mark.parametrize("kind", [bispike.Model, bispike.Chip, bispike.verify])
def test_what_is_no_configuration_is_refused(kind, config):
    with pytest.raises(ConfigError, match=r"^config: found .*; allowed is a name, or a \.toml file; a dictionary by Conf"):
        kind(config)


def test_an_encoding_is_that_of_data():
    with pytest.raises(UserError, match=r"^encoding: found '0..15'; allowed is that of data, load\(...\)\.encoding$"):
        bispike.Model(CONFIG, encoding="0..15")


def test_a_run_that_was_interrupted_in_its_first_epoch_holds_a_new_network(tmp_path):
    Checkpoint(CONFIG, about={"encoding": {}}).save(tmp_path / "weights.npz")
    model = bispike.Model.load(tmp_path)
    np.testing.assert_array_equal(model.state["W1"], bispike.Model(CONFIG).state["W1"])
