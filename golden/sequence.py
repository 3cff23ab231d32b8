"""The bit-exact model of a core that foretells sequences: golden twin as `golden.integer` is of recognition.

The contract is docs/sequences.md, in code in golden/recurrence.py.
"""

import itertools

import numpy as np
import torch
from torch import Tensor

from golden.checks import array_of, checked_range
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

    def train(self, x, y, learn: bool = True, last=None) -> Records:
        """Takes samples one after another, in order, and learns from each before the next, as the chip does.

        Args:
            x: (B, n_0) pixels, whole numbers 0..15.
            y: (B,) labels 0..K-1, the concept of what comes next; of no effect where learn is false.
            learn: false for inference. A core with `config.learn` false does inference in any case.
            last: (B,) 1 where a sequence ends, else 0; None: nowhere.

        Raises:
            SampleError: a shape or a value that is not allowed.
        """
        self._samples(x, y)
        x, y, records = np.asarray(x), np.asarray(y), []
        ends = set(self._ends(len(x), last))
        edges = sorted({0, *ends, len(x)}) if len(x) else [0, 0]
        for start, end in itertools.pairwise(edges):  # pieces in which no sequence ends but with their last sample
            records.append(super().train(x[start:end], y[start:end], learn))
            if end in ends:
                self.memories.end_sequence()
        return Records.join(records)

    def _ends(self, count: int, last) -> list[int]:
        """Behind which of the samples a sequence ends, of a recurrent core."""
        if last is None:
            return []
        last = array_of("last", last, SampleError, f"{(count,)}, one a sample")
        if last.shape != (count,):
            raise SampleError(f"last: found shape {last.shape}; allowed is {(count,)}, one a sample")
        flags = checked_range("last", last.astype(np.uint8) if last.dtype == bool else last, 1)
        return (np.flatnonzero(flags) + 1).tolist() if self.config.recurrent else []

    def _parts(self) -> tuple[Rule, Sequel]:
        return Recurrence(self.config), Sequel(self.config)

    def _infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if not self.config.recurrent or len(x) == 1:
            return super()._infer(x)
        voltages, counters = zip(*(super(Foreteller, self)._infer(one) for one in x.split(1)), strict=True)
        return torch.cat(voltages), torch.cat(counters)
