"""The simulated chip as a Python object, in a cocotb test over the wrapper: samples in, records out, memories by name."""

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from cocotb.handle import Immediate
from cocotb.triggers import Timer, ValueChange

from cosim.bits import from_strings, numbers, records_from_strings, samples_to_strings, to_strings
from cosim.host.regions import Regions
from cosim.host.state import with_copies
from cosim.wrapper import BURST, DEPTH, WAKE_BURST, WAKE_CLOCK, WAKE_RESULTS, Widths
from golden.config import Config
from golden.records import Recalled, Records


class Hang(AssertionError):
    """The core did nothing for longer than the watchdog allows."""


def join(parts: list[Records] | list[Recalled]) -> Records | Recalled:
    """One after the other; at least one part."""
    return type(parts[0]).join(parts)


class Chip:
    """A core inside the wrapper, made by `await Chip.open(...)`. One coroutine at a time may use it.

    Args:
        dut: the wrapper's handle.
        memory_map: what is where behind the host port.
        watchdog: clocks without any handshake, while something is awaited, that count as a hang.
    """

    def __init__(self, dut: Any, config: Config, memory_map: Regions, watchdog: int = 2_000_000):
        self.dut, self.config, self.memory_map = dut, config, memory_map
        self.widths = Widths(config)
        self._slots = [dut.ring[i] for i in range(DEPTH)]
        self._results = [dut.results_ring[i] for i in range(DEPTH)]
        # Counts go on where an earlier test in the same simulation left them.
        self._queued = self._read = self._get("queued")
        self._bursts, self._wakes = self._get("burst_request"), self._get("wake_request")
        self._resets, self._seeds = self._get("reset_request"), self._get("seed_request")
        self._put("watchdog", watchdog)

    @classmethod
    async def open(cls, dut: Any, config: Config, memory_map: Regions, watchdog: int = 2_000_000) -> "Chip":
        """The chip, after a reset. Arguments as of the class."""
        await Timer(1, unit="ns")  # at time 0 Icarus has not yet run the initialisers
        chip = cls(dut, config, memory_map, watchdog)
        await chip.reset()
        return chip

    # -- samples ---------------------------------------------------------------------------------------------------------

    async def stream(
        self,
        x: np.ndarray,
        y: np.ndarray | None = None,
        learn: bool | np.ndarray = True,
        recall: bool | np.ndarray = False,
        last: bool | np.ndarray = False,
    ) -> AsyncIterator[Records | Recalled]:
        """Feeds B samples and yields what the core says of them in order, some at a time, while the pipeline goes on.

        Args:
            x: (B, n0) whole numbers 0..15.  y: (B,) labels, 0 where none.  learn: for all, or (B,).
            recall: for all, or (B,): recall all concepts after the sample; in an auto-encoder x has codes (B, n_L), counts.
            last: for all, or (B,): the sample ends a sequence; of a recurrent core.
        """
        x = np.asarray(x)
        count = len(x)
        y = np.zeros(count, dtype=np.int64) if y is None else np.asarray(y)
        flags = [np.broadcast_to(flag, count) for flag in (learn, recall, last)]
        sent = done = 0
        while done < count:
            free = DEPTH - ((self._queued - self._read) & 0xFFFFFFFF)
            part = slice(sent, sent + min(free, count - sent))
            if part.stop > part.start:
                for text in samples_to_strings(x[part], y[part], [flag[part] for flag in flags], self.widths):
                    self._slots[self._queued % DEPTH].value = Immediate(text)
                    self._queued = (self._queued + 1) & 0xFFFFFFFF
                sent = part.stop
                self._put("queued", self._queued)
            await self._wake(WAKE_RESULTS, self._read + min(DEPTH // 2, count - done))
            ready = (self._get("results") - self._read) & 0xFFFFFFFF
            texts = [str(self._results[(self._read + i) % DEPTH].value) for i in range(ready)]
            self._read = (self._read + ready) & 0xFFFFFFFF
            done += ready
            if texts:
                yield records_from_strings(texts, self.widths)

    async def train(self, x: np.ndarray, y: np.ndarray | None = None, learn: bool | np.ndarray = True) -> Records | Recalled:
        """Feeds B samples (as `stream`) and returns all their Records."""
        return join([part async for part in self.stream(x, y, learn)])

    async def blank(self, recall: bool = False) -> Records | Recalled:
        """One sample of zeros that teaches nothing: the update of the sample before the last one is written behind it."""
        parts = [p async for p in self.stream(np.zeros((1, self.config.sizes[0])), None, False, recall, last=True)]
        return join(parts)

    # -- memories --------------------------------------------------------------------------------------------------------

    async def read(self, *names: str) -> dict[str, np.ndarray]:
        """Regions by name, int64 in the regions' shapes; addresses of all of them are read in common bursts."""
        words = np.zeros(self.memory_map.size(names), dtype=np.int64)
        for address, places in self.memory_map.bursts(names, BURST):
            bits = from_strings([(await self._burst(address, len(places)))[-32 * len(places) :]])[0]
            words[places] = numbers(bits.reshape(-1, 32))
        return self.memory_map.decode(names, words)

    async def write(self, **arrays: Any) -> None:
        """Writes regions by name. Raises ValueError where an array does not have the region's shape or range."""
        words = self.memory_map.encode(arrays)
        for address, places in self.memory_map.bursts(tuple(arrays), BURST):
            data = np.zeros(BURST, dtype=np.int64)
            data[: len(places)] = words[places]
            await self._burst(address, len(places), to_strings(data[None], 32)[0])

    async def state(self) -> dict[str, np.ndarray]:
        """All memories that golden's state has, and the copies that only the chip has (N, h_L)."""
        return await self.read(*self.memory_map.state_names())

    async def load(self, state: dict[str, np.ndarray]) -> None:
        """Writes a golden state, and the copies that follow from it; an inference-only core takes the part it has."""
        full, regions = with_copies(state, self.config), self.memory_map.regions
        if self.config.learn and not full.keys() <= regions.keys():
            raise ValueError(f"state: found {sorted(full.keys() - regions.keys())}; allowed is what the chip has")
        await self.write(**{name: value for name, value in full.items() if name in regions})

    # -- the wrapper -----------------------------------------------------------------------------------------------------

    async def reset(self, after: int = 0) -> None:
        """Resets the core `after` clocks from now, whatever it does then; queued samples are dropped. Memories stay."""
        at = self._get("clocks") + after
        self._put("reset_at", at)
        self._resets += 1
        self._put("reset_request", self._resets)
        await self.clocks(after + 10)
        self._read = self._queued

    @property
    def now(self) -> int:
        """Clocks that have gone by."""
        return self._get("clocks")

    async def clocks(self, count: int) -> None:
        """Lets `count` clocks go by."""
        await self._wake(WAKE_CLOCK, self._get("clocks") + count)

    def stall(self, inputs: float = 0.0, outputs: float = 0.0, seed: int = 1) -> None:
        """Keeps valid (samples, requests) or ready (results) low for these parts of the clocks, 0..0.99."""
        self._put("stall_i", int(256 * inputs))
        self._put("stall_o", int(256 * outputs))
        self._put("seed", seed or 1)
        self._seeds += 1
        self._put("seed_request", self._seeds)

    def _put(self, name: str, value: int | str) -> None:
        getattr(self.dut, name).value = Immediate(value)

    def _get(self, name: str) -> int:
        return int(str(getattr(self.dut, name).value), 2)

    async def _wake(self, kind: int, at: int = 0) -> None:
        self._put("wake_kind", kind)
        self._put("wake_at", at & 0xFFFFFFFF)
        self._wakes = (self._wakes + 1) & 0xFFFFFFFF
        self._put("wake_request", self._wakes)
        await ValueChange(self.dut.wake)
        if self._get("hang"):
            v = {name: self._get(name) for name in ("fed", "results", "sent", "got", "idle", "clocks", "watchdog")}
            raise Hang(
                f"no handshake for {v['watchdog']} clocks at clock {v['clocks']}: {v['fed']} samples fed, {v['results']} "
                f"results, {v['sent']} host requests, {v['got']} responses, idle = {v['idle']}"
            )

    async def _burst(self, address: int, count: int, data: str | None = None) -> str:
        self._put("burst_address", address)
        self._put("burst_count", count)
        self._put("burst_write", int(data is not None))
        if data is not None:
            self._put("burst_data", data)
        self._bursts += 1
        self._put("burst_request", self._bursts)
        await self._wake(WAKE_BURST)
        return "" if data is not None else str(self.dut.burst_words.value)
