"""docs/arithmetic.md once more, in plain Python integers and loops, written apart from golden/: what tests compare it with.

`Plain` takes samples one at a time and keeps every value of the last one in `trace`, by the contract's names. No torch, and
of golden only the configuration's plain numbers.
"""

import math

import numpy as np


def clip(a, low, high):
    return low if a < low else high if a > high else a


def sat(a, bits):
    return clip(a, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def rnd(a, s):
    return (a + 2 ** (s - 1)) // 2**s


def rsqrt(n):
    """(t, s), or (0, 0) for n = 0."""
    if n == 0:
        return 0, 0
    e = 0
    while n > 63:
        n //= 4
        e += 1
    while n < 16:
        n *= 4
        e -= 1
    t = 255 if n == 16 else min(255, math.floor(1024 / (n + 0.5) ** 0.5 + 0.5))
    return t, 10 + e


def xorshift32(z):
    z = (z ^ (z * 2**13)) % 2**32
    z = z ^ (z // 2**17)
    return (z ^ (z * 2**5)) % 2**32


def step(z):
    return xorshift32((z + 0x9E3779B9) % 2**32)


def rev8(byte):
    return sum(((byte >> bit) & 1) << (7 - bit) for bit in range(8))


def soma(currents, threshold, leak):
    """Currents of one neuron, one a step -> its spikes and membranes."""
    u, spikes, membranes = threshold // 2, [], []
    for v in currents:
        x = sat(u - (u >> leak) + v, 16)
        spikes.append(1 if x >= threshold else 0)
        u = x - threshold * spikes[-1]
        membranes.append(u)
    return spikes, membranes


class Plain:
    """A core, from the state of a golden model."""

    def __init__(self, config, state):
        self.c, self.L, self.K, self.T, self.n = config, len(config.sizes) - 1, config.sizes[-1], config.steps, config.sizes
        self.m = {key: np.asarray(value).tolist() for key, value in state.items()}
        self.m[f"h{self.L}"] = [[self.T if i == k else 0 for i in range(self.K)] for k in range(self.K)]
        self.pending = None  # the last sample's update: r by layer, g by layer, saturations by layer
        self.decay = 0

    def sample(self, x, y, learn):
        """-> prediction, voltages, counters (L rows)."""
        self.trace = {}
        self.perceive(x)
        counters = [self.count(layer, x) for layer in range(1, self.L + 1)]
        self.pending = None
        if learn:
            self.teach(y)
        V = self.trace[f"V{self.L}"]
        return max(range(self.K), key=lambda k: (V[k], -k)), V, counters

    def perceive(self, x):
        c, T = self.c, self.T
        self.trace["r0"] = [(p * T + 8) >> 4 for p in x]
        self.trace["s0"] = [[1 if (p * (t + 1) + 8) >> 4 > (p * t + 8) >> 4 else 0 for p in x] for t in range(T)]
        for layer in range(1, self.L + 1):
            scale, w8 = self.scale(layer), self.upper8(f"W{layer}")
            v = []
            for t in range(T):
                if layer == 1 and c.coding == "direct":
                    drive, shift = x, 4 + scale
                else:
                    drive, shift = self.trace[f"s{layer - 1}"][t], scale
                v.append([sum(w8[j][i] * drive[j] for j in range(len(drive))) >> shift for i in range(self.n[layer])])
            self.fire("", layer, v, "V", "r")

    def fire(self, hat, layer, v, V, r):
        pairs = [soma([row[i] for row in v], self.c.threshold, self.c.leak) for i in range(self.n[layer])]
        self.trace[f"v{hat}{layer}"] = v
        self.trace[f"s{hat}{layer}"] = [[spikes[t] for spikes, _ in pairs] for t in range(self.T)]
        self.trace[f"u{hat}{layer}"] = [[membranes[t] for _, membranes in pairs] for t in range(self.T)]
        self.trace[f"{V}{layer}"] = [sum(row[i] for row in v) for i in range(self.n[layer])]
        self.trace[f"{r}{layer}"] = [sum(spikes) for spikes, _ in pairs]

    def upper8(self, name):
        return [[w // 2 ** (self.c.weight_bits - 8) for w in row] for row in self.m[name]]

    def scale(self, layer):
        s = 0
        while self.n[layer - 1] > 64 * 4**s:
            s += 1
        return s

    def count(self, layer, x):
        """rows, updates, saturations, spikes: word by word, as the hardware walks them."""
        spikes = self.trace[f"s{layer - 1}"]
        lanes, size = self.c.lanes[layer], self.n[layer]
        rows = updates = 0
        for first in range(0, size, lanes):
            live = self.pending is not None and any(self.pending["g"][layer][first : first + lanes])
            for j in range(self.n[layer - 1]):
                direct = layer == 1 and self.c.coding == "direct"
                now = x[j] > 0 if direct else any(spikes[t][j] for t in range(self.T))
                last = live and self.pending["r"][layer - 1][j] > 0
                rows += now or last
                updates += last
        saturated = self.pending["saturated"][layer] if self.pending else 0
        return [rows, updates, saturated, sum(self.trace[f"r{layer}"])]

    def teach(self, y):
        c, m, L, K = self.c, self.m, self.L, self.K
        self.pending = {"r": [self.trace[f"r{i}"] for i in range(L + 1)], "g": {}, "saturated": {}}
        for layer in range(L + 1):
            r, h = self.trace[f"r{layer}"], m[f"h{layer}"]
            size = self.n[layer]
            N = sum(a * a for a in r)
            t_r, s_r = rsqrt(N)
            norms = [sum(a * a for a in row) for row in h]
            d = [sum(r[i] * h[k][i] for i in range(size)) for k in range(K)]
            C = []
            for k in range(K):
                t_k, s_k = rsqrt(norms[k])
                C.append(min(256, rnd(d[k] * t_r * t_k, s_r + s_k - 8)) if N and norms[k] else 0)
            a = self.coefficients(layer, y, C, norms)
            q = [sat(rnd(a[k] * rsqrt(norms[k])[0], rsqrt(norms[k])[1] - 4), 16) if norms[k] else 0 for k in range(K)]
            qr = sat(rnd((sum(a[k] * C[k] for k in range(K)) >> 8) * t_r, s_r - 4), 16) if N else 0
            for name, value in (("d", d), ("C", C), ("a", a), ("q", q), ("qr", qr)):
                self.trace[f"{name}{layer}"] = value
            if layer > 0:
                self.learn_forward(layer, q, qr, any(a))
            if layer < L and c.learn_theta and N:
                for k in range(K):
                    if a[k]:
                        t_k, s_k = rsqrt(norms[k])
                        b1 = sat(rnd(a[k] * t_r * t_k, s_r + s_k - 12), 16)
                        b2 = sat(rnd(rnd(a[k] * C[k] * t_k, 8) * t_k, 2 * s_k - 12), 16)
                        for i in range(size):
                            m[f"E{layer}"][k][i] = sat(m[f"E{layer}"][k][i] + b1 * r[i], 24)
                        m[f"S{layer}"][k] = sat(m[f"S{layer}"][k] + b2, 24)
        m["samples"] = (m["samples"] + 1) % 2**32
        m["position"] += 1
        if m["position"] == c.block:
            m["position"] = 0
            if c.learn_theta:
                for k in range(K):
                    self.learn_backward(k)
                    self.recall(k)

    def coefficients(self, layer, y, C, norms):
        c, a = self.c, [0] * self.K
        pull = 256 - C[y] if 256 - C[y] >= c.dead_zone else 0
        for k in range(self.K):
            if k == y or norms[k] == 0 or layer == 0:
                continue
            if c.loss == "reco" and not pull:
                continue
            if c.loss == "reco":
                a[k] = -((max(0, C[k] - c.margin) * c.lambda8) // 8)
            else:
                shift = max(0, C[y] - C[k] - c.reach) // 8
                a[k] = -(32 // 2**shift) if shift <= 5 else 0
        if norms[y]:
            a[y] = pull if c.loss == "reco" or layer == 0 else min(256, -sum(a))
        return a

    def noise(self, stream, n, c):
        """A function (j, i) -> 0..255."""
        if not self.c.stochastic:
            return lambda j, i: 128
        z = step(step(step(step(self.c.seed ^ (stream * 2**26)) ^ n) ^ c))
        return lambda j, i: (z % 256) ^ rev8((j ^ (j // 256)) % 256) ^ rev8(5 * i % 256)

    def learn_forward(self, layer, q, qr, taught):
        c, W, h, top = self.c, self.m[f"W{layer}"], self.m[f"h{layer}"], layer == self.L
        r, V, pre = self.trace[f"r{layer}"], self.trace[f"V{layer}"], self.trace[f"r{layer - 1}"]
        e = [sum(q[k] * h[k][i] for k in range(self.K)) - qr * r[i] for i in range(self.n[layer])]
        g = []
        for i, value in enumerate(e):
            hidden = V[i] >= c.window_low and (V[i] < c.window_high or value < 0)
            is_open = not (V[i] < 0 and value < 0) if top else hidden
            g.append(sat(rnd(value, 4 if top else 3), 7) if is_open else 0)
        self.trace[f"e{layer}"], self.trace[f"g{layer}"] = e, g
        fan_in = math.ceil(math.log2(self.n[layer - 1]))
        rate = clip(8 + self.scale(layer) - fan_in + c.rate + self.decay + c.weight_bits - 16, -8, 5)
        saturated = self.outer(W, pre, g, rate, self.noise(layer, self.m["samples"], 0)) if taught else 0
        self.pending["g"][layer], self.pending["saturated"][layer] = g, saturated

    def outer(self, weights, pre, post, rate, noise):
        saturated = 0
        for j, row in enumerate(weights):
            if pre[j] > 0:
                for i in range(len(row)):
                    total = row[i] + ((post[i] * pre[j] * 2 ** (rate + 8) + noise(j, i)) // 256)
                    row[i] = sat(total, self.c.weight_bits)
                    saturated += row[i] != total
        return saturated

    def learn_backward(self, k):
        c, m = self.c, self.m
        # Of this concept's old counts: an update must not see what the recall below makes of them.
        old = [list(m[f"h{layer}"][k]) for layer in range(self.L + 1)]
        for layer in range(self.L):
            E, S, flags = m[f"E{layer}"][k], m[f"S{layer}"][k], m[f"flags{layer}"][k]
            X, G = [], []
            for i in range(self.n[layer]):
                X.append(E[i] - S * old[layer][i])
                is_open = (flags[i] % 2 == 1 or X[i] > 0) and (flags[i] // 2 == 1 or X[i] < 0)
                G.append(sat(X[i] >> (6 + max(0, int(math.log2(c.block)) - 4)), 16) if is_open else 0)
            self.trace.setdefault(f"X{layer}", []).append(X)
            self.trace.setdefault(f"G{layer}", []).append(G)
            m[f"E{layer}"][k], m[f"S{layer}"][k] = [0] * self.n[layer], 0
            rate = clip(c.theta_rate + self.decay + c.weight_bits - 16, -8, 5)
            self.outer(m[f"Theta{layer}"], old[layer + 1], G, rate, self.noise(32 + layer, m["samples"], k))

    def recall(self, k):
        trace, self.trace = self.trace, {}
        above = [[1 if i == k else 0 for i in range(self.K)] for _ in range(self.T)]
        for layer in range(self.L - 1, -1, -1):
            w8 = self.upper8(f"Theta{layer}")
            v = [[sum(w8[j][i] for j, s in enumerate(row) if s) for i in range(self.n[layer])] for row in above]
            self.fire("h", layer, v, "Vh", "rh")
            above = self.trace[f"sh{layer}"]
            self.m[f"h{layer}"][k] = self.trace[f"rh{layer}"]
            high = self.c.window_high
            flags = [(1 if V >= 0 else 0) + (2 if high > V else 0) for V in self.trace[f"Vh{layer}"]]
            self.m[f"flags{layer}"][k] = flags
        for name, value in self.trace.items():
            trace.setdefault(name, []).append(value)
        self.trace = trace
