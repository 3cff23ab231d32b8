"""Between a state's arrays by name and the words of the host port: in which order, and as which bits."""

import re
from typing import Any

import numpy as np

STATE = re.compile(r"(W|Theta|h|flags|E|S|N|apical)\d+|samples|position")
"""Names of the regions that a network's state is made of, its copies on the chip included."""


def with_copies(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A golden state and what the chip keeps beside it: N_l = sum of h_l^2, and apical_l, the copy of h_l below, l >= 1."""
    full = {name: np.asarray(value) for name, value in state.items() if STATE.fullmatch(name)}
    for name in [n for n in full if re.fullmatch(r"h\d+", n)]:
        layer = int(name[1:])
        full[f"N{layer}"] = (full[name].astype(np.int64) ** 2).sum(1)
        if layer:
            full[f"apical{layer}"] = full[name]
    return full


def without_copies(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The golden part of what `with_copies` gives."""
    return {name: value for name, value in state.items() if not re.fullmatch(r"(N|apical)\d+", name)}


class Memories:
    """The regions of a memory map, as bursts of words.

    Args:
        regions: name -> (shape, addresses, bits, signed), see `rtl.interface.memory_map.Region`.
        burst: most words of one burst.
    """

    def __init__(self, regions: dict[str, Any], burst: int):
        self.regions, self.burst = regions, burst
        self._plans: dict[tuple[str, ...], list[tuple[int, np.ndarray]]] = {}

    def names(self) -> list[str]:
        """All that a state is made of."""
        return [name for name in self.regions if STATE.fullmatch(name)]

    def size(self, names: tuple[str, ...]) -> int:
        """Words of these regions."""
        return sum(self.region(name).addresses.size for name in names)

    def plan(self, names: tuple[str, ...]) -> list[tuple[int, np.ndarray]]:
        """Bursts (address, places in the regions laid end to end) that cover the regions."""
        if names not in self._plans:
            addresses = np.concatenate([np.asarray(self.region(n).addresses, dtype=np.int64).reshape(-1) for n in names])
            order = np.argsort(addresses, kind="stable")
            breaks = np.flatnonzero(np.diff(addresses[order]) != 1) + 1
            runs = [run[i : i + self.burst] for run in np.split(order, breaks) for i in range(0, len(run), self.burst)]
            self._plans[names] = [(int(addresses[run[0]]), run) for run in runs]
        return self._plans[names]

    def decode(self, names: tuple[str, ...], words: np.ndarray) -> dict[str, np.ndarray]:
        """The regions laid end to end to int64 arrays in their shapes."""
        result, low = {}, 0
        for name in names:
            region = self.region(name)
            high = low + region.addresses.size
            values = words[low:high] & ((1 << region.bits) - 1)
            if region.signed:
                values -= (values >> (region.bits - 1)) << region.bits
            result[name], low = values.reshape(region.shape), high
        return result

    def encode(self, arrays: dict[str, Any]) -> np.ndarray:
        """Regions to words laid end to end. Raises ValueError where an array does not have the region's shape or range."""
        return np.concatenate([self._words(name, value) for name, value in arrays.items()])

    def _words(self, name: str, value: Any) -> np.ndarray:
        region, array = self.region(name), np.asarray(value, dtype=np.int64)
        if array.shape != tuple(region.shape):
            raise ValueError(f"{name}: found shape {array.shape}; allowed is {tuple(region.shape)}")
        low, high = (
            (-(1 << (region.bits - 1)), (1 << (region.bits - 1)) - 1) if region.signed else (0, (1 << region.bits) - 1)
        )
        if array.size and not low <= array.min() <= array.max() <= high:
            raise ValueError(f"{name}: found values {array.min()} to {array.max()}; allowed is {low} to {high}")
        return array.reshape(-1) & ((1 << region.bits) - 1)

    def region(self, name: str) -> Any:
        """Raises ValueError where there is none of this name."""
        if name not in self.regions:
            raise ValueError(f"memory: found {name!r}; allowed is one of {', '.join(self.regions)}")
        return self.regions[name]
