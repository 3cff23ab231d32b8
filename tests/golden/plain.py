"""docs/arithmetic.md once more, in numpy and plain integers, written apart from golden/: what tests compare it with.

`Plain` takes samples one at a time and keeps every value of the last one in `trace`, by the contract's names. No torch, and
of golden only the configuration's plain numbers.
"""

import math

import numpy as np


def sat(a, bits):
    return np.clip(a, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def rnd(a, s):
    """Exact for any size of integers, one by one."""
    return np.array([(int(v) + 2 ** (int(t) - 1)) // 2 ** int(t) for v, t in np.broadcast(a, s)]).reshape(np.shape(a))


def rsqrt(N):
    """(t, s); t is 0 for N = 0."""
    if N == 0:
        return 0, 8
    e = 0
    while not 16 <= N < 64:
        N, e = (N // 4, e + 1) if N >= 64 else (4 * N, e - 1)
    return (255 if N == 16 else round(1024 / math.sqrt(N + 0.5))), 10 + e


def step(z):
    z = (z + 0x9E3779B9) % 2**32
    z ^= z << 13 & 0xFFFFFFFF
    z ^= z >> 17
    return z ^ z << 5 & 0xFFFFFFFF


REV8 = np.array([int(f"{byte:08b}"[::-1], 2) for byte in range(256)])


class Plain:
    """A core, from the state of a golden model."""

    def __init__(self, config, state):
        c = self.c = config
        self.n, self.L, self.K, self.T = c.sizes, len(c.sizes) - 1, c.sizes[-1], c.steps
        self.lg = int(math.log2(self.T))
        self.mem = {key: np.array(value, np.int64) for key, value in state.items()}
        self.rows = [None, *self.n[:-1]]  # of W
        self.code = self.T * np.eye(self.K, dtype=np.int64)
        self.taken, self.pending, self.decay = 0, {}, 0

    def template(self, layer):
        if layer == self.L:
            return self.code
        return self.mem[f"m{layer}" if layer else "h0"]

    def counts(self, layer):
        return self.code if layer == self.L else self.mem[f"h{layer}"]

    def sample(self, x, y, learn):
        """-> prediction, voltages, counters (L rows)."""
        self.trace, self.x = {}, np.array(x, np.int64)
        due = self.pending.pop(self.taken - 2, None)
        saturations = self.write(due) if due else [0] * self.L
        self.perceive()
        counters = []
        for layer in range(1, self.L + 1):
            direct = layer == 1 and self.c.coding == "direct"
            rows = (self.x > 0).sum() if direct else self.trace[f"s{layer - 1}"].any(0).sum()
            errors = (due[layer]["g"] != 0).sum() if due else 0
            counters.append([rows, errors, saturations[layer - 1], self.trace[f"r{layer}"].sum()])
        if learn:
            self.teach(y)
        self.taken += 1
        V = self.trace[f"V{self.L}"]
        return int(V.argmax()), V, counters

    def finish(self):
        for sample in sorted(self.pending):
            self.write(self.pending[sample])
        self.pending = {}

    def rivals(self, y):
        return np.arange(self.K) != y

    def pre(self, layer):
        return self.trace[f"r{layer - 1}"]

    def perceive(self):
        c, x, trace, T = self.c, self.x, self.trace, self.T
        so_far = np.array([(x * t + 8) >> 4 for t in range(T + 1)])
        trace["r0"], trace["s0"] = so_far[T], np.diff(so_far, axis=0)
        for layer in range(1, self.L + 1):
            w8, scale = self.mem[f"W{layer}"] >> (c.weight_bits - 8), 0
            while 64 * 4**scale < self.rows[layer]:
                scale += 1
            if layer == 1 and c.coding == "direct":
                v = np.array([(x @ w8) >> (4 + scale)] * T)
            else:
                v = (trace[f"s{layer - 1}"] @ w8) >> scale
            self.fire("", layer, v)

    def fire(self, hat, layer, v):
        u, s, after = np.full(self.n[layer], self.c.threshold // 2), [], []
        for now in v:
            total = sat(u - (u >> self.c.leak) + now, 16)
            s.append((total >= self.c.threshold).astype(np.int64))
            u = total - self.c.threshold * s[-1]
            after.append(u)
        names = [f"{name}{layer}" for name in (f"v{hat}", f"s{hat}", f"u{hat}", f"V{hat}", f"r{hat}")]
        self.trace |= dict(zip(names, (v, np.array(s), np.array(after), v.sum(0), np.sum(s, 0)), strict=True))

    def teach(self, y):
        c, L, K, trace = self.c, self.L, self.K, self.trace
        self.pending[self.taken] = {}
        for layer in range(L + 1):
            r, m, hidden = trace[f"r{layer}"], self.template(layer), 0 < layer < L
            t_r, s_r = rsqrt(int(r @ r))
            t, s = np.array([rsqrt(int(row @ row)) for row in m]).T
            d = m @ r
            C = np.clip(rnd(d * t_r * t, s_r + s - 8), -256, 256)
            p = 256 - C[y]
            a = np.zeros(K, np.int64)
            if p >= c.dead_zone + 64 * hidden:
                a = np.where(np.arange(K) == y, p, -np.maximum(0, C) * self.rivals(y) if layer else 0) * (t > 0)
            q = sat(rnd(a * t, s - 7), 16)
            qr = sat(rnd((int(a @ C) >> 8) * t_r, s_r - 7), 16)
            names = ("m", "d", "C", "a", "q", "qr")
            trace |= {f"{name}{layer}": v for name, v in zip(names, (m.copy(), d, C, a, q, qr), strict=True)}
            if layer:
                self.error(layer, q, qr, m, r)
            if layer < L and c.learn_theta:
                b1 = sat(rnd(a * t_r * t, s_r + s - 15), 16)
                b2 = sat(rnd(rnd(a * C * t, 8) * t, 2 * s - 15), 16)
                E, S = self.mem[f"E{layer}"], self.mem[f"S{layer}"]
                E[:], S[:] = sat(E + np.outer(b1, r), 24), sat(S + b2, 24)
                trace |= {f"b1_{layer}": b1, f"b2_{layer}": b2}
        self.mem["samples"] = (self.mem["samples"] + 1) % 2**32
        ends = self.mem["position"] + 1 >= c.block
        self.mem["position"] = 0 if ends else self.mem["position"] + 1
        if c.learn_theta and ends:
            for k in range(K):
                self.learn_backward(k)
                self.recall(k)

    def error(self, layer, q, qr, m, r):
        c, V, top = self.c, self.trace[f"V{layer}"], layer == self.L
        e = q @ m - qr * r
        low, high = (c.window_low * self.T) // 4, (c.window_high * self.T) // 4
        is_open = ~((V < 0) & (e < 0)) if top else (low <= V) & ((high > V) | (e < 0))
        g = sat(rnd(e, 7 if top else 6), 7) * is_open
        self.trace |= {f"e{layer}": e, f"g{layer}": g}
        scale = max(0, math.ceil(math.log(self.rows[layer] / 64, 4)))
        rate = 8 + scale - math.ceil(math.log2(self.rows[layer])) + (layer > 1) - 2 * (self.lg - 2)
        rate = max(-8, min(5, rate + c.rate + self.decay + c.weight_bits - 16))
        noise = self.noise(layer, self.rows[layer], self.n[layer], int(self.mem["samples"]), 0)
        pre = self.pre(layer)
        self.pending[self.taken][layer] = {"pre": pre, "g": g, "rate": rate, "noise": noise}

    def noise(self, stream, pre, post, n, c):
        if not self.c.stochastic:
            return 128
        byte = step(step(step(step(self.c.seed ^ (stream << 26)) ^ n) ^ c)) & 255
        j, i = np.arange(pre)[:, None], np.arange(post)
        return byte ^ REV8[(j ^ (j >> 8)) & 255] ^ REV8[(5 * i) & 255]

    def write(self, update):
        """-> synapses of each layer that saturated."""
        return [self.outer(f"W{i}", u["pre"], u["g"], u["rate"], u["noise"]) for i, u in update.items()]

    def outer(self, name, pre, post, rate, noise):
        weights = self.mem[name]
        new = weights + ((np.outer(pre, post) * 2 ** (rate + 8) + noise) >> 8) * (pre > 0)[:, None]
        weights[:] = sat(new, self.c.weight_bits)
        return int((weights != new).sum())

    def learn_backward(self, k):
        c, mem = self.c, self.mem
        above = [self.counts(layer)[k].copy() for layer in range(self.L + 1)]  # before the recall below
        for layer in range(self.L):
            m, E, S = self.template(layer)[k], mem[f"E{layer}"], mem[f"S{layer}"]
            X = E[k] - S[k] * m
            G = sat(rnd(X, 6 + max(0, int(math.log2(c.block)) - 4)), 16)
            if layer == 0:
                G = G * ((m > 0) | (X > 0)) * ((m < self.T) | (X < 0))
            E[k], S[k] = 0, 0
            for key, value in (("X", X), ("G", G)):
                self.trace.setdefault(f"{key}{layer}", []).append(value)
            rate = max(-8, min(5, 2 + c.theta_rate + self.decay + c.weight_bits - 16))
            noise = self.noise(32 + layer, self.n[layer + 1], self.n[layer], int(mem["samples"]), k)
            self.outer(f"Theta{layer}", above[layer + 1], G, rate, noise)

    def recall(self, k):
        trace, self.trace = self.trace, {}
        spikes = np.array([np.arange(self.K) == k] * self.T).astype(np.int64)
        for layer in range(self.L - 1, -1, -1):
            self.fire("h", layer, spikes @ (self.mem[f"Theta{layer}"] >> (self.c.weight_bits - 8)))
            spikes = self.trace[f"sh{layer}"]
            self.mem[f"h{layer}"][k] = self.trace[f"rh{layer}"]
            if layer:
                self.mem[f"m{layer}"][k] = np.clip(rnd(self.trace[f"Vh{layer}"], 2 + self.lg), -31, 31)
        for name, value in self.trace.items():
            trace.setdefault(name, []).append(value)
        self.trace = trace
