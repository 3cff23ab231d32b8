"""The instruction of the folded engine, and the assembler of its program.

An instruction says for one clock what every part does, and where the next one comes from. What memories read arrives with the
next instruction; `scratch` and `concepts` then hold it until they read again.
"""

from dataclasses import dataclass, field

from amaranth.hdl import signed
from amaranth.lib import data, enum

IMMEDIATE_BITS = 16


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


class Base(enum.Enum, shape=2):
    """What the sum adds to."""

    ZERO = 0
    TOTAL = 1
    OPERAND = 2


class Kind(enum.Enum, shape=3):
    """What `total` becomes."""

    HOLD = 0
    SUM = 1
    HALVE = 2
    HALVE_COUNTED = 3  # only while the counter is not 0
    HASH = 4  # one xorshift32 of the low 32 bits
    XOR = 5
    AND = 6


class Left(enum.Enum, shape=3):
    """The first factor, signed."""

    HOLD = 0
    RESULT = 1
    SCRATCH = 2
    COUNT = 3
    ERROR = 4


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
    """One small thing, mostly with `result`."""

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


class Store(enum.Enum, shape=4):
    """What is written; scratch has a bit of its own."""

    NOTHING = 0
    STIMULUS = 1  # activity
    SPIKES = 2
    TARGET = 3
    SUM = 4  # concepts
    CONCEPT = 5
    HOST_COUNT = 6
    HOST_FLAGS = 7
    ERROR = 8
    WEIGHT = 9


class Talk(enum.Enum, shape=3):
    """What the ports see."""

    NOTHING = 0
    TAKE_BEAT = 1
    SEND = 2
    TAKE_REQUEST = 3
    ANSWER = 4


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
    ANSWERED = 20
    SENT = 21
    WALKED = 22
    OWN = 23  # concept = label


def instruction_layout(target_bits: int, scratch_bits: int) -> data.StructLayout:
    """The fields of one instruction. `value`: the immediate; `target`: of a jump."""
    return data.StructLayout(
        {
            "value": signed(IMMEDIATE_BITS),
            "target": target_bits,
            "when": If,
            "otherwise": 1,
            "jump": Jump,
            "x": Source,
            "base": Base,
            "product": 1,
            "minus": 1,
            "kind": Kind,
            "left": Left,
            "right": Right,
            "fit": Fit,
            "address": scratch_bits,
            "mode": Mode,
            "fetch": 1,
            "keep": 1,
            "do": Do,
            "store": Store,
            "talk": Talk,
            "pre": 1,
            "backward": 1,
            "template": 1,
            "weight": 1,
        }
    )


_SUMS = {
    "x": (Base.ZERO, 0, 0),
    "+x": (Base.TOTAL, 0, 0),
    "-x": (Base.TOTAL, 0, 1),
    "ab": (Base.ZERO, 1, 0),
    "+ab": (Base.TOTAL, 1, 0),
    "-ab": (Base.TOTAL, 1, 1),
    "x+ab": (Base.OPERAND, 1, 0),
    "x-ab": (Base.OPERAND, 1, 1),
}
_OTHERS = {
    "half": Kind.HALVE,
    "halves": Kind.HALVE_COUNTED,
    "hash": Kind.HASH,
    "^x": Kind.XOR,
    "&x": Kind.AND,
}


@dataclass
class Program:
    """A list of instructions, each a dict of the fields that are not 0, and the labels among them."""

    lines: list[dict] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    def label(self, name: str) -> None:
        """The next instruction's name."""
        if name in self.labels:
            raise ValueError(f"label: found {name!r} twice")
        self.labels[name] = len(self.lines)

    def align(self) -> None:
        """The next instruction begins a table of 16."""
        while len(self.lines) % 16:
            self.lines.append({})

    def op(self, total: str = "", *, fetch: tuple | int | None = None, keep: tuple | int | None = None, **fields) -> None:
        """One instruction.

        Args:
            total: what total becomes: "x", "+x", "-x", "ab", "+ab", "-ab", "x+ab", "x-ab", "half", "halves", "hash", "^x", "&x".
            fetch, keep: scratch address to read, or to write `result` to: a number, or (number, Mode).
            fields: of the instruction; `go`, `call`: jump to a label; `back`: return; `unless`: as `when`, inverted.
        """
        line = {}
        if total in _SUMS:
            line["kind"] = Kind.SUM
            line["base"], line["product"], line["minus"] = _SUMS[total]
        elif total:
            line["kind"] = _OTHERS[total]
        place = fetch if fetch is not None else keep
        if place is not None:
            line["address"], line["mode"] = place if isinstance(place, tuple) else (place, Mode.PLAIN)
            line["fetch"], line["keep"] = int(fetch is not None), int(keep is not None)
        assert fetch is None or keep is None
        for name, kind in (("go", Jump.GO), ("call", Jump.CALL), ("by_layer", Jump.BY_LAYER), ("by_memory", Jump.BY_MEMORY)):
            if name in fields:
                line["target"], line["jump"] = fields.pop(name), kind
        if fields.pop("back", False):
            line["jump"] = Jump.RETURN
        if "unless" in fields:
            line["when"], line["otherwise"] = fields.pop("unless"), 1
        self.lines.append(line | fields)

    def stay(self, total: str = "", **fields) -> None:
        """An instruction that repeats itself, unless, or until, its condition holds."""
        here = f"stay {len(self.lines)}"
        self.label(here)
        self.op(total, go=here, **fields)

    def finish(self) -> list[dict]:
        """All instructions, with numbers for labels. Raises ValueError where one is missing."""
        for line in self.lines:
            if isinstance(line.get("target"), str):
                if line["target"] not in self.labels:
                    raise ValueError(f"label: found no {line['value']!r}")
                line["target"] = self.labels[line["target"]]
        return self.lines
