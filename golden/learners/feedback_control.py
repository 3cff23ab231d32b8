"""Deep feedback control: a controller drives the whole network to its target, and a layer learns what was added to it.

Source: Meulemans et al. 2021, "Credit assignment in neural networks through deep feedback control" (NeurIPS); their
"Minimizing control for credit assignment with strong feedback" goes on from it. The top is to reach target = a_L - its
error, a step down the loss. A controller there integrates what is still missing and reaches every layer over weights Q[l]
of its own:

    control  du/dt = target - a_L - leak * u
    basal    b_l = r_(l-1) W[l]
    voltage  a_l = b_l + u Q[l], and a_L = b_L + u
    update   W[l] by r_(l-1)^T (f(a_l) - f(b_l)) when the controller has settled, W[L] by r_(L-1)^T u

Q is learned in a phase of its own: noise stirs every neuron's voltage, the controller hears how far the top moves, and
Q[l] follows the product of that answer with the layer's own noise. So Q[l] comes to be the transposed effect of layer l
on the top, and no layer has read another's weights (C1, C2). Perception, noise and control are three phases, all in
signed reals.

Our choice: the network's dynamics are instantaneous (an option in the authors' code), the controller only integrates, Q
is drawn at random, and one pass with noise stands for the dynamics of their sleep phase.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from golden.learners.learner import Network
from golden.learners.mlp import outer, output_error
from golden.learners.rates import Activity, RateMlp


class FeedbackControl(RateMlp):
    """Q1..Q(L-1), (K, n_l), beside W1..WL; rates are tanh.

    Args:
        leak: of the controller. step: of its time, in its time constants. settle: its steps.
        noise: standard deviation of the noise on voltages. follow: part of the way that Q goes to a batch's answer.
    """

    KEEPS = frozenset({"C1", "C2"})
    SOURCE = "Meulemans et al. 2021, deep feedback control"

    def __init__(
        self,
        network: Network,
        rate: float,
        leak: float = 0.5,
        step: float = 0.05,
        settle: int = 20,
        noise: float = 0.05,
        follow: float = 0.1,
    ):
        super().__init__(network, rate)
        self.leak, self.step, self.settle, self.noise, self.follow = leak, step, settle, noise, follow
        for l in range(1, network.layers):
            self.w[f"Q{l}"] = self.initial(network.classes, network.sizes[l])

    def driven(self, x: Tensor, phase: int, added: Callable[[int], Tensor]) -> tuple[dict[int, Activity], dict[int, Tensor]]:
        """By layer what it has at hand, and its voltages: its activations and what is `added` to a layer, (B, n_l)."""
        rate, layers, voltages = x, {}, {}
        for l in range(1, self.network.layers + 1):
            pre = self.wires.cross(l - 1, l, rate, phase)
            layers[l] = Activity(pre, pre @ self.w[f"W{l}"])
            voltages[l] = layers[l].a + added(l)
            rate = self.RATE(voltages[l])
        return layers, voltages

    def learn_feedback(self, x: Tensor, still: Tensor) -> None:
        """Q from noise: x (B, n_0), and a_L (B, K) without noise."""
        L, noises = self.network.layers, {}

        def stir(l: int) -> Tensor:
            noises[l] = self.noise * torch.randn(len(x), self.network.sizes[l], generator=self.generator)
            return noises[l]

        answer = self.driven(x, 1, stir)[1][L] - still
        for l in range(1, L):
            heard, Q = self.wires.cross(L, l, answer, 1, teaches=True), self.w[f"Q{l}"]
            Q += self.follow * (outer(heard, noises[l]) / (len(x) * self.noise**2) - Q)

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        L = self.network.layers
        layers = self.forward(x)
        voltages = {L: layers[L].a}
        target = layers[L].a - output_error(layers[L].a, y)
        self.learn_feedback(x, layers[L].a)
        u = torch.zeros_like(target)

        def control(l: int) -> Tensor:
            return u if l == L else self.wires.cross(L, l, u, 2, teaches=True) @ self.w[f"Q{l}"]

        for _ in range(self.settle):
            u = u + self.step * (target - voltages[L] - self.leak * u)
            layers, voltages = self.driven(x, 2, control)
        gradients = {f"W{l}": outer(layers[l].pre, self.RATE(layers[l].a) - self.RATE(voltages[l])) for l in range(1, L)}
        self.learn(gradients | {f"W{L}": outer(layers[L].pre, -u)}, len(y))
