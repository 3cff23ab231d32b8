"""The auto-encoder's rule on all layers, in integer torch tensors: two networks that learn from each other's counts.

docs/autoencoder.md is the contract. A sample goes up through W, its code down through Theta, and what each layer recalls up
once more, by one layer: recirculation (Hinton & McClelland 1988), spiking and layer by layer.
"""

import torch
from torch import Tensor

from golden import plasticity
from golden.config import Config
from golden.fixed import product, sat
from golden.networks import Networks
from golden.neuron import soma, stimulus_spikes
from golden.weights import Update, Weights, zeros


class Circulation(Weights):
    """What an auto-encoder remembers. One update of each network is pending: that of the last sample.

    Members:
        W_due: of W[1..L]; Theta_due: of Theta[0..L-1].
        again: (L, 2) rows and spikes of the last sample's third pass.
        counted: (L, 6) of the sample before: errors and saturations of its update of W, of Theta, and its `again`. The next
            sample's result says them.
    """

    def __init__(self, config: Config):
        super().__init__(config)
        n, L = config.sizes, config.layers
        # Plain tensors of the processor, which may change in place wherever they are used.
        with torch.inference_mode(False), torch.device("cpu"):
            self.W_due, self.Theta_due = Update(n[:-1], n[1:]), Update(n[1:], n[:-1])
            self.again, self.counted = zeros(L, 2), zeros(L, 6)

    def keep_update(self, other: "Circulation") -> None:
        """What is pending in the other, or left to be said of an update, is so here."""
        self.W_due.become(other.W_due)
        self.Theta_due.become(other.Theta_due)
        self.again.copy_(other.again)
        self.counted.copy_(other.counted)

    def forget_update(self) -> None:
        """Nothing is pending, and nothing is left to be said of an update."""
        self.W_due.clear()
        self.Theta_due.clear()
        self.again.zero_()
        self.counted.zero_()


