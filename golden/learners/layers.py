"""Weight layers as a stack sees them: voltages of spikes from below through W, of spikes from above through Theta.

Neurons are flat between layers, (.., n), so that what learns and what checks need not know of images.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Generator, Tensor
from torch.nn import functional

from golden.learners.learner import Network, spread
from golden.learners.neuron import Neuron


class Layer(ABC):
    """Between `pre` neurons below and `post` neurons above: a forward and a mirrored backward way, each with its weights."""

    pre: int
    post: int

    @property
    def groups(self) -> int:
        """Of neurons above that have weights in common, side by side; `post` where each has its own."""
        return self.post

    @abstractmethod
    def W(self, share: float, neuron: Neuron, generator: Generator) -> Tensor:
        """Initial forward weights, where a `share` of the neurons below is active."""

    @abstractmethod
    def Theta(self, share: float, neuron: Neuron, generator: Generator) -> Tensor:
        """Initial backward weights, where a `share` of the neurons above is active."""

    @abstractmethod
    def basal(self, W: Tensor, s: Tensor) -> Tensor:
        """Voltages (.., post) of the basal dendrites, of s (.., pre)."""

    @abstractmethod
    def apical(self, Theta: Tensor, sh: Tensor) -> Tensor:
        """Voltages (.., pre) of the apical dendrites, of sh (.., post)."""


@dataclass(frozen=True)
class Dense(Layer):
    """Each neuron with each: W (pre, post), Theta (post, pre)."""

    pre: int
    post: int

    def W(self, share, neuron, generator):
        return spread(self.pre, self.post, share * self.pre, neuron, generator)

    def Theta(self, share, neuron, generator):
        return spread(self.post, self.pre, share * self.post, neuron, generator)

    def basal(self, W, s):
        return s @ W

    def apical(self, Theta, sh):
        return sh @ Theta


@dataclass(frozen=True)
class Convolution(Layer):
    """A kernel over an image, and back by a transposed convolution of other weights: both (channels above, below, k, k).

    Members:
        image: (channels, height, width) below. channels: above.
        kernel: k, odd; the border is padded. stride: by which the image above is smaller.
    """

    image: tuple[int, int, int]
    channels: int
    kernel: int = 3
    stride: int = 2

    @property
    def above(self) -> tuple[int, int, int]:
        """(channels, height, width) of the image above."""
        _, height, width = self.image
        return self.channels, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1

    @property
    def pre(self) -> int:
        channels, height, width = self.image
        return channels * height * width

    @property
    def post(self) -> int:
        channels, height, width = self.above
        return channels * height * width

    @property
    def groups(self) -> int:
        return self.channels

    def W(self, share, neuron, generator):
        inputs = self.image[0] * self.kernel**2
        return spread(self.channels, inputs, share * inputs, neuron, generator).view(self._kernels())

    def Theta(self, share, neuron, generator):
        inputs = self.channels * self.kernel**2 / self.stride**2
        return spread(self.channels, self.image[0] * self.kernel**2, share * inputs, neuron, generator).view(self._kernels())

    def _kernels(self) -> tuple[int, ...]:
        return self.channels, self.image[0], self.kernel, self.kernel

    def basal(self, W, s):
        v = functional.conv2d(s.reshape(-1, *self.image), W, stride=self.stride, padding=self.kernel // 2)
        return v.reshape(*s.shape[:-1], self.post)

    def apical(self, Theta, sh):
        _, height, width = self.image
        left = ((height - 1) % self.stride, (width - 1) % self.stride)
        vh = functional.conv_transpose2d(sh.reshape(-1, *self.above), Theta, None, self.stride, self.kernel // 2, left)
        return vh.reshape(*sh.shape[:-1], self.pre)


def dense(network: Network) -> tuple[Layer, ...]:
    """Layers 1..L of an MLP."""
    return tuple(Dense(pre, post) for pre, post in pairwise(network.sizes))


def layers_of(network: Network, layers: Sequence[Layer] | None) -> tuple[Layer, ...]:
    """Layers 1..L that a network is made of, an MLP's for None. Raises ValueError where they are of other sizes."""
    found = tuple(layers or dense(network))
    if sizes(found) != network.sizes:
        raise ValueError(f"layers: found {sizes(found)}; allowed are the network's sizes, {network.sizes}")
    return found


def convolutional(
    image: tuple[int, int, int], channels: Sequence[int], classes: int, strides: Sequence[int] | None = None
) -> tuple[Layer, ...]:
    """Layers 1..L of a CNN: a convolution for each of `channels`, of stride 2 if nothing else is said, and a dense one."""
    layers: list[Layer] = []
    for count, stride in zip(channels, strides or [2] * len(channels), strict=True):
        layers.append(Convolution(image, count, stride=stride))
        image = layers[-1].above
    return (*layers, Dense(layers[-1].post, classes))


def sizes(layers: Sequence[Layer]) -> tuple[int, ...]:
    """Neurons of layers 0..L, for a `Network`."""
    return layers[0].pre, *(layer.post for layer in layers)
