"""Weight layers: dense ones by matrices, convolutions by loops over the image; the way back has the shape of the way in."""

from itertools import pairwise

import pytest
import torch

from golden.learners.layers import Convolution, Dense, convolutional, dense, sizes
from golden.learners.learner import Network
from golden.learners.neuron import Neuron


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def drawn(layer):
    return layer.W(0.5, Neuron(), generator()), layer.Theta(0.5, Neuron(), generator())


def test_a_dense_layer_is_two_matrices_of_their_own():
    layer = Dense(3, 2)
    W, Theta = drawn(layer)
    assert W.shape == (3, 2) and Theta.shape == (2, 3)
    torch.testing.assert_close(layer.basal(W, torch.tensor([[1.0, 0, 1]])), (W[0] + W[2])[None])
    torch.testing.assert_close(layer.apical(Theta, torch.tensor([[0.0, 1]])), Theta[1][None])


@pytest.mark.parametrize("stride, image", [(1, (2, 5, 4)), (2, (2, 5, 4)), (2, (1, 6, 7))])
def test_a_convolution_sums_what_its_kernel_covers_and_goes_back_over_the_same_ways(stride, image):
    layer = Convolution(image, 3, stride=stride)
    W, Theta = drawn(layer)
    (_, height, width), (_, h, w) = image, layer.above
    s, sh = torch.rand(layer.pre, generator=generator()), torch.rand(layer.post, generator=generator())
    v, vh = torch.zeros(layer.above), torch.zeros(image)
    for row in range(h):
        for column in range(w):
            for i in range(3):
                for j in range(3):
                    y, x = row * stride + i - 1, column * stride + j - 1
                    if 0 <= y < height and 0 <= x < width:
                        v[:, row, column] += W[:, :, i, j] @ s.view(image)[:, y, x]
                        vh[:, y, x] += Theta[:, :, i, j].T @ sh.view(layer.above)[:, row, column]
    torch.testing.assert_close(layer.basal(W, s.expand(2, 4, -1)), v.flatten().expand(2, 4, -1))
    torch.testing.assert_close(layer.apical(Theta, sh.expand(2, 4, -1)), vh.flatten().expand(2, 4, -1))


@pytest.mark.parametrize("layer", [Dense(400, 300), Convolution((8, 20, 20), 16), Convolution((8, 20, 20), 16, stride=1)])
def test_initial_weights_bring_voltages_of_one_thresholds_spread_both_ways(layer):
    W, Theta = drawn(layer)
    half = torch.bernoulli(torch.full((20, layer.pre), 0.5), generator=generator())
    back = torch.bernoulli(torch.full((20, layer.post), 0.5), generator=generator())
    assert 0.7 < float(layer.basal(W, half).std()) / Neuron().threshold < 1.2
    assert 0.7 < float(layer.apical(Theta, back).std()) / Neuron().threshold < 1.2


def test_stacks_fit_from_layer_to_layer():
    assert sizes(dense(Network((64, 128, 10)))) == (64, 128, 10)
    stack = convolutional((1, 28, 28), (16, 32, 64), 10)
    assert sizes(stack) == (784, 16 * 14 * 14, 32 * 7 * 7, 64 * 4 * 4, 10)
    assert all(below.post == above.pre for below, above in pairwise(stack))
    assert sizes(convolutional((1, 28, 28), (16, 32), 10, strides=(1, 2))) == (784, 16 * 784, 32 * 196, 10)
