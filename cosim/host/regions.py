"""Arrays behind the host port: where each lies, and how it becomes words of 32 bits and comes back. Plain numpy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cosim.host.state import STATE


@dataclass(frozen=True)
class Region:
    """One array the host can read and write.

    shape: of `addresses`. bits, signed: of each value; a signed value is read with its sign extended to 32 bits.
    """

    name: str
    addresses: np.ndarray
    bits: int
    signed: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array, as in the golden model."""
        return self.addresses.shape

    @property
    def limits(self) -> tuple[int, int]:
        """Least and largest value."""
        return (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1) if self.signed else (0, (1 << self.bits) - 1)

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Values as words, int64 of `bits` bits."""
        return np.asarray(values, dtype=np.int64) & ((1 << self.bits) - 1)

    def decode(self, words: np.ndarray) -> np.ndarray:
        """Words as values, int64; what a word has above `bits` does not count."""
        values = np.asarray(words, dtype=np.int64) & ((1 << self.bits) - 1)
        return values - ((values >> (self.bits - 1)) << self.bits) if self.signed else values


@dataclass
class Regions:
    """Regions by name, and bursts of words that cover some of them."""

    regions: dict[str, Region] = field(default_factory=dict)
    _bursts: dict[tuple, list[tuple[int, np.ndarray]]] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Region:
        """Raises ValueError where there is none of this name."""
        if name not in self.regions:
            raise ValueError(f"memory: found {name!r}; allowed is one of {', '.join(self.regions)}")
        return self.regions[name]

    def state_names(self) -> tuple[str, ...]:
        """All that a network's state is made of."""
        return tuple(name for name in self.regions if STATE.fullmatch(name))

    def size(self, names: tuple[str, ...]) -> int:
        """Words of these regions."""
        return sum(self[name].addresses.size for name in names)

    def addresses(self, names: tuple[str, ...]) -> np.ndarray:
        """Of all words of the regions laid end to end."""
        return np.concatenate([np.asarray(self[name].addresses, dtype=np.int64).reshape(-1) for name in names])

    def bursts(self, names: tuple[str, ...], most: int) -> list[tuple[int, np.ndarray]]:
        """Bursts of at most `most` words that cover the regions: (first address, places in the regions laid end to end)."""
        if (names, most) not in self._bursts:
            addresses = self.addresses(names)
            order = np.argsort(addresses, kind="stable")
            breaks = np.flatnonzero(np.diff(addresses[order]) != 1) + 1
            runs = [run[i : i + most] for run in np.split(order, breaks) for i in range(0, len(run), most)]
            self._bursts[names, most] = [(int(addresses[run[0]]), run) for run in runs]
        return self._bursts[names, most]

    def decode(self, names: tuple[str, ...], words: np.ndarray) -> dict[str, np.ndarray]:
        """The words of regions laid end to end to int64 arrays in their shapes."""
        ends = np.cumsum([self[name].addresses.size for name in names])[:-1]
        parts = zip(names, np.split(words, ends), strict=True)
        return {name: self[name].decode(part).reshape(self[name].shape) for name, part in parts}

    def encode(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """Arrays to words laid end to end. Raises ValueError where one does not have the region's shape or range."""
        return np.concatenate([self._words(self[name], value) for name, value in arrays.items()])

    @staticmethod
    def _words(region: Region, value: np.ndarray) -> np.ndarray:
        array, (low, high) = np.asarray(value, dtype=np.int64), region.limits
        if array.shape != tuple(region.shape):
            raise ValueError(f"{region.name}: found shape {array.shape}; allowed is {tuple(region.shape)}")
        if array.size and not low <= array.min() <= array.max() <= high:
            raise ValueError(f"{region.name}: found values {array.min()} to {array.max()}; allowed is {low} to {high}")
        return region.encode(array).reshape(-1)
