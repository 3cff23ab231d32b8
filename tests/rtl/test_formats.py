"""What a layer's format says of how often its units are used for a group."""

import pytest

from golden.config import Config
from rtl.formats import LayerFormat


def forms(**config):
    made = Config(**config)
    return [LayerFormat.of(made, layer) for layer in range(made.layers + 1)]


def test_the_somas_of_the_longest_passes_are_twice_as_many():
    assert [form.soma_rounds for form in forms(sizes=(64, 128, 64, 10), lanes=16)] == [8, 4, 8, 8]
    assert [form.soma_rounds for form in forms(sizes=(16, 128, 128, 10), lanes=16)] == [8, 8, 4, 8]
    assert [form.soma_rounds for form in forms(sizes=(16, 32, 32, 4), lanes=8)] == [8, 4, 4, 8]  # half the rows, all active


@pytest.mark.parametrize(("lanes", "rounds"), [(1, 1), (2, 2), (3, 2), (4, 4), (7, 4), (16, 4)])
def test_a_group_is_updated_in_parts_as_its_lanes_allow(lanes, rounds):
    low, form = forms(sizes=(16, 16, 64, 4), lanes=lanes)[:2]
    assert (low.update_rounds, form.update_rounds) == (rounds, rounds)
    for layer in (low, form):
        assert layer.update_units * layer.update_rounds >= lanes > (layer.update_units - 1) * layer.update_rounds


def test_all_of_a_group_is_updated_at_once_where_the_longest_passes_are_short():
    assert [form.update_rounds for form in forms(sizes=(64, 128, 64, 10), lanes=16)] == [4, 1, 4, 4]
    assert [form.update_rounds for form in forms(sizes=(784, 128, 64, 10), lanes=16)] == [4, 4, 4, 4]