class Recirculation(Networks):
    """docs/autoencoder.md for one configuration. A trace is a dict of tensors by the contract's names."""

    def sample(self, m: Circulation, x: Tensor, gain: Tensor, bases: Tensor) -> dict[str, Tensor]:
        """A learning sample x (n_0,): perceived, recalled, counted, and taught.

        Args:
            gain: (2, L) 2^(rate + 8) of W[1..L] and of Theta[0..L-1]. bases: (2, L) their noise bases.
        """
        trace = self.observe(m, x)
        trace |= self.again(m, trace)
        self.teach(m, gain, bases, trace)
        return trace

    def observe(self, m: Circulation, x: Tensor) -> dict[str, Tensor]:
        """Samples x (..., n_0) go up and down; then the weights take what is pending: the sample's third pass sees it.

        More than one sample at once: where nothing is pending or left to be said.
        """
        seen = self.perceive(m.W, x)
        return seen | self.recall(m, seen[f"s{self.config.layers}"], seen)

    def draw(self, m: Circulation, code: Tensor) -> dict[str, Tensor]:
        """Codes (..., n_L), counts 0..T, go down, as if the last layer had spiked so; nothing goes up."""
        steps = self.config.steps
        return self.recall(m, stimulus_spikes(code * (16 // steps), steps), None)

    def recall(self, m: Circulation, spikes: Tensor, seen: dict[str, Tensor] | None) -> dict[str, Tensor]:
        """What the last layer's spikes (..., T, n_L) evoke, and the record; then the weights take what is pending.

        Args:
            seen: the trace of the way up; None: there was none.

        Returns:
            the trace of the way down; recalled (..., n_0), code (..., n_L), squared_error (...), counters (..., L, 10).
        """
        trace = self.descend(m.Theta, spikes) | {f"rh{self.config.layers}": spikes.sum(-2, dtype=torch.int32)}
        recalled = trace["rh0"]
        counters = [self.counters(i, trace, m.counted[i], seen) for i in range(self.config.layers)]
        m.counted.copy_(self.write(m))
        error = seen["r0"] - recalled if seen else torch.zeros_like(recalled)
        record = {"recalled": recalled, "code": trace[f"rh{self.config.layers}"]}
        record["squared_error"] = (error * error).sum(-1, dtype=torch.int32)
        return trace | record | {"counters": torch.stack(counters, -2)}

    def counters(self, i: int, trace: dict[str, Tensor], counted: Tensor, seen: dict[str, Tensor] | None) -> Tensor:
        """Those of place i (..., 10), in the order of `golden.records.RECALLED_COUNTERS`."""
        above, below = (trace[f"sh{i + 1}"].sum(-2) > 0).sum(-1), trace[f"rh{i}"].sum(-1)
        rows = (seen[f"s{i}"].sum(-2) > 0).sum(-1) if seen else torch.zeros_like(above)
        spikes = seen[f"r{i + 1}"].sum(-1) if seen else torch.zeros_like(below)
        said = [part.expand(above.shape) for part in counted.unbind()]
        return torch.stack([rows, *said[:2], spikes, above, *said[2:4], below, *said[4:]], -1).to(torch.int32)

    def write(self, m: Circulation) -> Tensor:
        """Both networks take what is pending. Returns what `Circulation.counted` says of it."""
        counted = []
        for i in range(self.config.layers):
            forward = self.write_one(m.W[i + 1], self.W_noise[i + 1], m.W_due, i)
            backward = self.write_one(m.Theta[i], self.Theta_noise[i], m.Theta_due, i)
            counted.append(torch.stack([*forward, *backward, *m.again[i].unbind()]))
        m.again.zero_()
        return torch.stack(counted)

    def write_one(self, weights: Tensor, pattern: tuple[Tensor, Tensor], due: Update, i: int) -> tuple[Tensor, Tensor]:
        """A memory takes what is pending at place i; returns errors, and synapses that saturated."""
        rounding, errors = self.noise(pattern, due.bases[i]), (due.g[i] != 0).sum(dtype=torch.int32)
        new, saturated = plasticity.update(weights, due.pre[i], due.g[i], due.gain[i], rounding, self.config.weight_bits)
        weights.copy_(new)
        due.g[i].zero_()
        return errors, saturated

    def again(self, m: Circulation, trace: dict[str, Tensor]) -> dict[str, Tensor]:
        """Each layer sees what the one below has recalled; v2_, s2_, u2_ (T, n_l) and V2_, r2_ (n_l,) by name, l = 1..L."""
        config, seen = self.config, {}
        for i in range(1, config.layers + 1):
            v = product(trace[f"sh{i - 1}"], m.W[i] >> config.weight_shift) >> config.scale(i)
            s, u = soma(v, config.threshold, config.leak)
            V, r = v.sum(-2, dtype=torch.int32), s.sum(-2, dtype=torch.int32)
            seen |= {f"v2_{i}": v, f"s2_{i}": s, f"u2_{i}": u, f"V2_{i}": V, f"r2_{i}": r}
            m.again[i - 1].copy_(torch.stack([(trace[f"rh{i - 1}"] > 0).sum(), r.sum()]).to(torch.int32))
        return seen

    def teach(self, m: Circulation, gain: Tensor, bases: Tensor, trace: dict[str, Tensor]) -> None:
        """Leaves the sample's updates of both networks; adds d, g of W[1..L] and dh, gh of Theta[0..L-1] to the trace."""
        config = self.config
        for due, part in ((m.W_due, 0), (m.Theta_due, 1)):
            due.gain.copy_(gain[part])
            due.bases.copy_(bases[part])
        for i in range(1, config.layers + 1):
            d = trace[f"r{i}"] - trace[f"r2_{i}"]
            trace |= {f"d{i}": d, f"g{i}": difference(d, trace[f"V2_{i}"], config.window)}
            m.W_due.pre[i - 1].copy_(trace[f"rh{i - 1}"])
            m.W_due.g[i - 1].copy_(trace[f"g{i}"])
        for i in range(config.layers):
            d = trace[f"r{i}"] - trace[f"rh{i}"]
            trace |= {f"dh{i}": d, f"gh{i}": difference(d, trace[f"Vh{i}"], config.window)}
            m.Theta_due.pre[i].copy_(trace[f"rh{i + 1}"])
            if config.learn_theta:
                m.Theta_due.g[i].copy_(trace[f"gh{i}"])


def difference(d: Tensor, V: Tensor, window: tuple[int, int]) -> Tensor:
    """g (n,) of a difference d of counts: below the window (low, high) of voltages V it may only rise, above only fall."""
    low, high = window
    return torch.where(((low <= V) | (d > 0)) & ((high > V) | (d < 0)), sat(8 * d, 7), 0)
