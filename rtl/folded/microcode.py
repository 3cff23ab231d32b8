"""The instruction of the folded engine.

An instruction says for one clock what every part does, and where the next one comes from. What a memory reads is there for
the next instruction; `scratch` and `concepts` then hold it until they read again.
"""

from amaranth.lib import data, enum


class Source(enum.Enum, shape=4):
    """x: the operand beside the product."""

    IMMEDIATE = 0
    SCRATCH = 1
    SUM = 2  # E of the concept's neuron
    WEIGHT = 3  # W or Theta with 8 bits of noise below: W 256 + noise
    DENDRITE = 4  # accumulator number `value`
    VOLTAGE = 5
    INDEX = 6  # of the host's address
    DATA = 7  # of the host
    CLOCKS = 8
    ROWS = 9
    UPDATES = 10
    SATURATIONS = 11
    CONCEPT = 12
    COUNTER = 13
    NOTHING = 15


class Total(enum.Enum, shape=4):
    """What `total` becomes; AB is the product of the factors."""

    HOLD = 0
    X = 1
    ADD_X = 2
    LESS_X = 3
    AB = 4
    ADD_AB = 5
    LESS_AB = 6
    X_ADD_AB = 7
    X_LESS_AB = 8
    HALVE = 9
    HALVE_COUNTED = 10  # only while the counter is not 0
    HASH = 11  # one xorshift32 of the low 32 bits
    XOR = 12
    AND = 13


class Left(enum.Enum, shape=3):
    """The first factor, signed."""

    HOLD = 0
    RESULT = 1
    SCRATCH = 2
    COUNT = 3
    ERROR = 4
    TEMPLATE = 5


class Right(enum.Enum, shape=3):
    """The second factor. While a walk is on, it is the walk's."""

    HOLD = 0
    COUNT = 1
    TEMPLATE = 2
    SCRATCH = 3
    ZERO = 4


class Fit(enum.Enum, shape=3):
    """How `result` comes from `total`: clipped to signed bits; WEIGHT: of total >> 8."""

    LOW = 0
    ERROR = 1
    B16 = 2
    SUM = 3
    WEIGHT = 4


class Mode(enum.Enum, shape=3):
    """What is added to the instruction's scratch address."""

    PLAIN = 0
    CONCEPT = 1
    LAYER = 2
    BOTH = 3
    TOTAL = 4  # the low 6 bits of total


class Do(enum.Enum, shape=5):
    """One small thing, mostly with `total`."""

    NOTHING = 0
    LOAD_POST = 1
    NEXT_POST = 2
    LOAD_PRE = 3
    NEXT_PRE = 4
    LOAD_CONCEPT = 5
    NEXT_CONCEPT = 6
    LABEL = 7  # concept = label
    LOAD_LAYER = 8
    NEXT_LAYER = 9
    LAST_LAYER = 10  # layer - 1
    HOST_LAYER = 11
    LOAD_COUNTER = 12
    DOWN = 13
    UP = 14
    LOAD_WORD = 15  # address of weights
    START = 16  # a walk, by the instructions that follow; live where left is not 0
    STEP = 17  # the soma, v = total
    ABOVE = 18  # flag: total >= 0
    BELOW = 19  # flag: total < 0
    UNIT = 20
    NOISE = 21
    THRESHOLD = 22
    BUSY = 23
    IDLE = 24
    CLEAR = 25  # rows, updates, saturations


class Put(enum.Enum, shape=4):
    """What goes to a memory or a port; scratch has a bit of its own."""

    NOTHING = 0
    STIMULUS = 1  # to activity, and the beat is taken
    SPIKES = 2
    TARGET = 3
    SUM = 4  # to concepts
    CONCEPT = 5
    HOST_COUNT = 6
    HOST_FLAGS = 7
    ERROR = 8
    WEIGHT = 9
    READ_WEIGHT = 10
    RESULT = 11  # a word of it is offered
    TAKE = 12  # the host's request is taken
    ANSWER = 13  # and its answer given


class Jump(enum.Enum, shape=3):
    """Where to go if the condition holds; else to the next instruction."""

    NOTHING = 0
    GO = 1
    CALL = 2
    RETURN = 3
    BY_LAYER = 4  # the lowest 4 bits of the target are the host's layer
    BY_MEMORY = 5


class If(enum.Enum, shape=5):
    """Conditions, of registers as they are before this instruction."""

    ALWAYS = 0
    NEGATIVE = 1
    ZERO = 2
    LARGE = 3  # 64 or more, of a total that is not negative
    LAST_PRE = 4
    LAST_POST = 5
    LAST_CONCEPT = 6
    TOP = 7
    BOTTOM = 8
    FIRST = 9  # layer 1
    COUNTED = 10
    TEMPLATE_ABOVE = 11
    TEMPLATE_BELOW = 12
    WAS_ABOVE = 13
    WAS_BELOW = 14
    LEARN = 15
    RECALL = 16
    BEAT = 17
    REQUEST = 18
    WRITE = 19
    SENT = 20
    WALKED = 21
    OWN = 22  # concept = label


def instruction_layout(value_bits: int, scratch_bits: int) -> data.StructLayout:
    """The fields of one instruction. `value`: an immediate, or where to jump."""
    return data.StructLayout(
        {
            "value": value_bits,
            "when": If,
            "otherwise": 1,
            "jump": Jump,
            "total": Total,
            "x": Source,
            "left": Left,
            "right": Right,
            "fit": Fit,
            "address": scratch_bits,
            "mode": Mode,
            "fetch": 1,
            "keep": 1,
            "do": Do,
            "put": Put,
            "pre": 1,
            "backward": 1,
            "template": 1,
        }
    )
