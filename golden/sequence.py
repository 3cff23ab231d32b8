"""The bit-exact model of a core that foretells sequences: golden twin as `golden.integer` is of recognition.

The contract is docs/sequences.md, in code in golden/recurrence.py.
"""

import itertools

import numpy as np
import torch
from torch import Tensor

from golden.checks import checked_range
from golden.errors import SampleError
from golden.integer import IntegerModel
from golden.records import Records
from golden.recurrence import Recurrence, Sequel
from golden.rule import Rule


class Foreteller(IntegerModel):
    """A core's two networks, concept memory and last counts of layer 1. Arguments and members as of `IntegerModel`.

    To finish, and with it to ask for a state, ends the sequence.
    """

    TASK = "sequence"

    def train(self, x, y, learn: bool = True, first=None) -> Records:
        """Takes samples one after another, in order, and learns from each before the next, as the chip does.

        Args:
            x: (B, n_0) pixels, whole numbers 0..15.
            y: (B,) labels 0..K-1, the concept of what comes next; of no effect where learn is false.
            learn: false for inference. A core with `config.learn` false does inference in any case.
            first: (B,) 1 where a sequence begins, else 0; None: all go on with the one before.

        Raises:
            SampleError: a shape or a value that is not allowed.
        """
        x, y, records = np.asarray(x), np.asarray(y), []
        self._samples(x, y)
        starts = self._starts(x, first)
        edges = [0, *(place for place in np.flatnonzero(starts).tolist() if place), len(x)]
        for start, end in itertools.pairwise(edges):  # pieces in which no sequence begins but with their first sample
            if starts[start:end].any():
                self.memories.end_sequence()
            records.append(super().train(x[start:end], y[start:end], learn))
        return Records.join(records)

    def trace(self, x, y=None, first: bool = False) -> dict[str, np.ndarray]:
        """As `IntegerModel.trace`, of a sample that begins a sequence or goes on; with rl, the counts that came back."""
        kept = self.memories.lateral.clone()
        if first:
            self.memories.end_sequence()
        trace = super().trace(x, y)
        self.memories.lateral.copy_(kept)
        return trace

    def _starts(self, x, first) -> np.ndarray:
        if first is None:
            return np.zeros(len(x), np.int64)
        if np.shape(first) != (len(x),):
            raise SampleError(f"first: found shape {np.shape(first)}; allowed is {(len(x),)}, one a sample")
        return checked_range("first", np.asarray(first).astype(np.int64), 1)

    def _parts(self) -> tuple[Rule, Sequel]:
        return Recurrence(self.config), Sequel(self.config)

    def _infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if not self.config.recurrent or len(x) == 1:
            return super()._infer(x)
        voltages, counters = zip(*(super(Foreteller, self)._infer(one) for one in x.split(1)), strict=True)
        return torch.cat(voltages), torch.cat(counters)
