"""The two networks: perception and recall through a core's weights, in integer torch tensors.

What follows from the configuration alone is kept in `Networks`; what a core remembers is in `memories`.
"""

import torch
from torch import Tensor

from golden import noise
from golden.config import Config
from golden.fixed import product, rsqrt_table
from golden.memories import TEMPLATE, Memories
from golden.neuron import soma, stimulus_counts, stimulus_spikes


class Networks:
    """Steps 2 to 5 of the contract for one configuration. A trace is a dict of tensors by the contract's names.

    Members:
        below: the layers of the backward network under the concepts, ascending.
    """

    def __init__(self, config: Config):
        n = config.sizes
        self.config = config
        self.t, self.s = rsqrt_table(TEMPLATE**2 * max(config.sizes))
        self.W_noise = [None, *(noise.pattern(config.rows(i), n[i]) for i in range(1, len(n)))]
        self.below = range(config.lowest, config.layers)
        self.Theta_noise = [noise.pattern(n[i + 1], n[i]) for i in range(config.layers)]

    def __deepcopy__(self, memo) -> "Networks":
        return self  # nothing in it ever changes

    def inverse_norm(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """(t, s), 1/sqrt of the squared norms of the rows of counts or templates (..., n), int64 (step 5)."""
        norm = (values * values).sum(-1)
        t, s = (table.index_select(0, norm.reshape(-1)).reshape(norm.shape) for table in (self.t, self.s))
        return t, s

    def noise(self, pattern: tuple[Tensor, Tensor], base: Tensor) -> Tensor:
        """Noise (pre, post) of a memory; 128, which rounds half up, where the base is `noise.HALF_UP`."""
        rows, columns = pattern
        return torch.where(base == noise.HALF_UP, 128, (rows ^ base) ^ columns)

    def perceive(self, W: list, x: Tensor) -> dict[str, Tensor]:
        """Steps 2 and 3: stimuli x (..., n_0) -> v, s, u (..., T, n_l) and V, r (..., n_l) of every layer, by name."""
        config = self.config
        trace = {"r0": stimulus_counts(x, config.steps), "s0": stimulus_spikes(x, config.steps)}
        for i in range(1, config.layers + 1):
            if i == 1 and config.coding == "direct":
                v = product(x[..., None, :], W[1] >> config.weight_shift) >> (4 + config.scale(1))
                v = v.expand(*x.shape[:-1], config.steps, config.sizes[1])
            else:
                v = product(trace[f"s{i - 1}"], W[i] >> config.weight_shift) >> config.scale(i)
            s, u = soma(v, config.threshold, config.leak)
            V, r = v.sum(-2, dtype=torch.int32), s.sum(-2, dtype=torch.int32)
            trace |= {f"v{i}": v, f"s{i}": s, f"u{i}": u, f"V{i}": V, f"r{i}": r}
        return trace

    def active(self, i: int, x: Tensor, trace: dict[str, Tensor]) -> Tensor:
        """Rows (..., n_{i-1}) of layer i that drive it (step 2), of stimuli x (..., n_0)."""
        return x > 0 if i == 1 and self.config.coding == "direct" else trace[f"s{i - 1}"].sum(-2) > 0

    def pre(self, i: int, trace: dict[str, Tensor]) -> Tensor:
        """Counts of the rows of W[i] (step 7)."""
        return trace[f"r{i - 1}"]

    def evoke(self, m: Memories, k: Tensor) -> dict[str, Tensor]:
        """Step 4: what concept k (1,) evokes in the backward network; vh, sh, uh (T, n_l) and Vh, rh (n_l,) by name."""
        config = self.config
        spikes = (m.h[config.layers].index_select(0, k) > 0).to(torch.int32).expand(config.steps, config.classes)
        return self.descend(m.Theta, spikes)

    def descend(self, Theta: list, spikes: Tensor) -> dict[str, Tensor]:
        """What layer L's spikes (..., T, n_L) evoke in the backward network, with these; see `evoke`."""
        config = self.config
        trace = {f"sh{config.layers}": spikes}
        for i in reversed(self.below):
            v = product(trace[f"sh{i + 1}"], Theta[i] >> config.weight_shift)
            s, u = soma(v, config.threshold, config.leak)
            V, r = v.sum(-2, dtype=torch.int32), s.sum(-2, dtype=torch.int32)
            trace |= {f"vh{i}": v, f"sh{i}": s, f"uh{i}": u, f"Vh{i}": V, f"rh{i}": r}
        return trace
