"""What a result is made of, part by part, in the order of its words."""

from dataclasses import dataclass

from golden.config import Config
from golden.records import RECALLED_COUNTERS
from rtl.formats import COUNTER_BITS, COUNTERS, LABEL_BITS, voltage_bits

WORD_BITS = 32
COUNT_BITS, PACKED = 4, 8
"""Of a count 0..T in a word, and how many are in one."""


@dataclass(frozen=True)
class Part:
    """Values of one kind. bits: of each, `signed` or not. packed: how many share a word, the first lowest.

    fields: names of so many values that come together again and again, as the counters of each layer.
    """

    name: str
    count: int
    bits: int
    signed: bool = False
    packed: int = 1
    fields: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """Words of 32 bits that it takes."""
        return -(-self.count // self.packed)


def result_parts(config: Config) -> tuple[Part, ...]:
    """The parts of a core's result: arithmetic.md, steps 3 and 10; of an auto-encoder autoencoder.md, 6."""
    if config.task == "autoencoder":
        return (
            Part("recalled", config.sizes[0], COUNT_BITS, packed=PACKED),
            Part("code", config.sizes[-1], COUNT_BITS, packed=PACKED),
            Part("squared_error", 1, COUNTER_BITS),
            Part("counters", len(RECALLED_COUNTERS) * config.layers, COUNTER_BITS),
        )
    return (
        Part("prediction", 1, LABEL_BITS),
        Part("voltages", config.classes, voltage_bits(config), signed=True),
        Part("counters", len(COUNTERS) * config.layers, COUNTER_BITS, fields=COUNTERS),
    )
