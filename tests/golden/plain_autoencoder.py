"""docs/autoencoder.md once more, in numpy and plain integers, written apart from golden/, in the order of a streaming core.

Passes come layer by layer in rounds, again(n) as late as it may: behind up(n + 1). `Streaming` gets samples one at a time
and keeps what is under way; nothing of golden but the configuration's plain numbers.
"""

import math

import numpy as np

from tests.golden.plain import REV8, sat, step


class Streaming:
    """A core, from the state of a golden model.

    eager: whether again(n) opens round n + 1 at once, as an idle core may; else it follows up(n + 1).
    """

    def __init__(self, config, state, eager=False):
        self.c, self.eager = config, eager
        self.n, self.L, self.T = config.sizes, len(config.sizes) - 1, config.steps
        self.mem = {key: np.array(value, np.int64) for key, value in state.items()}
        self.decay, self.taken = 0, 0
        self.traces = {}  # of the samples whose values may still be asked for, by number
        self.due = {}  # (network, layer, number) -> update not yet written
        self.learned = {}  # number -> its number among learning samples, its decay
        self.early = {}  # (layer, number) -> what an update counted that again(number + 1) has written

    def sample(self, x, learn):
        """A sample; its record (recalled, code, squared error, counters)."""
        number, x = self.taken, np.array(x, np.int64)
        self.taken += 1
        so_far = np.array([(x * t + 8) >> 4 for t in range(self.T + 1)])
        self.traces[number] = {"r0": so_far[-1], "s0": np.diff(so_far, axis=0)}
        if learn:
            self.learned[number] = (int(self.mem["samples"]), self.decay)
            self.mem["samples"] = (self.mem["samples"] + 1) % 2**32
        return self.round(number, learn)

    def drawn(self, code):
        number, code = self.taken, np.array(code, np.int64)
        self.taken += 1
        pixels = code * 16 // self.T
        trains = np.array([(pixels * t + 8) >> 4 for t in range(self.T + 1)])
        self.traces[number] = {f"s{self.L}": np.diff(trains, axis=0), f"r{self.L}": code, "drawn": True}
        return self.round(number, False)

    def round(self, number, learn):
        trace, L = self.traces[number], self.L
        counters = np.zeros((L, 10), np.int64)
        for layer in range(1, L + 1):
            # Round `number` of W[layer]: the first pass over it writes what sample number - 2 has taught.
            counters[layer - 1, 1:3] = self.write("W", layer, number - 2)
            if "drawn" not in trace:
                self.fire(trace, "", layer, self.forward(trace[f"s{layer - 1}"], layer))
                counters[layer - 1, 0] = trace[f"s{layer - 1}"].any(0).sum()
                counters[layer - 1, 3] = trace[f"r{layer}"].sum()
            self.again(layer, number - 1)
            before = self.traces.get(number - 2, {})
            if f"r2_{layer}" in before:
                counters[layer - 1, 8:] = (before[f"rh{layer - 1}"] > 0).sum(), before[f"r2_{layer}"].sum()
        trace[f"sh{L}"], trace[f"rh{L}"] = trace[f"s{L}"], trace[f"r{L}"]
        for layer in range(L - 1, -1, -1):
            counters[layer, 5:7] = self.write("Theta", layer, number - 2)
            theta = self.mem[f"Theta{layer}"] >> (self.c.weight_bits - 8)
            self.fire(trace, "h", layer, trace[f"sh{layer + 1}"] @ theta)
            counters[layer, 4], counters[layer, 7] = trace[f"sh{layer + 1}"].any(0).sum(), trace[f"rh{layer}"].sum()
            if learn:
                self.teach_theta(layer, number)
        self.traces.pop(number - 2, None)
        if self.eager and learn:
            for layer in range(1, L + 1):
                self.begin_round(layer, number)
        error = 0 if "drawn" in trace else ((trace["r0"] - trace["rh0"]) ** 2).sum()
        return trace["rh0"], trace[f"r{L}"], error, counters

    def begin_round(self, layer, number):
        """again(number) before up(number + 1): it writes the update that the latter then need not; who counts it, knows."""
        self.early[layer, number - 1] = self.write("W", layer, number - 1)
        self.again(layer, number)

    def finish(self):
        for number in (self.taken - 2, self.taken - 1):
            for layer in range(1, self.L + 1):
                self.write("W", layer, number)
                self.again(layer, number + 1)
            for layer in range(self.L):
                self.write("Theta", layer, number)
        assert not self.due
        self.traces, self.early = {}, {}

    def forward(self, spikes, layer):
        scale = 0
        while 64 * 4**scale < self.n[layer - 1]:
            scale += 1
        return (spikes @ (self.mem[f"W{layer}"] >> (self.c.weight_bits - 8))) >> scale

    def fire(self, trace, mark, layer, v):
        u, s, after = np.full(self.n[layer], self.c.threshold // 2), [], []
        for now in v:
            total = sat(u - (u >> self.c.leak) + now, 16)
            s.append((total >= self.c.threshold).astype(np.int64))
            u = total - self.c.threshold * s[-1]
            after.append(u)
        names = [f"{name}{mark}{layer}" for name in "vsuVr"]
        trace |= dict(zip(names, (v, np.array(s), np.array(after), v.sum(0), np.sum(s, 0)), strict=True))

    def again(self, layer, number):
        """again(number) over W[layer], where it is a learning sample's and has not been yet."""
        trace = self.traces.get(number)
        if trace is None or number not in self.learned or f"r2_{layer}" in trace:
            return
        self.fire(trace, "2_", layer, self.forward(trace[f"sh{layer - 1}"], layer))
        low, high = self.c.window_low * self.T // 4, self.c.window_high * self.T // 4
        d, V = trace[f"r{layer}"] - trace[f"r2_{layer}"], trace[f"V2_{layer}"]
        g = sat(8 * d, 7) * (((low <= V) | (d > 0)) & ((high > V) | (d < 0)))
        trace |= {f"d{layer}": d, f"g{layer}": g}
        scale = max(0, math.ceil(math.log(self.n[layer - 1] / 64, 4)))
        own = (layer > 1 or self.L == 1) - 2 * (self.T == 8)
        rate = 7 + scale - math.ceil(math.log2(self.n[layer - 1])) + own + self.c.rate
        self.keep("W", layer, number, layer, trace[f"rh{layer - 1}"], g, rate)

    def teach_theta(self, layer, number):
        trace = self.traces[number]
        low, high = self.c.window_low * self.T // 4, self.c.window_high * self.T // 4
        d, V = trace[f"r{layer}"] - trace[f"rh{layer}"], trace[f"Vh{layer}"]
        g = sat(8 * d, 7) * (((low <= V) | (d > 0)) & ((high > V) | (d < 0)))
        trace |= {f"dh{layer}": d, f"gh{layer}": g}
        rate = 9 - math.ceil(math.log2(self.n[layer + 1])) - 2 * (self.T == 8) + self.c.theta_rate
        self.keep("Theta", layer, number, 32 + layer, trace[f"rh{layer + 1}"], g * self.c.learn_theta, rate)

    def keep(self, network, layer, number, stream, pre, g, rate):
        n, decay = self.learned[number]
        noise = 128
        if self.c.stochastic:
            byte = step(step(step(step(self.c.seed ^ (stream << 26)) ^ n))) & 255
            j, i = np.arange(len(pre))[:, None], np.arange(len(g))
            noise = byte ^ REV8[(j ^ (j >> 8)) & 255] ^ REV8[(5 * i) & 255]
        rate = max(-8, min(5, rate + decay + self.c.weight_bits - 16))
        self.due[network, layer, number] = (pre, g, rate, noise)

    def write(self, network, layer, number):
        """-> errors, saturations of sample number's update; none where it was not learned."""
        if network == "W" and (layer, number) in self.early:
            return self.early.pop((layer, number))
        if (network, layer, number) not in self.due:
            return 0, 0
        pre, g, rate, noise = self.due.pop((network, layer, number))
        weights = self.mem[f"{network}{layer}"]
        new = weights + ((np.outer(pre, g) * 2 ** (rate + 8) + noise) >> 8) * (pre > 0)[:, None]
        weights[:] = sat(new, self.c.weight_bits)
        return (g != 0).sum(), (weights != new).sum()
