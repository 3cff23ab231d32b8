"""What a core takes: samples with what goes along. No torch. What it says of them is in `golden.records`."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from golden.population import Population


@dataclass(frozen=True)
class Samples:
    """Samples in a row.

    Members:
        x: (N, n_0) pixels 0..15. y: (N,) labels.
        last: (N,) bool, a sequence ends with the sample; None: each sample stands alone.
        true: (N,) floats, the values that the labels stand for; None where they stand for none.
        concepts: which value each concept stands for, where there are `true` ones.
    """

    x: np.ndarray
    y: np.ndarray
    last: np.ndarray | None = None
    true: np.ndarray | None = None
    concepts: Population | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, part: slice | np.ndarray) -> Self:
        last, true = (None if values is None else values[part] for values in (self.last, self.true))
        return type(self)(self.x[part], self.y[part], last, true, self.concepts)

    @property
    def ends(self) -> np.ndarray:
        """(N,) bool, as `last`, where there is none for samples that stand alone."""
        return np.ones(len(self), bool) if self.last is None else self.last

    @classmethod
    def join(cls, parts: list[Self]) -> Self:
        """One after the other; at least one part. All ends of sequences, where one part has any; values are left out."""
        last = None if all(part.last is None for part in parts) else np.concatenate([part.ends for part in parts])
        return cls(np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts]), last)

    def arrays(self, prefix: str = "") -> dict[str, np.ndarray]:
        """All of it by name, for a file; what there is not is left out."""
        found = {name: getattr(self, name) for name in ("x", "y", "last", "true")}
        if self.concepts:
            found["concepts"] = np.array([self.concepts.low, self.concepts.high, self.concepts.count])
        return {prefix + name: values for name, values in found.items() if values is not None}

    @classmethod
    def of_arrays(cls, arrays: dict[str, np.ndarray], prefix: str = "") -> Self:
        """The inverse of `arrays`."""
        x, y, last, true, concepts = (arrays.get(prefix + name) for name in ("x", "y", "last", "true", "concepts"))
        known = None if concepts is None else Population(float(concepts[0]), float(concepts[1]), int(concepts[2]))
        return cls(x, y, last, true, known)
