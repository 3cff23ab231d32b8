"""Chip: a core behind any transport as a Python object. Samples in, records out, the whole network saved and loaded."""

import dataclasses
import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from cosim.host.memory_map import NOT_CARRIED, MemoryMap
from cosim.host.packets import pack_samples, unpack_results
from cosim.host.state import with_copies, without_copies
from golden.checks import checked_range, checked_rows, one_label_a_sample
from golden.config import UPDATE_DELAY, Config
from golden.errors import StateError
from golden.records import Recalled, Records
from rtl.interface.memory_map import settings_of
from rtl.interface.packets import result_words, sample_words
from rtl.interface.registers import ADDRESS, ERRORS, IDENTITY, MODES, ROUTES, STATUS, VERSION, core_registers, fingerprint
from sw.common.checks import checked_decay
from sw.common.errors import UserError
from sw.driver.transport import Transport, TransportError

BURST = 256
"""Most words of the window that one command moves; a transport cuts commands as it likes."""
AHEAD = 2
"""Samples sent before the first one's result is fetched: the chip takes so many packets without a look at it."""
PATIENCE = 10.0
"""Seconds without a result, or without rest, after which a chip counts as hung."""


class Chip:
    """A core, through its registers.

    Args:
        transport: the way to it. config: what it should be. A core of it that does not learn, `learn = false`, will do, too.

    Members:
        config: what it is.

    Raises:
        TransportError: what answers is no BiSpike core, has another register map, or is of another configuration.
    """

    def __init__(self, transport: Transport, config: Config):
        self.transport = transport
        self.config = self._identified(config)
        self.memory_map = MemoryMap(self.config)
        self._settings = {register.name: register for register in core_registers(self.config)}
        transport.write(ADDRESS["ROUTE"], [ROUTES.index("register")])
        self._begin()

    def _identified(self, config: Config) -> Config:
        """The configuration asked for or, where the core has only the inference of it, that."""
        identity, version, found = self.transport.read(ADDRESS["IDENTITY"], 3, ascending=True)
        if identity != IDENTITY:
            raise TransportError(f"chip: found identity {identity:#010x}; allowed is a BiSpike core, {IDENTITY:#010x}")
        if version >> 16 != VERSION[0]:
            raise TransportError(f"chip: found register map {version >> 16}; allowed is {VERSION[0]}, this driver's")
        known = {fingerprint(one): one for one in (config.replace(learn=False), config)}
        if found not in known:
            raise TransportError(
                f"chip: found a core with fingerprint {found:#010x}; allowed is {fingerprint(config):#010x}, "
                f"that of {config.name} {list(config.sizes)}: load its bitstream"
            )
        return known[found]

    def _begin(self) -> None:
        """Takes over from another host, or from this one, interrupted."""
        self._recover()
        self._number = self._get("RESULTS")
        self._pending = UPDATE_DELAY  # samples until no update waits: one may have been left
        self._within = self.config.recurrent  # the sequence may not have ended

    def _recover(self) -> None:
        """Ends what was left half done: its results are thrown away, a packet without an end is dropped."""
        self._drain()
        if self._get("STATUS") & _bit("room"):
            # Too long, whatever was there of it: a shorter end might make a whole sample, and be learned.
            self.transport.write(ADDRESS["SAMPLE"], [0] * sample_words(self.config))
            self.transport.write(ADDRESS["SAMPLE_LAST"], [0])
        self._drain()
        self._clear_errors()

    def _drain(self) -> None:
        """Throws results away until no sample is inside."""
        end = time.monotonic() + PATIENCE
        while not (status := self._get("STATUS")) & _bit("idle") or status & _bit("result"):
            if status & _bit("result"):
                self.transport.read(ADDRESS["RESULT"])
                end = time.monotonic() + PATIENCE
            elif time.monotonic() > end:
                raise TransportError(f"chip: found it busy for {PATIENCE:.0f} seconds with nothing asked; reset it")

    # -- samples ---------------------------------------------------------------------------------------------------------

    def train(
        self,
        x: np.ndarray,
        y: np.ndarray | None = None,
        advance: Callable[[int], None] = lambda done: None,
        last: np.ndarray | None = None,
    ) -> Records | Recalled:
        """Learns samples x (N, n_0), pixels 0..15, with labels y (N,), one after another; what the chip said of each.

        Args:
            y: an auto-encoder's samples have none. advance: called with the number of samples done.
            last: (N,) 1 where a sequence ends, of a recurrent core; None: nowhere. `finish` ends one, too, and with it
                `save`, `load` and `recall`.

        Raises:
            TransportError: the chip does not answer, or has no learning; samples without labels that need them.
            SampleError: a shape or a value that is not allowed; nothing of it was sent.
        """
        self._check_learning("train")
        if self.config.task == "autoencoder":
            y = None
        elif y is None:
            raise TransportError("train: found samples without labels; allowed is that only with an auto-encoder")
        return self._stream(x, y, "learn", advance, last)

    def infer(
        self, x: np.ndarray, advance: Callable[[int], None] = lambda done: None, last: np.ndarray | None = None
    ) -> Records | Recalled:
        """What the chip says of samples x (N, n_0), with nothing learned. last: see `train`."""
        return self._stream(x, None, "infer", advance, last)

    def predict(self, x: np.ndarray, last: np.ndarray | None = None) -> np.ndarray:
        """Concepts (N,) of samples x (N, n_0). last: see `train`."""
        self._check_task("predict", "recognition", "sequence")
        return self.infer(x, last=last).prediction

    def draw(self, code: np.ndarray, advance: Callable[[int], None] = lambda done: None) -> Recalled:
        """What an auto-encoder recalls of codes (N, n_L), counts 0..T (up to 15: as T), of no sample. Raises SampleError."""
        self._check_task("draw", "autoencoder")
        return self._stream(code, None, "recall", advance)

    def recall(self) -> np.ndarray:
        """What the backward network recalls for each concept: counts (K, n_0), 0..T. Only of a core that learns, with the
        stimulus recalled."""
        self._check_task("recall", "recognition", "sequence")
        self._check_learning("recall")
        if not self.config.stimulus_recall:
            found = f"recall: found a core with stimulus_recall = false, {self.config.name}"
            raise TransportError(f"{found}; allowed is one that recalls the stimulus")
        self._stream(self._blank(), None, "recall")
        self.finish()
        return self._read(("h0",))["h0"]

    def _check_learning(self, what: str) -> None:
        if not self.config.learn:
            raise TransportError(f"{what}: found an inference-only core, {self.config.name}; allowed is one that learns")

    def _check_task(self, what: str, *tasks: str) -> None:
        if self.config.task not in tasks:
            found = f"{what}: found a core of task {self.config.task}, {self.config.name}"
            raise TransportError(f"{found}; allowed is one of task {' or '.join(tasks)}")

    def _ends(self, count: int, last: np.ndarray | None) -> np.ndarray | None:
        """Where sequences end, as packets have it."""
        if last is None:
            return None
        flags = np.asarray(last)
        wrong = flags[~np.isin(flags, (0, 1))]
        if flags.shape != (count,) or len(wrong):
            found = f"a value {wrong[0]}" if flags.shape == (count,) else f"shape {flags.shape}"
            raise TransportError(f"last: found {found}; allowed is 0 or 1 for each of the {count} samples")
        self._check_task("last", "sequence")
        return flags * self.config.recurrent

    def finish(self) -> None:
        """Writes the updates that are pending, those of the last two samples; no sample counts them. A sequence ends."""
        if self._pending or self._within:
            self._wait("idle")
            self.transport.write(self._settings["finish"].address, [0])
            self._wait("idle")
            self._pending, self._within = 0, False

    def _stream(
        self,
        x: np.ndarray,
        y: np.ndarray | None,
        mode: str,
        advance: Callable[[int], None] = lambda done: None,
        last: np.ndarray | None = None,
    ) -> Records | Recalled:
        draws = mode == "recall" and self.config.task == "autoencoder"
        x = checked_rows("code" if draws else "x", x, self.config.sizes[-1 if draws else 0], 15)
        if y is not None:
            y = one_label_a_sample(checked_range("y", np.asarray(y), self.config.classes - 1), x)
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
                self._begin()
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
        self._wait("result")
        return self.transport.read(ADDRESS["RESULT"], result_words(self.config))

    def _blank(self) -> np.ndarray:
        return np.zeros((1, self.config.sizes[0]), np.uint8)

    # -- memories and registers ------------------------------------------------------------------------------------------

    def save(self) -> dict[str, np.ndarray]:
        """All it takes to go on bit-exactly, as `IntegerModel.state` gives it. What is pending is written first."""
        self.finish()
        return without_copies(self._read(self.memory_map.state_names()), self.config)

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Takes over a state of `save` or of the golden model, as far as the core has such memories: an inference-only one
        has W, and of an auto-encoder Theta; one that recalls no stimulus has none of layer 0.

        Raises:
            StateError: an array of another shape, or a value out of range.
        """
        full = {name: value for name, value in with_copies(state, self.config).items() if name in self.memory_map.regions}
        there = without_copies({name: name in full for name in self.memory_map.state_names()}, self.config)
        missing = [name for name, found in there.items() if not found]
        if missing:
            raise StateError(f"{missing[0]}: not found in the state; allowed is a whole state of {self.config.name}")
        try:
            words = self.memory_map.encode(full)
        except ValueError as error:
            raise StateError(str(error)) from None
        self.finish()  # an update still pending would come after the new weights
        self._wait("idle")
        for address, places in self.memory_map.bursts(tuple(full), BURST):
            self.transport.write(ADDRESS["WINDOW_ADDRESS"], [address])
            self.transport.write(ADDRESS["WINDOW_DATA"], words[places].tolist())

    def set(self, decay: int = 0, **settings: int | bool) -> None:
        """Sets all settings to the configuration's, with both rates shifted by `decay`, -8..0. Updates that are pending have
        their own; those of an auto-encoder are written first where a setting changes that they do not have.

        Args:
            settings: values in place of the configuration's, from now on, by its keys: threshold, block, ...

        Raises:
            UserError: another decay, or a name that is no setting. ConfigError: a value that is not allowed.
        """
        decay, registers = checked_decay(decay), settings_of(self.config)
        known = [field.name for field in dataclasses.fields(Config) if field.name in registers]
        for name in settings:
            if name not in known:
                raise UserError(f"set: found {name}; allowed is decay, {', '.join(known)}")
        self.config = self.config.replace(**settings)
        values = {name: value & 0xFFFFFFFF for name, value in settings_of(self.config, decay).items()}
        shared = NOT_CARRIED if self.config.task == "autoencoder" else ()
        if any(self.transport.read(self._settings[name].address) != [values[name]] for name in shared):
            self.finish()
        self._wait("idle")
        for name, value in values.items():
            self.transport.write(self._settings[name].address, [value])

    def counters(self) -> dict[str, int]:
        """clocks since reset, and packets taken, dropped, and results given; while samples run, too."""
        clocks = self.transport.read(self._settings["clocks"].address)[0]
        return {"clocks": clocks} | {name.lower(): self._get(name) for name in ("PACKETS", "DROPPED", "RESULTS")}

    def errors(self) -> list[str]:
        """What went wrong since the last look (names of `rtl.interface.registers.ERRORS`); the bits are cleared."""
        bits = self._clear_errors()
        return [name for place, name in enumerate(ERRORS) if bits >> place & 1]

    def _read(self, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        self._wait("idle")
        words = np.zeros(self.memory_map.size(names), dtype=np.int64)
        for address, places in self.memory_map.bursts(names, BURST):
            self.transport.write(ADDRESS["WINDOW_ADDRESS"], [address])
            words[places] = self.transport.read(ADDRESS["WINDOW_DATA"], len(places))
        return self.memory_map.decode(names, words)

    def _clear_errors(self) -> int:
        bits = self._get("ERRORS")
        self.transport.write(ADDRESS["ERRORS"], [bits])
        return bits

    def _get(self, name: str) -> int:
        return self.transport.read(ADDRESS[name])[0]

    def _wait(self, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self._get("STATUS") & _bit(what):
            if time.monotonic() > end:
                errors = ", ".join(self.errors()) or "none"
                raise TransportError(f"chip: found no {what} in {PATIENCE:.0f} seconds (errors: {errors}); reset it")


def _bit(name: str) -> int:
    """That of STATUS."""
    return 1 << list(STATUS).index(name)
