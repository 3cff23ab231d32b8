"""The bit-exact model: one core's golden twin, with the same memories, records and order of events.

Paper: "Bidirectional Spike-based Distillation", arXiv 2509.20284. The rule is docs/arithmetic.md, in code in
golden/rule.py.
"""

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from golden import noise
from golden.checks import array_of, checked_range, checked_rows, checked_state, one_label_a_sample
from golden.config import Config, ConfigError
from golden.errors import SampleError
from golden.fast import available, compiled
from golden.memories import Memories
from golden.records import Records
from golden.rule import Rule

PATIENCE = 4000
"""Learning samples a model takes before its rule is compiled: compiling takes as long as these do."""
MOST_POSITION = 4095
"""Learning samples that any block has seen before its last."""
BATCH = 256
"""Inference samples walked at once: without learning they do not depend on each other."""


class IntegerModel:
    """A core's two networks and concept memory, with initial weights from `config.seed` and all concepts recalled.

    Args:
        config: the core.
        fast: True runs the compiled rule from the first learning sample on, False never, None after 4,000 of them. Results
            are the same bit by bit. Call `torch.set_num_threads(1)` where several models train side by side.

    Members:
        W, Theta, h, E, S: the memories (see `golden.memories.Memories`); change them in place only. W is
            without the updates that are still to come: `finish` writes them.
        samples: learning samples seen, modulo 2^32. position: those seen in this block, 0..block-1; more
            where the block was made shorter within: the next sample ends it.
        decay: shift added to both rates from the next sample on, -8..0.
    """

    TASK = "recognition"

    def __init__(self, config: Config, fast: bool | None = None):
        if config.task != self.TASK:
            raise ConfigError(f"task: found {config.task}; allowed is {self.TASK}")
        self.config, self.decay, self.samples, self.position = config, 0, 0, 0
        self.rule, self.memories = self._parts()
        self.W, self.Theta, self.h = self.memories.W, self.memories.Theta, self.memories.h
        self.E, self.S = self.memories.E, self.memories.S
        self._patience = {True: 0, False: math.inf, None: PATIENCE}[fast]
        self._compiled = None
        self.memories.fill()
        self.recall()

    def recall(self) -> None:
        """Recalls all concepts through the backward network as it is. Theta and its sums stay."""
        for k in torch.from_numpy(np.arange(self.config.classes)).split(1):
            self.rule.recall(self.memories, k)

    def train(self, x, y, learn: bool = True) -> Records:
        """Takes samples one after another, in order, and learns from each before the next, as the chip does.

        Args:
            x: (B, n_0) pixels, whole numbers 0..15.
            y: (B,) labels 0..K-1; of no effect where learn is false.
            learn: false for inference. A core with `config.learn` false does inference in any case.

        Raises:
            SampleError: a shape or a value that is not allowed.
        """
        x, y = self._samples(x, y)
        if not len(x):
            L, K = self.config.layers, self.config.classes
            return Records(np.zeros(0, np.int64), np.zeros((0, K), np.int32), np.zeros((0, L, 4), np.int32))
        if learn and self.config.learn:
            voltages, counters = self._learn(x, y)
        else:
            # The first two alone: updates may ride on them. A batch is walked at once: its samples change nothing.
            parts = [part for part in (x[:1], x[1:2], *x[2:].split(BATCH)) if len(part)]
            voltages, counters = zip(*(self._infer(part) for part in parts), strict=True)
            voltages, counters = torch.cat(voltages), torch.cat(counters)
        # numpy's argmax takes the lowest index on a tie.
        return Records(voltages.numpy().argmax(1), voltages.numpy(), counters.numpy())

    def trace(self, x, y=None) -> dict[str, np.ndarray]:
        """Every intermediate value of one sample as the next `train` would compute it; the model stays as it is.

        Args:
            x: (n_0,) pixels. y: its label; None for inference.

        Returns:
            arrays by the contract's names: r0, s0 (T, n), v1, s1, u1 (T, n), V1, r1 (n,), ...; "counters", "voltages";
            with a label (m0 (K, n),) d0, C0, a0, q0, qr0, b1_0, b2_0, ..., e1, g1, ...; where it ends a block X0, G0
            (K, n), ... and the recall's vh0, sh0, uh0 (K, T, n), Vh0, rh0 (K, n), ...; and "after_" + key for what `state`
            would give afterwards.
        """
        learn = y is not None and self.config.learn
        x = array_of("x", x, SampleError, f"({self.config.sizes[0]},)")
        x, y = self._samples(x[None], [0 if y is None else int(y)])
        twin = copy.deepcopy(self)
        if not learn:
            trace = twin.rule.observe(twin.memories, x[0])
        else:
            gain, (bases,) = twin._forward_gain(), twin._forward_bases(1)
            trace = twin.rule.sample(twin.memories, x[0], y[0], gain, bases)
            concepts = twin._advance(twin.rule.concept)
            for name in concepts[0] if concepts else ():
                trace[name] = torch.stack([values[name] for values in concepts])
        return {k: v.numpy().copy() for k, v in trace.items()} | {f"after_{k}": v for k, v in twin.state().items()}

    def finish(self) -> None:
        """Writes the updates of W that are still to come, of the last two samples, the older one first."""
        self.rule.finish(self.memories)

    def state(self) -> dict[str, np.ndarray]:
        """Copies of all it takes to go on bit-exactly, once what was pending is written (see `finish`).

        W1.., Theta0.., h0.., E0.., S0.., m1.., samples, position.
        """
        self.finish()
        arrays = {name: tensor.numpy().copy() for name, tensor in self.memories.tensors().items()}
        return arrays | {"samples": np.array(self.samples, np.int64), "position": np.array(self.position, np.int64)}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Takes over what `state` gave, from any mapping of arrays or nested lists.

        Raises:
            StateError: a missing or unknown key, a wrong shape or type, a value out of range. The model is then unchanged.
        """
        expected = self.memories.limits()
        expected |= {"samples": ((), 0, 0xFFFFFFFF), "position": ((), 0, MOST_POSITION)}
        arrays = checked_state(state, expected)
        self.samples, self.position = int(arrays.pop("samples")), int(arrays.pop("position"))
        for key, tensor in self.memories.tensors().items():
            tensor.copy_(torch.from_numpy(arrays[key].astype(np.int64)))
        self.memories.forget_update()

    def _parts(self) -> tuple[Rule, Memories]:
        return Rule(self.config), Memories(self.config)

    def _learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        if 0 < self._patience < len(x):
            parts = [self._learn(x[part], y[part]) for part in (slice(self._patience), slice(self._patience, None))]
            return tuple(torch.cat(tensors) for tensors in zip(*parts, strict=True))
        sample, concept = self._rule()
        gain, bases = self._forward_gain(), self._forward_bases(len(x))
        voltages, counters = [], []
        for pixels, label, base in zip(x.unbind(), y.unbind(), bases.unbind(), strict=True):
            trace = sample(self.memories, pixels, label, gain, base)
            voltages.append(trace["voltages"])
            counters.append(trace["counters"])
            self._advance(concept)
        self._patience = max(0, self._patience - len(x))
        return torch.stack(voltages), torch.stack(counters)

    def _rule(self) -> tuple[Callable, Callable]:
        """The rule for one sample and one concept: compiled once there were samples enough."""
        if self._patience == 0 and self._compiled is None and available():
            self._compiled = compiled(self.config)
        return self._compiled or (self.rule.sample, self.rule.concept)

    def _advance(self, concept: Callable) -> list[dict[str, Tensor]]:
        """Counts a learning sample; where it ends a block, Theta learns and all concepts are recalled. Returns traces."""
        self.samples = (self.samples + 1) & 0xFFFFFFFF
        self.position += 1
        if self.position < self.config.block:
            return []
        self.position = 0
        if not self.config.learn_theta:
            return []
        config, L = self.config, self.config.layers
        gain = torch.tensor(1 << (config.backward_rate(self.decay) + 8), dtype=torch.int32, device="cpu")
        shift = torch.tensor(6 + max(0, config.block.bit_length() - 5), dtype=torch.int32, device="cpu")
        k = np.arange(config.classes)
        bases = self._bases(noise.THETA + np.arange(L), self.samples, k[:, None])
        return [
            concept(self.memories, index, gain, shift, base)
            for index, base in zip(torch.from_numpy(k).split(1), torch.from_numpy(bases).unbind(), strict=True)
        ]

    def _forward_gain(self) -> Tensor:
        rates = [self.config.forward_rate(i, self.decay) for i in range(1, self.config.layers + 1)]
        return torch.from_numpy(np.array([1 << (rate + 8) for rate in rates], np.int32))

    def _forward_bases(self, count: int) -> Tensor:
        """Noise bases (count, L) of the next samples."""
        samples = self.samples + np.arange(count)[:, None]
        return torch.from_numpy(self._bases(1 + np.arange(self.config.layers), samples))

    def _bases(self, *where) -> np.ndarray:
        """See `noise.base`."""
        bases = noise.base(self.config.seed, *where)
        return bases if self.config.stochastic else np.full_like(bases, noise.HALF_UP)

    def _infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        trace = self.rule.observe(self.memories, x)
        return trace["voltages"], trace["counters"]

    def _samples(self, x, y) -> tuple[Tensor, Tensor]:
        n, K = self.config.sizes[0], self.config.classes
        x = array_of("x", x, SampleError, f"(samples, {n})")
        y = array_of("y", y, SampleError, f"{x.shape[:1]}, one label a sample")
        if x.ndim == 2 and x.shape[1] == n:
            one_label_a_sample(y, x)
        x, y = checked_rows("x", x, n, 15), checked_range("y", y, K - 1)
        return torch.from_numpy(x.astype(np.int32)), torch.from_numpy(y.astype(np.int64))
