"""docs/sequences.md once more, in numpy and plain integers, written apart from golden/: what tests compare it with."""

import numpy as np

from tests.golden.plain import Plain


class Foretelling(Plain):
    """A core, from the state of a golden model: `Plain`, and what is departed from it."""

    def __init__(self, config, state):
        super().__init__(config, state)
        self.own = np.zeros(self.n[1] if config.recurrent else 0, np.int64)
        if config.recurrent:
            self.rows[1] = self.n[0] + self.n[1]

    def element(self, x, y, learn, last):
        """-> prediction, voltages, counters (L rows) of an element; last: of its sequence."""
        pixels = np.array([min(15, 16 * int(count) // self.T) for count in self.own], np.int64)
        said = self.sample(np.concatenate([x, pixels]), y, learn)
        if self.c.recurrent:
            self.own = self.trace["r1"] * (not last)
        return said

    def finish(self):
        super().finish()
        self.own[:] = 0

    def perceive(self):
        super().perceive()
        n = self.n[0]
        self.trace["rl"] = self.trace["r0"][n:]
        self.trace["r0"], self.trace["s0"] = self.trace["r0"][:n], self.trace["s0"][:, :n]

    def rivals(self, y):
        return abs(np.arange(self.K) - y) > self.c.neighbours

    def pre(self, layer):
        return np.concatenate([self.trace["r0"], self.trace["rl"]]) if layer == 1 else super().pre(layer)
