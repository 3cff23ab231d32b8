"""Error-kernel driven activation alignment on a small convolutional network of rates, and backprop on the same.

Source: Zee, Ororbia, Mali & Nwogu 2023, "A robust backpropagation-free framework for images", arXiv 2206.01820. Layer l
hears the error of layer l + 1 over error kernels of its own, takes it from its activation, and what it would then have
said is its target; its error is the difference of the two. No derivative is needed. Chosen here: error kernels begin as
random ones (those of the authors' code begin as the transpose, against C1), the reach `beta` of a target is 0.1, no layer
has a bias, and Adam scales the steps.
"""

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional, grad

from golden.learners.learner import Network
from golden.learners.mlp import Mlp, outer, output_error

SIDE, STRIDE, PADDING = 3, 2, 1
"""Of the kernels, in pixels: each layer has half the height and width of the one below."""


def sizes_of(pixels: int, channels: tuple[int, ...], classes: int) -> tuple[int, ...]:
    """`Network.sizes` of square pictures and layers of so many channels."""
    side, sizes = round(pixels**0.5), [pixels]
    for count in channels:
        side = -(-side // STRIDE)
        sizes.append(count * side**2)
    return (*sizes, classes)


class Cnn(Mlp):
    """Layers 1..L-1 are convolutions with tanh, layer L is a matrix: its activations are the scores.

    Members:
        shapes: (channels, height, width) of layers 0..L-1.
        w: weights by name: W1..W(L-1) (channels, channels below, 3, 3), WL (n_{L-1}, K).

    Raises:
        ValueError: sizes that are no pictures; see `sizes_of`.
    """

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        sizes = network.sizes
        side = round(sizes[0] ** 0.5)
        self.shapes = [(1, side, side)]
        for size in sizes[1:-1]:
            side = -(-side // STRIDE)
            self.shapes.append((size // side**2, side, side))
        if any(size != c * h * w for size, (c, h, w) in zip(sizes, self.shapes, strict=False)):
            raise ValueError(f"sizes: found {sizes}; allowed are square pictures, then channels times half the sides")
        for l in range(1, network.layers):
            self.w[f"W{l}"] = self.kernels(l)
        pre = sizes[-2]
        self.w[f"W{network.layers}"] = torch.randn(pre, network.classes, generator=self.generator) / pre**0.5

    def kernels(self, l: int) -> Tensor:
        """Drawn, of the shape of W[l]."""
        below = self.shapes[l - 1][0]
        shape = (self.shapes[l][0], below, SIDE, SIDE)
        return torch.randn(shape, generator=self.generator) / (below * SIDE**2) ** 0.5

    def forward(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Stimuli x (B, n_0): activations h[1..L] and what arrives at layers 1..L, both with an empty place in front."""
        h, pre, z = [x], [x], x.unflatten(1, self.shapes[0])
        for l in range(1, self.network.layers):
            pre.append(self.wires.cross(l - 1, l, z))
            h.append(functional.conv2d(pre[l], self.w[f"W{l}"], stride=STRIDE, padding=PADDING))
            z = torch.tanh(h[l])
        L = self.network.layers
        pre.append(self.wires.cross(L - 1, L, z.flatten(1)))
        return [*h, pre[L] @ self.w[f"W{L}"]], pre

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[0][-1]

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        (h, pre), L = self.forward(x), self.network.layers
        error = output_error(h[L], y)
        gradients = {f"W{L}": outer(pre[L], error)}
        for l in range(L - 1, 0, -1):
            arrived = self.wires.cross(l + 1, l, error, phase=L - l, teaches=True)
            error = self.error(l, h[l], arrived)
            gradients[f"W{l}"] = grad.conv2d_weight(pre[l], self.w[f"W{l}"].shape, error, STRIDE, PADDING)
        self.learn(gradients, len(y))

    @abstractmethod
    def error(self, l: int, h: Tensor, above: Tensor) -> Tensor:
        """Of layer l with activations h (B, channels, height, width), from the error of layer l + 1."""

    def back(self, l: int, above: Tensor, weights: Tensor) -> Tensor:
        """The error of layer l + 1 in the shape of layer l, over weights of the shape of W[l + 1]."""
        if l + 1 == self.network.layers:
            return (above @ weights.T).unflatten(1, self.shapes[l])
        side = self.shapes[l][1]
        rest = side - ((above.shape[2] - 1) * STRIDE - 2 * PADDING + SIDE)
        return functional.conv_transpose2d(above, weights, stride=STRIDE, padding=PADDING, output_padding=rest)


class Ekdaa(Cnn):
    """E1..E(L-1), the error kernels of layers 1..L-1, each of the shape of the W above.

    They learn as those do: both ends of a connection know what it learned. So they come to agree with them, as feedback
    weights of Kolen & Pollack do, and nothing is copied. But what E[l] learns no wire brings to layer l (against C2). Errors
    cross as signed reals, once the layer above has spoken.

    Members:
        beta: how far a target is from what was said; 0: no W below the top learns, and of error kernels E(L-1) alone, as WL
            does.
    """

    KEEPS: ClassVar[frozenset[str]] = frozenset({"C1"})
    SOURCE = "Zee, Ororbia, Mali & Nwogu 2023, error-kernel driven activation alignment"

    def __init__(self, network: Network, rate: float, beta: float = 0.1):
        super().__init__(network, rate)
        self.beta, L = beta, network.layers
        for l in range(1, L - 1):
            self.w[f"E{l}"] = self.kernels(l + 1)
        self.w[f"E{L - 1}"] = torch.randn(self.w[f"W{L}"].shape, generator=self.generator) / network.sizes[L - 1] ** 0.5

    def error(self, l: int, h: Tensor, above: Tensor) -> Tensor:
        target = torch.tanh(h - self.beta * self.back(l, above, self.w[f"E{l}"]))
        return torch.tanh(h) - target

    def learn(self, gradients: dict[str, Tensor], batch: int) -> None:
        own = {f"E{l}": gradients[f"W{l + 1}"] for l in range(1, self.network.layers)}
        super().learn(gradients | own, batch)

    def alignment(self) -> list[float]:
        """Of layers 1..L-1 the cosine of the error kernels with the weights above, -1..1: 0 for those that were drawn."""
        pairs = ((self.w[f"E{l}"], self.w[f"W{l + 1}"]) for l in range(1, self.network.layers))
        return [float(functional.cosine_similarity(e.flatten(), w.flatten(), 0)) for e, w in pairs]


class CnnBackprop(Cnn):
    """Backprop on the same network, what the error kernels are measured against."""

    SOURCE = "Rumelhart, Hinton & Williams 1986; Adam"

    def error(self, l: int, h: Tensor, above: Tensor) -> Tensor:
        return self.back(l, above, self.w[f"W{l + 1}"]) * (1 - torch.tanh(h) ** 2)
