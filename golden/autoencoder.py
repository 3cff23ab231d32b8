"""The bit-exact auto-encoder: golden twin of a core that learns to recall samples from its own code of them.

The contract is docs/autoencoder.md, in code in golden/recirculation.py.
"""

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from golden import noise
from golden.checks import array_of, checked_rows, checked_state
from golden.config import Config, ConfigError
from golden.errors import SampleError
from golden.fast import available, compiled_circulation
from golden.integer import BATCH, PATIENCE
from golden.recirculation import Circulation, Recirculation
from golden.records import Recalled

RECORD = ("recalled", "code", "squared_error", "counters")
"""Of a trace, what a record has."""


class Autoencoder:
    """A core's two networks, with initial weights from `config.seed`.

    Args:
        config: one of task autoencoder.
        fast: True runs the compiled rule from the first learning sample on, False never, None after 4,000 of them. Results
            are the same bit by bit.
        learn_w: False leaves W as it is, as no core can: for comparisons.

    Members:
        W, Theta: the weights (see `golden.weights.Weights`), without the update that is still to come: `finish` writes it.
        samples: learning samples seen, modulo 2^32.
        decay: shift added to both rates from the next sample on, -8..0.
    """

    def __init__(self, config: Config, fast: bool | None = None, learn_w: bool = True):
        if config.task != "autoencoder":
            raise ConfigError(f"task: found {config.task}; allowed is autoencoder")
        self.config, self.decay, self.samples, self.learn_w = config, 0, 0, learn_w
        self.rule, self.memories = Recirculation(config), Circulation(config)
        self.W, self.Theta = self.memories.W, self.memories.Theta
        self._patience = {True: 0, False: math.inf, None: PATIENCE}[fast]
        self._compiled = None
        self.memories.fill()

    def train(self, x, learn: bool = True) -> Recalled:
        """Takes samples one after another, in order, and learns from each before the next, as the chip does.

        Args:
            x: (B, n_0) pixels, whole numbers 0..15.
            learn: false for inference. A core with `config.learn` false does inference in any case.

        Raises:
            SampleError: a shape or a value that is not allowed.
        """
        x = self._rows("x", x, self.config.sizes[0], 15)
        if learn and self.config.learn:
            return self._records(x, self._learn)
        return self._records(x, lambda part: self.rule.observe(self.memories, part))

    def draw(self, code) -> Recalled:
        """What the backward network recalls of codes (B, n_L), counts 0..T, of no sample. Raises SampleError."""
        code = self._rows("code", code, self.config.sizes[-1], self.config.steps)
        return self._records(code, lambda part: self.rule.draw(self.memories, part))

    def agreement(self, x) -> np.ndarray:
        """(B, L) of layers 0..L-1: cosine of the counts that samples x (B, n_0) evoke on the way up and on the way down.

        0 where one is silent and 1 where both are. Nothing is learned, and what is pending stays. Raises SampleError.
        """
        twin, x = copy.deepcopy(self.memories), self._rows("x", x, self.config.sizes[0], 15)
        self.rule.write(twin)
        twin.forget_update()
        return np.concatenate([self._agreement(twin, part) for part in x.split(BATCH)])

    def _agreement(self, memories: Circulation, x: Tensor) -> np.ndarray:
        trace, found = self.rule.observe(memories, x), []
        for i in range(self.config.layers):
            r, rh = (trace[f"{name}{i}"].numpy().astype(np.float64) for name in ("r", "rh"))
            norms = np.linalg.norm(r, axis=1) * np.linalg.norm(rh, axis=1)
            both = ~r.any(1) & ~rh.any(1)
            found.append(np.where(both, 1, (r * rh).sum(1) / np.where(norms > 0, norms, 1)))
        return np.stack(found, 1)

    def trace(self, x, learn: bool = True) -> dict[str, np.ndarray]:
        """Every intermediate value of one sample x (n_0,) as the next `train` would compute it; the model stays as it is.

        Returns:
            arrays by the contract's names: r0, s0 (T, n), v1, s1, u1 (T, n), V1, r1 (n,), ...; sh2, vh1, sh1, uh1, Vh1, rh1,
            ...; recalled, code, squared_error, counters; where it learns v2_1, s2_1, u2_1, V2_1, r2_1, d1, g1, dh0, gh0,
            ...; and "after_" + key for what `state` would give afterwards.
        """
        twin = copy.deepcopy(self)
        x = array_of("x", x, SampleError, f"({self.config.sizes[0]},)")
        (x,) = self._rows("x", x[None], self.config.sizes[0], 15)
        if learn and self.config.learn:
            trace = twin.rule.sample(twin.memories, x, twin._gain(), twin._bases(1)[0])
            twin.samples = (twin.samples + 1) & 0xFFFFFFFF
        else:
            trace = twin.rule.observe(twin.memories, x)
        return {k: v.numpy().copy() for k, v in trace.items()} | {f"after_{k}": v for k, v in twin.state().items()}

    def finish(self) -> None:
        """Writes the updates that are still to come; no sample counts them."""
        self.rule.write(self.memories)
        self.memories.forget_update()

    def state(self) -> dict[str, np.ndarray]:
        """Copies of all it takes to go on bit-exactly, once what was pending is written: W1.., Theta0.., samples."""
        self.finish()
        arrays = {name: tensor.numpy().copy() for name, tensor in self.memories.tensors().items()}
        return arrays | {"samples": np.array(self.samples, np.int64)}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Takes over what `state` gave, from any mapping of arrays or nested lists.

        Raises:
            StateError: a missing or unknown key, a wrong shape or type, a value out of range. The model is then unchanged.
        """
        arrays = checked_state(state, self.memories.limits() | {"samples": ((), 0, 0xFFFFFFFF)})
        self.samples = int(arrays.pop("samples"))
        for key, tensor in self.memories.tensors().items():
            tensor.copy_(torch.from_numpy(arrays[key].astype(np.int64)))
        self.memories.forget_update()

    def _records(self, rows: Tensor, take: Callable[[Tensor], dict[str, Tensor]]) -> Recalled:
        # Two samples alone: updates are written or said there. Those behind them, where they learn, are taken one by one.
        n, L = self.config.sizes, self.config.layers
        if not len(rows):
            return Recalled(*(np.zeros((0, *rest), np.int32) for rest in ((n[0],), (n[L],), (), (L, 10))))
        parts = [take(part) for part in (rows[:1], rows[1:2], *rows[2:].split(BATCH)) if len(part)]
        return Recalled(*(torch.cat([part[name] for part in parts]).numpy() for name in RECORD))

    def _learn(self, x: Tensor) -> dict[str, Tensor]:
        if self._patience == 0 and self._compiled is None and available():
            self._compiled = compiled_circulation(self.config)
        sample = self._compiled or self.rule.sample
        gain, found = self._gain(), []
        for pixels, bases in zip(x.unbind(), self._bases(len(x)).unbind(), strict=True):
            trace = sample(self.memories, pixels, gain, bases)
            found.append([trace[name] for name in RECORD])
        self.samples = (self.samples + len(x)) & 0xFFFFFFFF
        self._patience = max(0, self._patience - len(x))
        return {name: torch.stack(values) for name, values in zip(RECORD, zip(*found, strict=True), strict=True)}

    def _gain(self) -> Tensor:
        """(2, L) of W[1..L] and Theta[0..L-1]; 0 where nothing is to be learned."""
        config, L = self.config, self.config.layers
        forward = [1 << (config.forward_rate(i + 1, self.decay) + 8) for i in range(L)]
        backward = [1 << (config.backward_rate(self.decay, i) + 8) for i in range(L)]
        return torch.tensor([forward if self.learn_w else [0] * L, backward], dtype=torch.int32, device="cpu")

    def _bases(self, count: int) -> Tensor:
        """Noise bases (count, 2, L) of the next samples."""
        L = self.config.layers
        streams = np.stack([1 + np.arange(L), noise.THETA + np.arange(L)])
        bases = noise.base(self.config.seed, streams, (self.samples + np.arange(count))[:, None, None])
        return torch.from_numpy(bases if self.config.stochastic else np.full_like(bases, noise.HALF_UP))

    def _rows(self, name: str, rows, width: int, high: int) -> Tensor:
        return torch.from_numpy(checked_rows(name, rows, width, high).astype(np.int32))
