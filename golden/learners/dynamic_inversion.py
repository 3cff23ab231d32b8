"""Dynamic inversion: feedback that settles until the layer above would be moved by just what it was wrong by.

Source: Podlaski & Machens 2020, "Biological credit assignment through dynamic inversion of feedforward networks"
(NeurIPS). Layer l + 1 holds an error e_(l+1). Instead of sending it through W[l+1]^T, a loop looks for the change of
layer l that W[l+1] would carry to it. Neurons z of layer l + 1 integrate what is not yet explained, and drive a change c
of layer l:

    dz/dt = - alpha z + e_(l+1) - c W[l+1],    c = z B[l]

which settles at c = e_(l+1) (B[l] W[l+1] + alpha)^-1 B[l]: where alpha is small, an inverse of W[l+1]; where it is large,
feedback alignment. The error of layer l is c * slope, and its update an outer product. B[l] is fixed and nobody's copy
(C1); z and c run to and fro while the loop settles, so errors take a phase of their own in every layer (no C3), as signed
reals.

Our choice: z's sign is turned (theirs has - e and B near - W^T), c follows z at once (theirs has a time constant), B is
random with alpha large enough that the loop is stable at first (theirs is tuned for stability), and W grows towards B^T,
which keeps it so. Their time step is 0.5 for 1,000 steps.
"""

import torch
from torch import Tensor

from golden.learners.learner import Network
from golden.learners.mlp import outer, output_error
from golden.learners.rates import RateMlp


class DynamicInversion(RateMlp):
    """B1..B(L-1), (n_(l+1), n_l), fixed, beside W1..WL; rates are tanh.

    Args:
        alpha: leak of the loop. step: of its time, in its time constants. settle: steps of a loop.
    """

    KEEPS = frozenset({"C1", "C2"})
    SOURCE = "Podlaski & Machens 2020, dynamic inversion"

    def __init__(self, network: Network, rate: float, alpha: float = 2.0, step: float = 0.1, settle: int = 30):
        super().__init__(network, rate)
        self.alpha, self.step, self.settle = alpha, step, settle
        for l in range(1, network.layers):
            self.w[f"B{l}"] = self.initial(network.sizes[l + 1], network.sizes[l])

    def invert(self, l: int, error: Tensor) -> Tensor:
        """(B, n_l), the change of layer l that W[l+1] carries to error (B, n_(l+1)) of layer l + 1, as the loop finds it."""
        phase, z, change = (
            self.network.layers - l,
            torch.zeros_like(error),
            error.new_zeros(len(error), self.network.sizes[l]),
        )
        for _ in range(self.settle):
            explained = self.wires.cross(l, l + 1, change, phase, teaches=True) @ self.w[f"W{l + 1}"]
            z = z + self.step * (error - explained - self.alpha * z)
            change = self.wires.cross(l + 1, l, z, phase, teaches=True) @ self.w[f"B{l}"]
        return change

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L = self.forward(x), self.network.layers
        error = output_error(layers[L].a, y)
        gradients = {f"W{L}": outer(layers[L].pre, error)}
        for l in range(L - 1, 0, -1):
            error = self.invert(l, error) * self.SLOPE(layers[l].a)
            gradients[f"W{l}"] = outer(layers[l].pre, error)
        self.learn(gradients, len(y))
