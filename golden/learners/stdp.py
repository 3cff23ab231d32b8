"""A local rule derived from STDP: a teacher's spike strengthens what came before it, a spike of one's own weakens it.

Which paper the "STDP-derived local rule (2020)" of comparisons is, we could not pin down. Nearest is Hao, Huang, Dong & Xu
2020, "A biologically plausible supervised learning method for spiking neural networks using the symmetric STDP rule", where
a teacher makes neurons fire and STDP does the rest; it learns one hidden layer without labels and needs thousands of
neurons. So what stands here is another rule, documented elsewhere and put together by us:

- the rule is ReSuMe (Ponulak & Kasinski 2010), STDP by the teacher's spikes less STDP by the neuron's own, of the causal
  half of the window alone, with the membrane's leak as its decay and no constant term:

      dW[l] = rate * sum_t trace[t]^T (teacher_l[t] - s_l[t])

- every layer has a teacher. At the top it is the label, a spike at every step. A neuron below belongs to a random set of
  classes, its column of B[l], and is taught to fire at every step for these and never for others: a fixed random
  projection of the target, and not of an error, as in direct random target projection (Frenkel, Lefebvre & Bol 2021).

Nothing runs backwards but the label, as one spike a step, while the sample is perceived. So C1 to C4 hold: what crosses is
0 or 1 and unsigned. C5 does not, though no wire shows it: each layer learns from teacher - s, a signed difference from a
target. What the rule lacks is credit: a hidden layer is told what to stand for, and never asked whether the layer above
can use it.
"""

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Network
from golden.learners.mlp import outer
from golden.learners.neuron import trace
from golden.learners.spiking import SpikingMlp


class Stdp(SpikingMlp):
    """B1..B(L-1), (K, n_l), 0 or 1, beside the spiking network: the classes that a neuron is to fire for.

    Args:
        share: of all classes, that a hidden neuron belongs to on average.
    """

    KEEPS = frozenset({"C1", "C2", "C3", "C4"})
    SOURCE = "Ponulak & Kasinski 2010, ReSuMe, with random targets in hidden layers (ours)"

    def __init__(self, network: Network, rate: float, share: float = 0.3):
        super().__init__(network, rate)
        for l in range(1, network.layers):
            drawn = torch.rand(network.classes, network.sizes[l], generator=self.generator)
            self.w[f"B{l}"] = (drawn < share).to(drawn.dtype)

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L, neuron = self.forward(x), self.network.layers, self.network.neuron
        label, gradients = functional.one_hot(y, self.network.classes).to(x.dtype), {}
        for l, layer in layers.items():
            teacher = label if l == L else self.wires.cross(L, l, label, teaches=True) @ self.w[f"B{l}"]
            gradients[f"W{l}"] = outer(trace(layer.pre, neuron.keep), layer.s - neuron.steady(teacher))
        self.descend(gradients, len(y))
