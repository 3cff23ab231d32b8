"""Many small networks of the bit-exact rule side by side: each learns samples of its own by settings of its own."""

import copy
import warnings

import numpy as np
import torch
from torch import Tensor

from golden import noise
from golden.config import Config
from golden.integer import IntegerModel
from golden.memories import Memories

Values = dict[str, Tensor]


class Settings:
    """A configuration whose dead zone and surrogate window are tensors, as those of a network among many."""

    def __init__(self, config: Config, dead_zones: Tensor, window: Tensor):
        self._config, self._dead_zones, self.window = config, dead_zones, (window[0], window[1])

    def __getattr__(self, name: str):
        return getattr(self._config, name)

    def dead_zone_of(self, layer: int) -> Tensor:
        return self._dead_zones[layer]


class Flock:
    """M networks of recognition that learn at once, each to the bit as `IntegerModel` does.

    Args:
        configs: M, equal but for seed, rate, theta_rate, dead_zone, window_low and window_high.
    """

    def __init__(self, configs: list[Config]):
        models = [IntegerModel(config, fast=False) for config in configs]
        self.configs, self.config, self.rule = configs, configs[0], models[0].rule
        L = self.config.layers
        each = [_values(model.memories) for model in models]
        self.values = {name: torch.stack([values[name] for values in each]) for name in each[0]}
        self.dead_zones = torch.tensor([[config.dead_zone_of(i) for i in range(L + 1)] for config in configs])
        self.windows = torch.tensor([config.window for config in configs])
        self.samples = 0

    def learn(self, x: np.ndarray, y: np.ndarray) -> None:
        """Samples x (M, N, n_0) with labels y (M, N), one after another, without decay; what is pending is written behind
        the last one."""
        config, L = self.config, self.config.layers
        rates = [[own.forward_rate(i) for i in range(1, L + 1)] for own in self.configs]
        gain = torch.tensor([[1 << (rate + 8) for rate in own] for own in rates], dtype=torch.int32)
        x, y = torch.from_numpy(x.astype(np.int32)), torch.from_numpy(y.astype(np.int64))
        for n in range(x.shape[1]):
            bases = self._bases(1 + np.arange(L), self.samples)
            self._each(self._sample, x[:, n], y[:, n], gain, bases)
            self.samples += 1
            if self.samples % config.block == 0:
                self._relearn()
        self._each(lambda rule, memories: rule.finish(memories))

    def predict(self, x: np.ndarray) -> np.ndarray:
        """(M, N) classes of samples x (M, N, n_0)."""
        x = torch.from_numpy(x.astype(np.int32))
        voltages = self._each(lambda rule, memories, own: rule.perceive(memories.W, own)[f"V{self.config.layers}"], x)
        return voltages.numpy().argmax(2)

    def _relearn(self) -> None:
        """Step 9 for every concept, of every network."""
        config, stream = self.config, noise.THETA + np.arange(self.config.layers)
        gain = torch.tensor([1 << (own.backward_rate() + 8) for own in self.configs], dtype=torch.int32)
        shift = torch.tensor(6 + max(0, config.block.bit_length() - 5), dtype=torch.int32)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "There is a performance drop")  # index_copy_, network by network; it is rare
            for k in range(config.classes):
                concept, bases = torch.tensor([k]), self._bases(stream, self.samples, k)
                self._each(lambda rule, m, g, b, k=concept: rule.concept(m, k, g, shift, b) and None, gain, bases)

    def _bases(self, *where) -> Tensor:
        """(M, L) noise bases of all networks."""
        return torch.from_numpy(np.stack([noise.base(own.seed, *where) for own in self.configs]))

    def _each(self, work, *arguments: Tensor):
        """`work(rule, memories, *arguments)` of every network at once; memories change in place."""

        def one(values: Values, dead_zones: Tensor, window: Tensor, *own: Tensor):
            rule = copy.copy(self.rule)
            rule.config = Settings(self.config, dead_zones, window)
            found = work(rule, _memories(self.config, values), *own)
            return torch.zeros(()) if found is None else found

        return torch.func.vmap(one)(self.values, self.dead_zones, self.windows, *arguments)

    @staticmethod
    def _sample(rule, memories: Memories, x: Tensor, y: Tensor, gain: Tensor, bases: Tensor) -> None:
        rule.sample(memories, x, y, gain, bases)


def _values(memories: Memories) -> Values:
    """All that a network remembers by name, with what is pending."""
    pending = {}
    for name, update in (("due", memories.due), ("next", memories.next)):
        pending |= {f"{name}.{place}": tensor for place, tensor in enumerate(update.tensors())}
    return memories.tensors() | pending


def _memories(config: Config, values: Values) -> Memories:
    """The inverse: memories that are these tensors themselves."""
    memories, L = Memories(config), config.layers
    for name in memories.tensors():
        getattr(memories, name[:-1])[int(name[-1])] = values[name]
    memories.m[0] = memories.h[0]
    for name, update in (("due", memories.due), ("next", memories.next)):
        own = [values[f"{name}.{place}"] for place in range(2 * L + 2)]
        update.pre, update.g, update.gain, update.bases = own[:L], own[L : 2 * L], *own[2 * L :]
    return memories
