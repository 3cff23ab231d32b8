"""Stream: samples through a core's registers, results back in their order, and what was left half done set right."""

import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from cosim.host.packets import pack_samples, unpack_results
from golden.checks import array_of, checked_range, checked_rows, one_label_a_sample
from golden.config import UPDATE_DELAY, Config
from golden.records import Recalled, Records
from rtl.interface.packets import result_words, sample_words
from rtl.interface.registers import ADDRESS, ERRORS, MODES, STATUS, core_registers
from sw.driver.transport import Transport, TransportError

AHEAD = 2
"""Samples sent before the first one's result is fetched: the chip takes so many packets without a look at it."""
PATIENCE = 10.0
"""Seconds without a result, or without rest, after which a chip counts as hung."""


class Stream:
    """What goes into a core and comes out of it. Begun anew, it takes the core over from whoever was there before.

    Args:
        transport: the way to it. config: the core's own; of its settings nothing depends on a value.

    Members:
        settings: the core's own registers by name.

    Raises:
        TransportError: the core is busy with nothing asked.
    """

    def __init__(self, transport: Transport, config: Config):
        self.transport, self.config = transport, config
        self.settings = {register.name: register for register in core_registers(config)}
        self.begin()

    def begin(self) -> None:
        """Takes over from another host, or from this one, interrupted."""
        self._recover()
        self._number = self.get("RESULTS")
        self._pending = UPDATE_DELAY  # samples until no update waits: one may have been left
        self._within = self.config.recurrent  # the sequence may not have ended

    def _recover(self) -> None:
        """Ends what was left half done: its results are thrown away, a packet without an end is dropped."""
        self._drain()
        if self.get("STATUS") & _bit("room"):
            # Too long, whatever was there of it: a shorter end might make a whole sample, and be learned.
            self.transport.write(ADDRESS["SAMPLE"], [0] * sample_words(self.config))
            self.transport.write(ADDRESS["SAMPLE_LAST"], [0])
        self._drain()
        self._clear_errors()

    def _drain(self) -> None:
        """Throws results away until no sample is inside."""
        end = time.monotonic() + PATIENCE
        while not (status := self.get("STATUS")) & _bit("idle") or status & _bit("result"):
            if status & _bit("result"):
                self.transport.read(ADDRESS["RESULT"])
                end = time.monotonic() + PATIENCE
            elif time.monotonic() > end:
                raise TransportError(f"chip: found it busy for {PATIENCE:.0f} seconds with nothing asked; reset it")

    def _ends(self, count: int, last: np.ndarray | None) -> np.ndarray | None:
        """Where sequences end, as packets have it."""
        if last is None:
            return None
        flags = array_of("last", last, TransportError, f"0 or 1 for each of the {count} samples")
        wrong = flags[~np.isin(flags, (0, 1))]
        if flags.shape != (count,) or len(wrong):
            found = f"a value {wrong[0]}" if flags.shape == (count,) else f"shape {flags.shape}"
            raise TransportError(f"last: found {found}; allowed is 0 or 1 for each of the {count} samples")
        check_task(self.config, "last", "sequence")
        return flags * self.config.recurrent

    def finish(self) -> None:
        """Writes the updates that are pending, those of the last two samples; no sample counts them. A sequence ends."""
        if self._pending or self._within:
            self.wait("idle")
            self.transport.write(self.settings["finish"].address, [0])
            self.wait("idle")
            self._pending, self._within = 0, False

    def send(
        self,
        x: np.ndarray,
        y: np.ndarray | None,
        mode: str,
        advance: Callable[[int], None] = lambda done: None,
        last: np.ndarray | None = None,
    ) -> Records | Recalled:
        """What the core says of samples x (N, n_0), or codes (N, n_L), with labels y (N,) where there are any.

        Args:
            mode: one of MODES. advance: called with the number of samples done. last: (N,) 1 where a sequence ends.

        Raises:
            TransportError: no answer, or a lost one. SampleError: a shape or a value that is not allowed; nothing was sent.
        """
        draws = mode == "recall" and self.config.task == "autoencoder"
        x = checked_rows("code" if draws else "x", x, self.config.sizes[-1 if draws else 0], 15)
        if y is not None:
            y = checked_range("y", one_label_a_sample(y, x), self.config.classes - 1)
        last = self._ends(len(x), last)
        packets = pack_samples(self.config, x, y, last)
        if len(x):
            self._within = self.config.recurrent and not (last is not None and last[-1])
        try:
            return self._exchange(packets, mode, advance)
        except TransportError:  # nobody answers
            raise
        except BaseException:  # Ctrl-C in a notebook: what the chip still holds would answer the next samples
            with suppress(TransportError):
                self.begin()
            raise

    def _exchange(self, packets: np.ndarray, mode: str, advance: Callable[[int], None]) -> Records | Recalled:
        """Sends samples and takes their results."""
        results: list[list[int]] = []
        self.transport.write(ADDRESS["MODE"], [MODES.index(mode)])
        self._pending = UPDATE_DELAY if mode == "learn" else self._pending
        for sent, packet in enumerate(packets.tolist(), 1):
            self.transport.write(ADDRESS["SAMPLE"], packet[:-1])
            self.transport.write(ADDRESS["SAMPLE_LAST"], packet[-1:])
            if sent - len(results) == AHEAD:
                results.append(self._result())
                advance(len(results))
        while len(results) < len(packets):
            results.append(self._result())
            advance(len(results))
        words = np.array(results, np.uint32).reshape(len(results), result_words(self.config))
        numbers, said = unpack_results(self.config, words)
        due = (self._number + np.arange(len(results))) & 0xFFFF
        if (numbers != due).any():
            at = int(np.argmax(numbers != due))
            raise TransportError(f"chip: found result {numbers[at]}; allowed is {due[at]}: samples were lost")
        self._number += len(results)
        if mode != "learn":
            self._pending = max(0, self._pending - len(results))
        return said

    def _result(self) -> list[int]:
        self.wait("result")
        return self.transport.read(ADDRESS["RESULT"], result_words(self.config))

    def errors(self) -> list[str]:
        """What went wrong since the last look (names of `rtl.interface.registers.ERRORS`); the bits are cleared."""
        bits = self._clear_errors()
        return [name for place, name in enumerate(ERRORS) if bits >> place & 1]

    def _clear_errors(self) -> int:
        bits = self.get("ERRORS")
        self.transport.write(ADDRESS["ERRORS"], [bits])
        return bits

    def get(self, name: str) -> int:
        """The word of a register of the bus, by its name."""
        return self.transport.read(ADDRESS[name])[0]

    def wait(self, what: str) -> None:
        """Until STATUS has a bit, by its name. Raises TransportError where it does not come."""
        end = time.monotonic() + PATIENCE
        while not self.get("STATUS") & _bit(what):
            if time.monotonic() > end:
                errors = ", ".join(self.errors()) or "none"
                raise TransportError(f"chip: found no {what} in {PATIENCE:.0f} seconds (errors: {errors}); reset it")


def check_task(config: Config, what: str, *tasks: str) -> None:
    """Raises TransportError where a core of another task cannot do what is asked."""
    if config.task not in tasks:
        found = f"{what}: found a core of task {config.task}, {config.name}"
        raise TransportError(f"{found}; allowed is one of task {' or '.join(tasks)}")


def _bit(name: str) -> int:
    """That of STATUS."""
    return 1 << list(STATUS).index(name)
