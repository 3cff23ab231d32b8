"""`Differences`: a group's errors four clocks behind it, and one end of a pass with as many errors as were told."""

from amaranth.hdl import Array, Cat, Mux, Signal

from rtl.checks import holds
from rtl.fixed import saturate
from rtl.formats import ERROR_BITS
from rtl.recirculation.differences import Differences
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES as FORM
from tests.formal.proof import Bench, Proof

ERRORS, END = 3, 6
"""Clocks behind a group's counts."""


def late(bench: Bench, value, clocks: int, name: str) -> list:
    """The value, and what it was up to so many clocks ago."""
    values = [value]
    for clock in range(clocks):
        before = Signal(len(value), name=f"{name}{clock + 1}")
        bench.m.d.sync += before.eq(values[-1])
        values.append(before)
    return values


def rules(bench: Bench, block: Differences) -> None:
    """Ends of passes, and how many errors and what sum of squares they tell: of all groups since the end before."""
    m, seen, end = bench.m, block.seen.payload, block.ended.payload
    bench.assume(~(block.seen.valid & seen.echo & ~seen.learn))
    bench.assume(~(seen.echo & seen.apical) & (seen.context <= FORM.layers))
    compares = block.seen.valid & (seen.apical | seen.echo)
    bottom = seen.apical & (seen.context == 0)
    what = Cat(compares, seen.learn, bottom, seen.last, seen.apical, seen.parity, seen.context)
    ago = late(bench, what, END, "ago")
    told, here = ago[ERRORS], ago[END]
    holds(m, "errors of a learning sample's groups", block.errors.valid == (told[0] & told[1]))
    holds(m, "of its bank", ~block.errors.valid | (block.errors.payload.bank == Cat(told[5], told[4])))
    holds(m, "an end behind a last group", block.ended.valid == (here[0] & here[3] & (here[1] | here[2])))
    holds(m, "squares of what layer 0 recalls", block.squared.valid == (here[0] & here[3] & here[2]))
    holds(m, "of its pass", ~block.ended.valid | (Cat(end.apical, end.parity, end.context) == here[4:]))
    inside = Cat(value[0] for value in ago[:END]).any() | block.ended.valid
    holds(m, "idle where none is under way", block.idle == ~inside)


def values(bench: Bench, block: Differences) -> None:
    """Of a chosen place and parity the counts on the way up, taken away those of a pass that follows."""
    rules(bench, block)
    m, seen = bench.m, block.seen.payload
    bench.assume(~bench.ports[1])  # memories outlive a reset
    place, parity = bench.chosen(len(seen.place), "chosen_place"), bench.chosen(1, "chosen_parity")
    bench.assume(seen.lanes[0].count <= FORM.steps)
    up, here = ~seen.apical & ~seen.echo, (seen.place == place) & (seen.parity == parity)
    known, before = Signal(name="known"), Signal(FORM.count_bits, name="count_before")
    with m.If(block.seen.valid & up & here):
        m.d.sync += known.eq(1), before.eq(seen.lanes[0].count)
    d = Signal(range(-FORM.steps, FORM.steps + 1), name="d")
    m.d.comb += d.eq(before - seen.lanes[0].count)
    low, high = seen.lanes[0].window
    opens = seen.learn & (~seen.apical | block.learn_theta) & (low | (d > 0)) & (high | (d < 0))
    g = Signal(ERROR_BITS, name="g")
    m.d.comb += g.eq(Mux(opens, saturate(d << 3, ERROR_BITS), 0))
    asked = block.seen.valid & ~up & here & known
    expected = late(bench, Cat(asked & seen.learn, g), ERRORS, "expected")[-1]
    error = block.errors.payload.errors[0].as_unsigned()
    holds(m, "g = sat7(8 d), where the window is open", ~expected[0] | (error == expected[1:]))
    holds(m, "live where it is not 0", ~expected[0] | (block.errors.payload.live == expected[1:].any()))
    # Of a pass of one group, how many errors and what square.
    bottom = seen.apical & (seen.context == 0) & ~seen.drawn
    squares = Array(n * n for n in range(FORM.steps + 1))
    size = Signal(FORM.count_bits, name="size")
    m.d.comb += size.eq(Mux(d < 0, -d, d))
    first = Signal(init=1, name="first")
    with m.If(block.seen.valid & ~up):
        m.d.sync += first.eq(seen.last)
    alone = asked & first & seen.last & (seen.learn | (seen.apical & (seen.context == 0)))
    came = late(bench, Cat(alone, Mux(bottom, squares[size], 0), g.any()), END, "alone")[-1]
    with m.If(came[0]):
        holds(m, "an error where there is one", block.ended.payload.errors == came[-1])
        holds(m, "the squared error", ~block.squared.valid | (block.squared.payload == came[1:-1]))


PROOFS = (
    Proof(
        "recirculation/differences",
        "errors of each learning sample's group, one end of each of its passes and of layer 0's, idle where none is inside",
        lambda: Differences(FORM),
        rules,
        depth=6,
        bugs=9,
        mutants=(
            Mutant(
                "an end of each group",
                "recirculation/differences.py",
                'ends = p.at("compares", 5) & p.at("last", 5)',
                'ends = p.at("compares", 5)',
            ),
            Mutant("idle too soon", "recirculation/differences.py", 'p.any("compares", 0, 5)', 'p.any("compares", 0, 4)'),
        ),
    ),
    Proof(
        "recirculation/differences: values",
        "g = sat7(8 d) of a group's counts up and down or again, where the window is open; how many, and their squares",
        lambda: Differences(FORM),
        values,
        depth=10,
        bounded="what a memory holds is not told by what was read",
        bugs=10,
        mutants=(
            Mutant(
                "of the other parity",
                "recirculation/differences.py",
                "here = Cat(seen.place, seen.parity)",
                "here = Cat(seen.place, ~seen.parity & seen.echo)",
            ),
            Mutant(
                "live whatever it is",
                "recirculation/differences.py",
                'Cat(p.at(f"wrong{i}", 3) for i in lanes).any()',
                "1",
            ),
            Mutant("rises where it falls", "recirculation/differences.py", "(low | rises)", "(low | falls)"),
            Mutant("sums on", "recirculation/differences.py", 'Mux(p.at("last", 5), 0, total)', "total"),
        ),
    ),
)
