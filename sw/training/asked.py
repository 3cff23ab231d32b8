"""Who answers what a trained network is asked: golden alone, or a chip beside it, every value of which is compared."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosim.checkpoint import Checkpoint
from cosim.job import take
from golden.errors import StateError
from golden.records import Recalled, Records
from golden.samples import Samples
from sw.common.errors import CheckError
from sw.common.simulation import find_simulator, plain_errors
from sw.training import serial_backend
from sw.training.golden_backend import GoldenNetwork
from sw.training.place import Place

if TYPE_CHECKING:
    from sw.driver.chip import Chip

CHUNK, GOLDEN_CHUNK = 16, 1024
"""Samples between two comparisons, and between two signs of life of golden alone."""


class Asked:
    """A trained network in golden, and in a chip where there is one. Raises CheckError at the first value that differs.

    Members:
        compared: values so far.
    """

    def __init__(self, golden: GoldenNetwork, chip: "Chip | None" = None):
        self.golden, self.chip, self.compared = golden, chip, 0
        if chip is not None:
            chip.set()
            chip.load(golden.model.state())

    def predict(self, x: np.ndarray, advance: Callable[[int], None] = lambda done: None) -> np.ndarray:
        """Concepts (N,) of samples x (N, n_0). advance: as of `infer`."""
        return self.infer(Samples(x, np.zeros(len(x), np.int64)), advance).prediction

    def infer(self, samples: Samples, advance: Callable[[int], None] = lambda done: None) -> Records:
        """What is said of samples, at least one: by the chip, if there is one. `advance` gets the samples done."""
        model = self.golden.model
        return self._ask(
            samples, lambda part: take(model, part, False), lambda part: serial_backend.told(self.chip, part, False), advance
        )

    def draw(self, codes: np.ndarray, advance: Callable[[int], None] = lambda done: None) -> Recalled:
        """What an auto-encoder recalls of codes (N, n_L), counts 0..T, at least one: by the chip, if there is one, whose
        memories are compared afterwards, too. advance: as of `infer`, of a chip."""
        from cosim.compare import compare_state

        model = self.golden.model
        if self.chip is None:
            return model.draw(codes)
        said = self._ask(codes, model.draw, self.chip.draw, advance)
        self.compared += compare_state(serial_backend.known(self.chip, model.state()), self.chip.save())
        return said

    def _ask(self, given, golden: Callable, chip: Callable, advance: Callable[[int], None]) -> Records | Recalled:
        """What the chip says of `given`, in parts, compared with what golden does; without a chip golden's.

        A part goes on where the one before it ended, of a sequence, too.
        """
        from cosim.compare import compare_records

        found, size = [], GOLDEN_CHUNK if self.chip is None else CHUNK
        for start in range(0, len(given), size):
            part = given[start : start + size]
            said = golden(part)
            if self.chip is not None:
                expected, said = said, chip(part)
                self.compared += compare_records(expected, said, start)
            found.append(said)
            advance(start + len(part))
        return type(said).join(found)

    def recall(self) -> np.ndarray:
        """Counts (K, n_0), 0..T, that the backward network recalls of each concept: the chip's, if there is one."""
        from cosim.compare import compare_arrays

        model = self.golden.model
        model.recall()
        expected = model.h[0].numpy()
        if self.chip is None:
            return expected
        said = self.chip.recall()
        self.compared += compare_arrays("h0", expected, said, ("concept", "neuron"), layer=0)
        return said


@contextmanager
def asked(kept: Checkpoint, where: Place) -> Iterator[Asked]:
    """Opens the chip, loads the network into it through its host port, and closes it at the end.

    Raises:
        UserError: no such chip or simulator, or a network that is not the chip's. CheckError: a value that differs, or a
            chip that no longer answers.
    """
    where.check()
    golden = GoldenNetwork(kept.config, kept.state)  # refuses weights of another shape before anything is built
    if where.backend == "golden":
        yield Asked(golden)
        return

    from cosim.compare import Mismatch
    from sw.driver.chip import Chip
    from sw.driver.sim import SimTransport
    from sw.driver.transport import TransportError

    with ExitStack() as stack:
        stack.enter_context(plain_errors())
        try:
            if where.backend == "serial":
                chip = serial_backend.open_chip(kept.config, where.port, where.bits_a_second)
                stack.enter_context(chip.transport)
            else:
                simulator = find_simulator(where.simulator)
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bispike-")))
                chip = Chip(stack.enter_context(SimTransport(kept.config, folder, simulator)), kept.config)
            yield Asked(golden, chip)
        except Mismatch as mismatch:
            raise CheckError(str(mismatch)) from None
        except (TransportError, StateError) as error:
            raise CheckError(str(error)) from None
