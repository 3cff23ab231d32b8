"""The baseline of `RecurrentBsd`: the same spiking network by backprop through time, over whole sequences.

Source: Werbos 1990; with a surrogate derivative, Zenke & Ganguli 2018. Nothing of C1 to C5 holds.
"""

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Network
from golden.learners.spiking import SpikingMlp


def lateral_neurons(network: Network) -> int:
    """n_1, of which lateral weights are made. Raises ValueError where layer 1 sends no spikes, as it is the top."""
    if network.layers < 2:
        raise ValueError(f"sizes: found {network.sizes}; allowed with recurrence are two weight layers or more")
    return network.sizes[1]


class RecurrentBackprop(SpikingMlp):
    """W1..WL and lateral weights R1; the loss is the cross-entropy of V_L, the mean of all elements.

    Of two weight layers or more, else ValueError.

    Members:
        before: as that of `RecurrentBsd`; a batch that is taught begins and ends its sequences.
    """

    ACTIVE = 1 / 16, 0.25

    def __init__(self, network: Network, rate: float = 1e-2):
        super().__init__(network, rate)
        n = lateral_neurons(network)
        self.w["R1"] = self.initial(n, n, 0.25 * n)
        self.before: Tensor | None = None

    def end(self) -> None:
        """The next elements see nothing of those before them."""
        self.before = None

    def element(self, x: Tensor, w: dict[str, Tensor]) -> Tensor:
        """V_L (B, K) of an element x (B, n_0), or of each step (B, T, n_0), of each sequence."""
        neuron, L = self.network.neuron, self.network.layers
        if self.before is None or len(self.before) != len(x):
            self.before = torch.zeros(len(x), neuron.steps, self.network.sizes[1])
        v = self.wires.cross(0, 1, self.currents(x)) @ w["W1"] + self.wires.cross(1, 1, self.before) @ w["R1"]
        for l in range(2, L + 1):
            s = neuron.soma(v, neuron.spike)
            if l == 2:
                self.before = s
            v = self.wires.cross_back(l, l - 1, self.wires.cross(l - 1, l, s) @ w[f"W{l}"], phase=L - l + 1)
        return v.sum(1)

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.element(x, self.w)

    def teach(self, x: Tensor, y: Tensor) -> None:
        """Learns from B sequences of S elements, x (B, S, n_0) and y (B, S); x (B, n_0), y (B,) are sequences of one."""
        if x.dim() == 2:
            x, y = x[:, None], y[:, None]
        self.end()
        w = {name: weight.detach().requires_grad_() for name, weight in self.w.items()}
        V = torch.stack([self.element(one, w) for one in x.unbind(1)], 1)
        self.end()
        loss = functional.cross_entropy(V.flatten(0, 1), y.flatten())
        self.learn(dict(zip(w, torch.autograd.grad(loss, list(w.values())), strict=True)), 1)
