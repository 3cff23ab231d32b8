"""Chip: a core behind any transport as a Python object. Samples in, records out, the whole network saved and loaded."""

import dataclasses
from collections.abc import Callable

import numpy as np

from cosim.host.memory_map import NOT_CARRIED, MemoryMap
from cosim.host.state import with_copies, without_copies
from golden.checks import array_of, checked_mapping, one_label_a_sample
from golden.config import Config
from golden.errors import SampleError, StateError
from golden.records import Recalled, Records
from rtl.interface.memory_map import settings_of
from rtl.interface.registers import ADDRESS, IDENTITY, ROUTES, VERSION, fingerprint
from sw.common.checks import checked_decay
from sw.common.errors import UserError
from sw.driver.stream import Stream, check_task
from sw.driver.transport import Transport, TransportError

BURST = 256
"""Most words of the window that one command moves; a transport cuts commands as it likes."""


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
        transport.write(ADDRESS["ROUTE"], [ROUTES.index("register")])
        self._samples = Stream(transport, self.config)
        self._settings = self._samples.settings

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
            y: an auto-encoder's samples need none, and theirs mean nothing. advance: called with the number of samples done.
            last: (N,) 1 where a sequence ends, of a recurrent core; None: nowhere. `finish` ends one, too, and with it
                `save`, `load` and `recall`.

        Raises:
            TransportError: the chip does not answer, or has no learning; samples without labels that need them.
            SampleError: a shape or a value that is not allowed; nothing of it was sent.
        """
        self._check_learning("train")
        if self.config.task == "autoencoder":
            if y is not None:
                one_label_a_sample(y, array_of("x", x, SampleError, "samples"))
            y = None
        elif y is None:
            raise TransportError("train: found samples without labels; allowed is that only with an auto-encoder")
        return self._samples.send(x, y, "learn", advance, last)

    def infer(
        self, x: np.ndarray, advance: Callable[[int], None] = lambda done: None, last: np.ndarray | None = None
    ) -> Records | Recalled:
        """What the chip says of samples x (N, n_0), with nothing learned. last: see `train`."""
        return self._samples.send(x, None, "infer", advance, last)

    def predict(self, x: np.ndarray, last: np.ndarray | None = None) -> np.ndarray:
        """Concepts (N,) of samples x (N, n_0). last: see `train`."""
        check_task(self.config, "predict", "recognition", "sequence")
        return self.infer(x, last=last).prediction

    def draw(self, code: np.ndarray, advance: Callable[[int], None] = lambda done: None) -> Recalled:
        """What an auto-encoder recalls of codes (N, n_L), counts 0..T (up to 15: as T), of no sample. Raises SampleError."""
        check_task(self.config, "draw", "autoencoder")
        return self._samples.send(code, None, "recall", advance)

    def recall(self) -> np.ndarray:
        """What the backward network recalls for each concept: counts (K, n_0), 0..T. Only of a core that learns, with the
        stimulus recalled."""
        check_task(self.config, "recall", "recognition", "sequence")
        self._check_learning("recall")
        if not self.config.stimulus_recall:
            found = f"recall: found a core with stimulus_recall = false, {self.config.name}"
            raise TransportError(f"{found}; allowed is one that recalls the stimulus")
        self._samples.send(np.zeros((1, self.config.sizes[0]), np.uint8), None, "recall")
        self.finish()
        return self._read(("h0",))["h0"]

    def _check_learning(self, what: str) -> None:
        if not self.config.learn:
            raise TransportError(f"{what}: found an inference-only core, {self.config.name}; allowed is one that learns")

    def finish(self) -> None:
        """Writes the updates that are pending, those of the last two samples; no sample counts them. A sequence ends."""
        self._samples.finish()

    # -- memories and registers ------------------------------------------------------------------------------------------

    def save(self) -> dict[str, np.ndarray]:
        """All it takes to go on bit-exactly, as `IntegerModel.state` gives it. What is pending is written first."""
        self.finish()
        return without_copies(self._read(self.memory_map.state_names()), self.config)

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Takes over a state of `save` or of the golden model, as far as the core has such memories: an inference-only one
        has W, and of an auto-encoder Theta; one that recalls no stimulus has none of layer 0.

        Raises:
            StateError: an array of another shape or type, or a value out of range.
        """
        state = {name: _whole(name, value) for name, value in checked_mapping(state).items()}
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
        self._samples.wait("idle")
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
        self._samples.wait("idle")
        for name, value in values.items():
            self.transport.write(self._settings[name].address, [value])

    def counters(self) -> dict[str, int]:
        """clocks since reset, and packets taken, dropped, and results given; while samples run, too."""
        clocks = self.transport.read(self._settings["clocks"].address)[0]
        return {"clocks": clocks} | {name.lower(): self._samples.get(name) for name in ("PACKETS", "DROPPED", "RESULTS")}

    def errors(self) -> list[str]:
        """What went wrong since the last look (names of `rtl.interface.registers.ERRORS`); the bits are cleared."""
        return self._samples.errors()

    def _read(self, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        self._samples.wait("idle")
        words = np.zeros(self.memory_map.size(names), dtype=np.int64)
        for address, places in self.memory_map.bursts(names, BURST):
            self.transport.write(ADDRESS["WINDOW_ADDRESS"], [address])
            words[places] = self.transport.read(ADDRESS["WINDOW_DATA"], len(places))
        return self.memory_map.decode(names, words)


def _whole(name: str, values: object) -> np.ndarray:
    """An array of a state. Raises StateError."""
    array = array_of(name, values, StateError, "an array of whole numbers")
    if array.dtype.kind not in "iu":
        raise StateError(f"{name}: found values of type {array.dtype}; allowed are whole numbers")
    return array
