"""Packets of 32-bit words: a sample in, a result out; where their parts lie, and how many words they have.

A sample: a header (bits 15:0 label, bit 16, of a recurrent core: it ends a sequence, the others 0), then 8 values of 4 bits
a word, the first lowest: its pixels, or in an auto-encoder the counts of a code that is drawn; all packets of a core are as
long as the longer of both.
A result: the parts of `rtl.interface.results`, with the sample's number in bits 31:16 of the first word. Where the first
part needs these bits itself, a word with the number alone comes before it.
"""

from golden.config import Config
from rtl.formats import PIXEL_BITS
from rtl.interface.registers import DATA_BITS
from rtl.interface.results import result_parts

PIXELS = DATA_BITS // PIXEL_BITS
"""Pixels in a word."""
HEADER_LABEL_BITS = 16
"""Bits of a sample's header that are its label."""
LAST_BIT = 16
"""The header's bit that says that the sample ends a sequence."""
NUMBER_BITS, NUMBER_AT = 16, 16
"""Bits of a sample's number in its result's first word, and the lowest one's place."""


def pixel_words(config: Config) -> int:
    """Words of pixels in a sample's packet, or of a drawn code's counts: ceil(inputs / 8)."""
    return -(-config.inputs // PIXELS)


def sample_words(config: Config) -> int:
    """Words of a sample's packet."""
    return 1 + pixel_words(config)


def number_alone(config: Config) -> bool:
    """Whether a result begins with a word that has nothing but the sample's number."""
    first = result_parts(config)[0]
    return first.bits * first.packed > NUMBER_AT


def result_words(config: Config) -> int:
    """Words of a result's packet."""
    return number_alone(config) + sum(part.words for part in result_parts(config))
