"""The rule on all layers: learning and its counters on a core's memories, in integer torch tensors.

docs/arithmetic.md is the contract, perception and recall are in `networks`, the functions of one layer in `neuron` and
`plasticity`. What a core remembers is in `memories`.
"""

import torch
from torch import Tensor

from golden import plasticity
from golden.config import Config
from golden.fixed import rnd, sat
from golden.memories import TEMPLATE, Memories
from golden.networks import Networks


class Rule(Networks):
    """docs/arithmetic.md for one configuration. A trace is a dict of tensors by the contract's names."""

    def __init__(self, config: Config):
        super().__init__(config)
        self.log2_steps = config.steps.bit_length() - 1

    def sample(self, m: Memories, x: Tensor, y: Tensor, gain: Tensor, bases: Tensor) -> dict[str, Tensor]:
        """A learning sample x (n_0,) with label y (0-d): perceived, counted, taught (see `observe` and `teach`)."""
        trace = self.observe(m, x)
        self.teach(m, y, gain, bases, trace)
        return trace

    def concept(self, m: Memories, k: Tensor, gain: Tensor, shift: Tensor, bases: Tensor) -> dict[str, Tensor]:
        """Step 9: concept k (1,) at a block's end. See `relearn` and `recall`."""
        return self.relearn(m, k, gain, shift, bases) | self.recall(m, k)

    def observe(self, m: Memories, x: Tensor) -> dict[str, Tensor]:
        """Step 7, last line, then 2, 3 and 10: samples x (..., n_0) are perceived and counted, once W has what was due.

        The update of the sample before is then due. More than one sample at once: where nothing is pending.
        """
        L = self.config.layers
        errors = [(m.due.g[i] != 0).sum() for i in range(L)]
        saturations = self.write(m)
        trace = self.perceive(m.W, x)
        counters = []
        for i in range(1, L + 1):
            rows, spikes = self.active(i, x, trace).sum(-1), trace[f"r{i}"].sum(-1)
            counted = (part[i - 1].expand(rows.shape) for part in (errors, saturations))
            counters.append(torch.stack([rows, *counted, spikes], -1))
        m.due.become(m.next)
        m.next.clear()
        return trace | {"voltages": trace[f"V{L}"], "counters": torch.stack(counters, -2).to(torch.int32)}

    def finish(self, m: Memories) -> None:
        """Writes what is pending, the older update first; no sample counts it."""
        for _ in range(2):
            self.write(m)
            m.due.become(m.next)
            m.next.clear()

    def write(self, m: Memories) -> list[Tensor]:
        """Step 7, last line: W takes the update that is due; returns the synapses of W[1..L] that saturated."""
        saturations = []
        for i in range(1, self.config.layers + 1):
            update, rounding = m.due, self.noise(self.W_noise[i], m.due.bases[i - 1])
            new, saturated = plasticity.update(
                m.W[i], update.pre[i - 1], update.g[i - 1], update.gain[i - 1], rounding, self.config.weight_bits
            )
            m.W[i].copy_(new)
            saturations.append(saturated)
        return saturations

    def teach(self, m: Memories, y: Tensor, gain: Tensor, bases: Tensor, trace: dict[str, Tensor]) -> None:
        """Steps 6 to 8: a perceived sample with label y (0-d) changes E, S and leaves its update of W. Adds to trace.

        Args:
            gain: (L,) 2^(rate + 8) of W[1..L]. bases: (L,) noise bases of W[1..L].
        """
        m.next.gain.copy_(gain)
        m.next.bases.copy_(bases)
        for i in range(self.config.lowest, self.config.layers + 1):
            self.teach_layer(i, m, y, trace)

    def teach_layer(self, i: int, m: Memories, y: Tensor, trace: dict[str, Tensor]) -> None:
        """`teach` for layer i: any order of the layers, or all at once, gives the same."""
        config, top = self.config, i == self.config.layers
        r, template = trace[f"r{i}"], m.m[i]
        norms = self.inverse_norm(r), self.inverse_norm(template)
        signal = plasticity.affinity(r, template, y, *norms, config.dead_zone_of(i), i == 0, config.neighbours)
        b1, b2 = signal.pop("b1"), signal.pop("b2")
        trace |= {f"m{i}": template.clone()} | {f"{name}{i}": value for name, value in signal.items()}
        if not top and config.learn_theta:
            trace |= {f"b1_{i}": b1, f"b2_{i}": b2}
            m.E[i].copy_(sat(m.E[i] + b1[:, None] * r, 24))
            m.S[i].copy_(sat(m.S[i] + b2, 24))
        if i > 0:
            e, g = plasticity.error(signal["q"], signal["qr"], template, r, trace[f"V{i}"], config.window, top)
            trace |= {f"e{i}": e, f"g{i}": g}
            m.next.pre[i - 1].copy_(self.pre(i, trace))
            m.next.g[i - 1].copy_(g)

    def relearn(self, m: Memories, k: Tensor, gain: Tensor, shift: Tensor, bases: Tensor) -> dict[str, Tensor]:
        """Step 9, first half: concept k (1,) changes Theta and clears its sums; returns X and G (n_l,) by name.

        Args:
            gain: 2^(rate_b + 8). shift: of X. bases: (L,) noise bases of Theta[0..L-1].
        """
        trace = {}
        for i in self.below:
            above = m.h[i + 1].index_select(0, k)[0]
            E, S, template = (part[i].index_select(0, k)[0] for part in (m.E, m.S, m.m))
            X, G = plasticity.apical_error(E, S, template, shift, 0 if i else self.config.steps)
            rounding = self.noise(self.Theta_noise[i], bases[i])
            m.Theta[i].copy_(plasticity.update(m.Theta[i], above, G, gain, rounding, self.config.weight_bits)[0])
            m.E[i].index_fill_(0, k, 0)
            m.S[i].index_fill_(0, k, 0)
            trace |= {f"X{i}": X, f"G{i}": G}
        return trace

    def recall(self, m: Memories, k: Tensor) -> dict[str, Tensor]:
        """Step 4: the backward network recalls concept k (1,), and remembers counts and templates. See `evoke`."""
        trace = self.evoke(m, k)
        for i in self.below:
            if m.h[i] is not None:
                m.h[i].index_copy_(0, k, trace[f"rh{i}"][None])
        for i in range(1, self.config.layers):
            template = rnd(trace[f"Vh{i}"], 2 + self.log2_steps).clamp(-TEMPLATE, TEMPLATE)
            m.m[i].index_copy_(0, k, template[None])
        return trace
