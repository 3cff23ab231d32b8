"""What a program did with a chip, as a list that any testbench can play: each access, and what the golden model answered."""

from collections.abc import Sequence

import numpy as np

from golden.config import Config
from rtl.interface.registers import ADDRESS
from sw.data.synthetic import random_codes
from sw.design.clocks import samples
from sw.driver.chip import Chip
from sw.driver.golden import GoldenTransport
from sw.driver.transport import Transport

WRITE, READ, WAIT = 1, 2, 3
"""Kinds of a line: write; read and compare; read again and again until the answer is that."""


class Recorder(Transport):
    """A transport that keeps what goes through it. STATUS is waited for: golden answers when a chip would be done.

    Members:
        lines: (kind, address, word), in order.
    """

    def __init__(self, inner: Transport):
        self.inner = inner
        self.lines: list[tuple[int, int, int]] = []

    def read(self, address: int, count: int = 1, ascending: bool = False) -> list[int]:
        words = self.inner.read(address, count, ascending)
        kind = WAIT if address == ADDRESS["STATUS"] else READ
        self.lines += [(kind, address + 4 * i * ascending, word) for i, word in enumerate(words)]
        return words

    def write(self, address: int, words: Sequence[int], ascending: bool = False) -> None:
        self.inner.write(address, words, ascending)
        self.lines += [(WRITE, address + 4 * i * ascending, int(word) & 0xFFFFFFFF) for i, word in enumerate(words)]


def record(config: Config, learned: int, inferred: int) -> list[tuple[int, int, int]]:
    """A chip's life: identity, all settings, all memories loaded, samples learned and inferred (an auto-encoder also draws
    codes), all memories read back."""
    recorder = Recorder(GoldenTransport(config))
    dataset = samples(config, learned, inferred)
    chip = Chip(recorder, config)
    chip.set()
    chip.load(recorder.inner.model.state())
    if config.learn:
        chip.train(dataset.x_train, dataset.y_train, last=_ends(config, learned))
    chip.infer(dataset.x_test, last=_ends(config, inferred))
    if config.task == "autoencoder":
        chip.draw(random_codes(config, inferred))
    chip.save()
    if config.task != "autoencoder" and config.learn and config.stimulus_recall:
        chip.recall()
    return recorder.lines


def _ends(config: Config, count: int) -> np.ndarray | None:
    """Sequences of three elements, where samples are such."""
    return (np.arange(count) % 3 == 2).astype(int) if config.recurrent else None


def hexadecimal(lines: list[tuple[int, int, int]]) -> str:
    """For $readmemh: a line each, 4 bits of kind, 12 of address, 32 of data."""
    table = np.array(lines, np.int64)
    words = table[:, 0] << 44 | table[:, 1] << 32 | table[:, 2]
    return "".join(f"{word:012x}\n" for word in words.tolist())
