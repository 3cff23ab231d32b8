"""The golden model behind the register map: a chip in PyTorch, with no HDL and no simulator."""

from collections.abc import Sequence

import numpy as np

from cosim.memories import Memories, with_copies, without_copies
from golden.config import Config
from rtl.formats import PIXEL_BITS
from rtl.interface.memory_map import MemoryMap, settings_of
from rtl.interface.packets import PIXELS, pack_results, sample_words
from rtl.interface.registers import ERRORS, MODES, STATUS, core_registers, registers
from sw.driver.transport import AccessError, Transport

_WORD = 0xFFFFFFFF
_DECAYS = range(-8, 1)


class GoldenTransport(Transport):
    """Answers every register as a core does that is always quiet: what a sample starts has ended when its word is written.

    Only what the golden model does not know is different: clocks and walked rows stay what was written to them, and rates
    have to be those of a decay shift.
    """

    def __init__(self, config: Config):
        from golden.integer import IntegerModel

        self.config, self.model = config, IntegerModel(config)
        self._map = {register.address: register for register in registers(config, route=1)}
        self._values = {register.name: register.reset for register in self._map.values()}
        self._own = {register.address for register in core_registers(config)}
        self._memories = Memories(MemoryMap(config).regions, 1)
        self._names = tuple(self._memories.names())
        addresses = np.concatenate([self._memories.region(name).addresses.reshape(-1) for name in self._names])
        self._places = np.argsort(addresses)
        self._addresses = addresses[self._places]
        parts = (self._memories.region(name) for name in self._names)
        self._kinds = [(part.bits, part.signed) for part in parts for _ in range(part.addresses.size)]
        self._words: np.ndarray | None = None  # the memories as the window sees them, while it does
        self._written = False
        self._packet: list[int] = []
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
            if name == "STATUS":
                bits = {"idle": not self._results, "result": bool(self._results), "room": True}
                return sum(bits[bit] << place for place, bit in enumerate(STATUS))
            return 0 if register.access == "wo" else values[name] & _WORD
        if register.access == "ro":
            self._refuse("read_only", address, done)
        elif register.access == "rw1c":
            values[name] &= ~word
        elif register.access == "wo":
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
            full = with_copies(self.model.state())
            self._words = self._memories.encode({name: full[name] for name in self._names})
        place = self._places[at]
        if word is not None:
            self._words[place], self._written = word, True
            return 0
        return self._cut(int(self._words[place]), *self._kinds[place]) & _WORD

    def _settle(self) -> None:
        """What the window wrote becomes the model's."""
        if self._written:
            state = without_copies(self._memories.decode(self._names, self._words))
            self.model.load(self.model.state() | state)
        self._words, self._written = None, False

    def _set(self) -> None:
        """The settings written become the model's; rates that belong to no decay shift wait for the others."""
        from golden.integer import IntegerModel

        self._settle()
        values, config = self._values, self.config
        names = ("threshold", "window_low", "window_high", "margin", "lambda8", "dead_zone", "reach", "seed")
        changes = {name: values[name] for name in names}
        changes |= {"block": values["block"] + 1, "stochastic": bool(values["stochastic"])}
        changes |= {"learn_theta": bool(values["learn_theta"])}
        config = config.replace(**changes)
        state, decay = self.model.state(), self.model.decay
        if config != self.model.config:
            self.model = IntegerModel(config)
            self.model.load(state | {"position": state["position"] % config.block})
            self.model.decay = decay
        for decay in _DECAYS:
            wanted = settings_of(config, decay)
            if all(values[name] == wanted[name] for name in wanted if "rate" in name):
                self.model.decay = decay

    # -- samples ---------------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        """A whole packet: dropped where it is not one of a sample."""
        packet, self._packet = self._packet, []
        label, due = packet[0] & 0xFFFF, sample_words(self.config)
        wrong = []
        if len(packet) != due:
            wrong.append("short_packet" if len(packet) < due else "long_packet")
        if label >= self.config.classes:
            wrong.append("label")
        if wrong:
            for error in wrong:
                self._raise(error)
            self._values["DROPPED"] += 1
            return
        words = np.array(packet[1:], np.int64)[:, None]
        pixels = (words >> (PIXEL_BITS * np.arange(PIXELS))) & ((1 << PIXEL_BITS) - 1)
        x = pixels.reshape(1, -1)[:, : self.config.sizes[0]]
        mode = MODES[self._values["MODE"]]
        self._settle()
        records = self.model.train(x, np.array([label]), learn=mode == "learn")
        if mode == "recall" and self.config.learn:
            self.model.recall()
        given = pack_results(self.config, self._number, records.prediction, records.voltages, records.counters)
        self._results += given[0].tolist()
        self._number += 1
        self._values["PACKETS"] += 1
        self._values["RESULTS"] += 1
