"""The first rule on all layers: learning and its counters on a core's memories, in integer torch tensors.

docs/arithmetic.md is the contract, perception and recall are in `networks`, the functions of one layer in `neuron` and
`plasticity`. What a core remembers is in `memories`.
"""

import torch
from torch import Tensor

from golden import plasticity
from golden.config import Config
from golden.fixed import sat
from golden.memories import FirstMemories
from golden.networks import Networks


class Rule(Networks):
    """docs/arithmetic.md for one configuration. A trace is a dict of tensors by the contract's names."""

    memories = FirstMemories

    def __init__(self, config: Config):
        super().__init__(config, config.steps**2 * max(config.sizes))

    def observe(self, m: FirstMemories, x: Tensor) -> dict[str, Tensor]:
        """Samples x (..., n_0), perceived and counted: the pass of each carries the update pending in m, one at most."""
        trace = self.perceive(m.W, x)
        trace |= {"voltages": trace[f"V{self.config.layers}"], "counters": self.count(m, x, trace)}
        m.forget_update()
        return trace

    def finish(self, m: FirstMemories) -> None:
        """Nothing: only the counters of the last update are still to come."""

    def count(self, m: FirstMemories, x: Tensor, trace: dict[str, Tensor]) -> Tensor:
        """Step 10: counters (..., L, 4) of passes over x (..., n_0), all of which carry the update pending in m."""
        config, counters = self.config, []
        for i in range(1, config.layers + 1):
            active, live, last = self.active(i, x, trace), m.live[i - 1], m.rows[i - 1]
            rows = live * (active | last).sum(-1) + (config.groups(i) - live) * active.sum(-1)
            updates = (live * last.sum()).expand(rows.shape)
            counters.append(torch.stack([rows, updates, m.saturated[i - 1].expand(rows.shape), trace[f"r{i}"].sum(-1)], -1))
        return torch.stack(counters, -2).to(torch.int32)

    def teach(self, m: FirstMemories, y: Tensor, gain: Tensor, bases: Tensor, trace: dict[str, Tensor]) -> None:
        """Steps 6 to 8: a perceived sample with label y (0-d) changes W, E, S and what is pending. Adds to trace.

        Args:
            gain: (L,) 2^(rate + 8) of W[1..L]. bases: (L,) noise bases of W[1..L].
        """
        for i in range(self.config.layers + 1):
            self.teach_layer(i, m, y, gain, bases, trace)

    def teach_layer(
        self, i: int, m: FirstMemories, y: Tensor, gain: Tensor, bases: Tensor, trace: dict[str, Tensor]
    ) -> None:
        """`teach` for layer i: any order of the layers, or all at once, gives the same."""
        config, top = self.config, i == self.config.layers
        r, h = trace[f"r{i}"], m.h[i]
        signal = plasticity.affinity(config, r, h, y, self.inverse_norm(r), self.inverse_norm(h), stimulus=i == 0)
        b1, b2 = signal.pop("b1"), signal.pop("b2")
        trace |= {f"{name}{i}": value for name, value in signal.items()}
        if not top and config.learn_theta:
            trace |= {f"b1_{i}": b1, f"b2_{i}": b2}
            m.E[i].copy_(sat(m.E[i] + b1[:, None] * r, 24))
            m.S[i].copy_(sat(m.S[i] + b2, 24))
        if i == 0:
            return
        e, g = plasticity.error(config, signal["q"], signal["qr"], h, r, trace[f"V{i}"], top)
        trace |= {f"e{i}": e, f"g{i}": g}
        pre = trace[f"r{i - 1}"]
        rounding = self.noise(self.W_noise[i], bases[i - 1])
        new, saturated = plasticity.update(m.W[i], pre, g, gain[i - 1], rounding, config.weight_bits)
        m.W[i].copy_(new)
        groups = torch.nn.functional.pad(g, (0, config.groups(i) * config.lanes[i] - config.sizes[i])).view(
            -1, config.lanes[i]
        )
        m.rows[i - 1].copy_(pre > 0)
        m.live[i - 1].copy_((groups != 0).any(-1).sum())
        m.saturated[i - 1].copy_(saturated)

    def relearn(self, m: FirstMemories, k: Tensor, gain: Tensor, shift: Tensor, bases: Tensor) -> dict[str, Tensor]:
        """Step 9, first half: concept k (1,) changes Theta and clears its sums; returns X and G (n_l,) by name.

        Args:
            gain: 2^(rate_b + 8). shift: of X. bases: (L,) noise bases of Theta[0..L-1].
        """
        trace = {}
        for i in range(self.config.layers):
            old, above = m.h[i].index_select(0, k)[0], m.h[i + 1].index_select(0, k)[0]
            E, S, flags = (part[i].index_select(0, k)[0] for part in (m.E, m.S, m.flags))
            X, G = plasticity.apical_error(E, S, old, flags, shift)
            rounding = self.noise(self.Theta_noise[i], bases[i])
            m.Theta[i].copy_(plasticity.update(m.Theta[i], above, G, gain, rounding, self.config.weight_bits)[0])
            m.E[i].index_fill_(0, k, 0)
            m.S[i].index_fill_(0, k, 0)
            trace |= {f"X{i}": X, f"G{i}": G}
        return trace

    def recall(self, m: FirstMemories, k: Tensor) -> dict[str, Tensor]:
        """Step 4: the backward network recalls concept k (1,) and remembers its counts and flags. See `evoke`."""
        trace = self.evoke(m, k)
        for i in range(self.config.layers):
            V = trace[f"Vh{i}"]
            flags = (V >= 0).to(torch.int8) + 2 * (self.config.window_high > V).to(torch.int8)
            m.h[i].index_copy_(0, k, trace[f"rh{i}"][None])
            m.flags[i].index_copy_(0, k, flags[None])
        return trace
