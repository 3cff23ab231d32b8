"""The golden model behind the register map: a chip in PyTorch, with no HDL and no simulator."""

import copy
from collections.abc import Sequence

import numpy as np

from cosim.host.memory_map import MemoryMap
from cosim.host.packets import pack_results, unpack_samples
from cosim.host.state import with_copies, without_copies
from cosim.job import model_of
from golden.config import Config
from golden.records import Recalled, Records
from rtl.interface.memory_map import settings_of
from rtl.interface.packets import sample_words
from rtl.interface.registers import ERRORS, MODES, STATUS, core_registers, registers
from sw.driver.transport import AccessError, Transport

_WORD = 0xFFFFFFFF
_DECAYS = range(-8, 1)


class GoldenTransport(Transport):
    """Answers every register as a core does that is always quiet: what a sample starts has ended when its word is written.

    As in a core, a learning sample's update of W is pending for two samples (see the register `finish`), and until then the
    window shows the W before it; an auto-encoder's, of both networks, for one. Only what the golden model does not know is
    different: clocks stay what was written to them, rates have to be those of a decay shift, block_shift follows block, and
    8 steps have an even window.
    """

    def __init__(self, config: Config):
        self.config, self.model = config, model_of(config)
        self._map = {register.address: register for register in registers(config, route=1)}
        self._values = {register.name: register.reset for register in self._map.values()}
        self._own = {register.address for register in core_registers(config)}
        self._memory_map = MemoryMap(config)
        self._names = self._memory_map.state_names()
        addresses = self._memory_map.addresses(self._names)
        self._places = np.argsort(addresses)
        self._addresses = addresses[self._places]
        self._regions = [
            self._memory_map[name] for name in self._names for _ in range(self._memory_map[name].addresses.size)
        ]
        self._words: np.ndarray | None = None  # the memories as the window sees them, while it does
        self._written = False
        self._packet: list[int] = []
        self._mode = 0  # MODE when the packet began
        self._results: list[int] = []
        self._number = 0

    def read(self, address: int, count: int = 1, ascending: bool = False) -> list[int]:
        return [self._access(address + 4 * i * ascending, None, i) for i in range(count)]

    def write(self, address: int, words: Sequence[int], ascending: bool = False) -> None:
        for i, word in enumerate(words):
            self._access(address + 4 * i * ascending, int(word), i)

    def _access(self, address: int, word: int | None, done: int) -> int:
        register = self._map.get(address)
        if register is None:
            self._refuse("unmapped", address, done)
        name, values = register.name, self._values
        if name == "WINDOW_DATA":
            return self._window(word)
        if word is None:
            if name == "RESULT":
                if not self._results:
                    self._refuse("no_result", address, done)
                return self._results.pop(0)
            if name == "position":
                self._settle()
                return self.model.position
            if name == "STATUS":
                bits = {"idle": not self._results, "result": bool(self._results), "room": True}
                return sum(bits[bit] << place for place, bit in enumerate(STATUS))
            return 0 if register.access == "wo" else values[name] & _WORD
        if register.access == "ro":
            self._refuse("read_only", address, done)
        elif register.access == "rw1c":
            values[name] &= ~word
        elif name == "finish":
            self._settle()
            self.model.finish()
        elif name == "position":
            self._settle()
            self.model.position = self._cut(word, register.bits)
        elif register.access == "wo":
            if not self._packet:
                self._mode = values["MODE"]
            self._packet.append(word)
            if name == "SAMPLE_LAST":
                self._take()
        else:
            values[name] = self._cut(word, register.bits, register.signed)
            if address in self._own:
                self._set()
        return 0

    @staticmethod
    def _cut(word: int, bits: int, signed: bool = False) -> int:
        word &= (1 << bits) - 1
        return word - (1 << bits) if signed and word >> (bits - 1) else word

    def _raise(self, error: str) -> None:
        self._values["ERRORS"] |= 1 << list(ERRORS).index(error)

    def _refuse(self, error: str, address: int, done: int) -> None:
        self._raise(error)
        raise AccessError(address, done)

    # -- memories --------------------------------------------------------------------------------------------------------

    def _window(self, word: int | None) -> int:
        address = self._values["WINDOW_ADDRESS"]
        self._values["WINDOW_ADDRESS"] = (address + 1) & _WORD
        at = int(np.searchsorted(self._addresses, address))
        if at == len(self._addresses) or self._addresses[at] != address:
            return 0  # a hole between two words
        if self._words is None:
            full = with_copies(self._memories(), self.config)
            self._words = self._memory_map.encode({name: full[name] for name in self._names})
        place = self._places[at]
        if word is not None:
            self._words[place], self._written = word, True
            return 0
        return int(self._regions[place].decode(self._words[place])) & _WORD

    def _settle(self) -> None:
        """What the window wrote becomes the model's."""
        if self._written:
            state = without_copies(self._memory_map.decode(self._names, self._words), self.config)
            self._load(self.model, self._memories() | state)
        self._words, self._written = None, False

    def _memories(self) -> dict[str, np.ndarray]:
        """The model's state as it is, with what is pending still to come."""
        model = self.model
        arrays = {name: tensor.numpy().copy() for name, tensor in model.memories.tensors().items()}
        own = ("samples",) if self.config.task == "autoencoder" else ("samples", "position")
        return arrays | {name: np.array(getattr(model, name)) for name in own}

    def _load(self, model, state: dict[str, np.ndarray]) -> None:
        """Goes on with `model` in that state; pending updates stay so."""
        before = copy.deepcopy(self.model.memories)
        model.load(state)
        model.memories.keep_update(before)
        self.model = model

    def _set(self) -> None:
        """The settings written become the model's; rates that belong to no decay shift wait for the others."""
        self._settle()
        values, config = self._values, self.config
        changes = {name: values[name] for name in ("threshold", "dead_zone", "seed", "neighbours") if name in values}
        # The keys are the window of 4 steps.
        changes |= {name: values[name] * 4 // config.steps for name in ("window_low", "window_high")}
        changes |= {name: bool(values[name]) for name in ("stochastic", "learn_theta")}
        changes |= {"block": values["block"] + 1} if "block" in values else {}
        config = config.replace(**changes)
        state, decay = self._memories(), self.model.decay
        if config != self.model.config:
            self._load(model_of(config), state)
            self.model.decay = decay
        for decay in _DECAYS:
            wanted = settings_of(config, decay)
            if all(values[name] == wanted[name] for name in wanted if "rate" in name):
                self.model.decay = decay

    # -- samples ---------------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        """A whole packet: dropped where it is not one of a sample."""
        packet, self._packet = self._packet, []
        due = sample_words(self.config)
        x, labels, last = unpack_samples(self.config, np.array([(packet + [0] * due)[:due]]))
        draws, wrong = self.config.task == "autoencoder", []
        if len(packet) != due:
            wrong.append("short_packet" if len(packet) < due else "long_packet")
        if labels[0] >= self.config.classes and not draws:
            wrong.append("label")
        if wrong:
            for error in wrong:
                self._raise(error)
            self._values["DROPPED"] += 1
            return
        mode = MODES[self._mode] if self._mode < len(MODES) else "infer"
        self._settle()
        said = self._draw_or_train(x, mode) if draws else self._train(x, labels, last, mode)
        self._results += pack_results(self.config, self._number, said)[0].tolist()
        self._number += 1
        self._values["PACKETS"] += 1
        self._values["RESULTS"] += 1

    def _train(self, x: np.ndarray, labels: np.ndarray, last: np.ndarray, mode: str) -> Records:
        own = {"last": last} if self.config.task == "sequence" else {}
        said = self.model.train(x, labels, learn=mode == "learn", **own)
        if mode == "recall" and self.config.learn:
            self.model.recall()
        return said

    def _draw_or_train(self, x: np.ndarray, mode: str) -> Recalled:
        """Of an auto-encoder: x is as wide as a sample or a code, whichever is wider."""
        sizes = self.config.sizes
        if mode == "recall":
            return self.model.draw(np.minimum(x[:, : sizes[-1]], self.config.steps))
        return self.model.train(x[:, : sizes[0]], learn=mode == "learn")
