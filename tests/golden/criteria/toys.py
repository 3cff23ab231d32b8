"""Small rules that keep all of C1 to C5, or all but some: each breaks the criterion in one way."""

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Learner, Network, spread

SIZES = (23, 17, 11, 5)
"""No two of one width."""


class Toy(Learner):
    """Two networks whose voltages come nearer to each other in every neuron: each learns by the other's."""

    KEEPS = frozenset({"C1", "C2", "C3", "C4", "C5"})

    def __init__(self, sizes: tuple[int, ...] = SIZES):
        super().__init__(network := Network(sizes), rate=0.01)
        n, L, generator = network.sizes, network.layers, network.generator()
        self.W = [None] + [spread(n[i - 1], n[i], n[i - 1] / 4, network.neuron, generator) for i in range(1, L + 1)]
        self.Theta = [spread(n[i + 1], n[i], n[i + 1] / 4, network.neuron, generator) for i in range(L)]

    def weights(self):
        W = {f"W{i}": self.W[i] for i in range(1, self.network.layers + 1)}
        return W | {f"Theta{i}": weight for i, weight in enumerate(self.Theta)}

    def perceive(self, x):
        return self.up(x)[1][-1].sum(1)

    def teach(self, x, y):
        (s, v), (sh, vh) = self.up(x), self.down(y)
        for i in range(self.network.layers + 1):
            if i:
                self.W[i] += self.rate * torch.einsum("btj,bti->ji", s[i - 1], vh[i] - v[i])
            if i < self.network.layers:
                self.Theta[i] += self.rate * torch.einsum("btj,bti->ji", sh[i + 1], v[i] - vh[i])

    def up(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """What came to each layer from below: spikes of layer l at [l], for layer l + 1; and its voltages."""
        sent, arrived, v = self.network.neuron.steady(x), [], [self.network.neuron.steady(x)]
        for i in range(1, self.network.layers + 1):
            arrived.append(self.wires.cross(i - 1, i, self.sent_up(i - 1, sent)))
            v.append(arrived[-1] @ self.W[i])
            sent = self.network.neuron.soma(v[i])
        return [*arrived, sent], v

    def down(self, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The same of the backward network, from above: spikes of layer l at [l], for layer l - 1."""
        L = self.network.layers
        sent = self.code(y)
        arrived, v = [None] * L + [sent], [None] * L + [sent]
        for i in reversed(range(L)):
            arrived[i + 1] = self.wires.cross(i + 1, i, self.sent_down(i + 1, sent))
            v[i] = arrived[i + 1] @ self.Theta[i]
            sent = self.network.neuron.soma(v[i])
        return arrived, v

    def code(self, y: Tensor) -> Tensor:
        return self.network.neuron.steady(functional.one_hot(y, self.network.classes).float())

    def sent_up(self, i: int, spikes: Tensor) -> Tensor:
        return spikes

    def sent_down(self, i: int, spikes: Tensor) -> Tensor:
        return spikes


class OneMemory(Toy):
    def __init__(self):
        super().__init__()
        self.Theta[1] = self.W[2].T


class Transposed(Toy):
    """Copied after each lesson, at another scale."""

    def teach(self, x, y):
        super().teach(x, y)
        self.Theta[1].copy_(2 * self.W[2].T)


class Copied(Toy):
    def __init__(self):
        super().__init__((23, 17, 17, 5))
        self.Theta[1].copy_(self.W[2])


class Transport(Toy):
    """What goes down are spikes, but through the weights that go up."""

    def sent_down(self, i, spikes):
        return spikes if i != 2 else self.network.neuron.soma(self.network.neuron.soma(spikes @ self.W[2].T) @ self.Carrier)

    Carrier = torch.randn(17, 11, generator=torch.Generator().manual_seed(1))


class NormsTogether(Toy):
    """Layer 1 learns the slower the larger the weights of layer 2 are."""

    def teach(self, x, y):
        before = self.W[1].clone()
        super().teach(x, y)
        self.W[1].copy_(before + (self.W[1] - before) / self.W[2].norm())


class Backprop(Toy):
    """Layer by layer: each weighs the error of the layer above with that layer's weights."""

    def teach(self, x, y):
        (s, v), L = self.up(x), self.network.layers
        error = torch.softmax(v[L].sum(1), 1)[:, None] - self.code(y)
        for i in range(L, 0, -1):
            change = torch.einsum("btj,bti->ji", s[i - 1], error)
            if i > 1:
                error = self.wires.cross(i, i - 1, error, phase=L - i + 1, teaches=True) @ self.W[i].T
            self.W[i] -= self.rate * change


class OverNoWire(Toy):
    """Layer 1 learns from the voltages of layer 2, which nobody sent."""

    def up(self, x):
        s, v = super().up(x)
        v[1] = v[1] + v[2].sum(2, keepdim=True)
        return s, v


class Idle(Toy):
    def teach(self, x, y):
        self.up(x)


class SecondPhase(Toy):
    def down(self, y):
        self.wires.cross(3, 1, self.code(y), phase=1)
        return super().down(y)


class SecondPass(Toy):
    def teach(self, x, y):
        self.up(x)
        super().teach(x, y)


class ByTheOutcome(Toy):
    """What comes down is, in spikes, what was named: it has to wait for it."""

    def up(self, x):
        s, v = super().up(x)
        self.named = v[-1].sum(1).argmax(1)
        return s, v

    def code(self, y):
        return super().code(self.named)


class InTheLastStep(Toy):
    """Layer 3 teaches layer 2, by spikes of the last step, what it has named in all of them."""

    def up(self, x):
        s, self.v = super().up(x)
        return s, self.v

    def down(self, y):
        sh, vh = super().down(y)
        named = torch.zeros_like(self.v[3])
        named[:, -1] = functional.one_hot(self.v[3].sum(1).argmax(1), 5).float()
        vh[2] = vh[2] + self.wires.cross(3, 2, named, teaches=True).sum(1, keepdim=True) @ self.Theta[2]
        return sh, vh


class Counts(Toy):
    """Layer 2 gets how often layer 1 has spiked, at each step."""

    def sent_up(self, i, spikes):
        return spikes.cumsum(1) if i == 1 else spikes


class Voltages(Toy):
    """Layer 1 gets layer 2's recalled voltages, which are never negative."""

    def sent_down(self, i, spikes):
        return (spikes @ self.Theta[1]).abs() @ torch.ones(17, 11) if i == 2 else spikes


class NoWire(Toy):
    def up(self, x):
        watched, self.wires.crossings = self.wires.crossings, None
        found = super().up(x)
        self.wires.crossings = watched
        return found


class SignedError(Toy):
    """Layer 2 sends layer 1 an error."""

    def down(self, y):
        sh, vh = super().down(y)
        vh[1] = vh[1] + self.wires.cross(2, 1, sh[1] - 0.5, teaches=True)
        return sh, vh


class NegativeSpikes(Toy):
    def sent_down(self, i, spikes):
        return -spikes if i == 2 else spikes
