"""Weights that are one memory, a copy or a transpose, and those that only look so."""

import torch

from golden.criteria.asymmetry import copies

RANDOM = torch.Generator().manual_seed(0)


def found(first, second):
    return list(copies({"W1": first, "Theta1": second}))


def test_views_of_one_buffer_are_one_memory_where_they_overlap():
    buffer = torch.randn(4, 6, generator=RANDOM)
    one = ["W1 and Theta1 are one memory"]
    assert found(buffer[:3], buffer[2:, 1:]) == one and found(buffer[:, :4], buffer[:, 3:]) == one
    assert not found(buffer[:2], buffer[2:]) and not found(buffer[:, :3], buffer[:, 3:])
    assert found(buffer[:, 0], buffer[0]) == one and not found(buffer[:, 0], buffer[:, 1])


def test_a_copy_and_a_transpose_are_seen_at_any_scale():
    weight = torch.randn(3, 5, generator=RANDOM, requires_grad=True)
    assert found(weight, -2 * weight) == ["W1 is a copy of Theta1"]
    assert found(weight, 3 * weight.T) == ["W1 is the transpose of Theta1"]
    assert not found(weight, torch.randn(3, 5, generator=RANDOM))


def test_one_number_is_no_copy_of_another():
    assert not found(torch.full((1, 1), 2.0), torch.full((1, 1), 3.0))
    assert not found(torch.zeros(0, 3), torch.zeros(0, 3))
