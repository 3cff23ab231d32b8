"""The folded engine's subroutines, of a layer and a concept: affinity, coefficients, sums, noise (arithmetic.md, 5 to 8)."""

from rtl.folded.assembler import Program
from rtl.folded.microcode import Do, Fit, If, Left, Mode, Put, Right, Source
from rtl.folded.plan import Plan

BOTH, CONCEPT, LAYER, TOTAL = Mode.BOTH, Mode.CONCEPT, Mode.LAYER, Mode.TOTAL
SCRATCH = Source.SCRATCH


def load(p: Program, place, **fields) -> None:
    """total = a word of scratch, and what to do with it."""
    p.op(fetch=place)
    p.op("x", x=SCRATCH)
    if fields:
        p.op(**fields)


def add(p: Program, total: str, place) -> None:
    """total +- a word of scratch."""
    p.op(fetch=place)
    p.op(total, x=SCRATCH)


def rounded(p: Program) -> None:
    """rnd(total, counter + 1)."""
    p.stay("halves", do=Do.DOWN, unless=If.COUNTED)
    p.op("+x", value=1)
    p.op("half")


def shift_of(p: Program, plan: Plan, base: int, *places: str) -> None:
    """counter = base + words of scratch."""
    p.op("x", value=base)
    for place in places:
        add(p, "+x", plan.at[place])
    p.op(do=Do.LOAD_COUNTER)


def subroutines(p: Program, plan: Plan) -> None:
    """Of one layer and concept; each returns to where it was called."""
    at = plan.at
    _dot(p, plan)

    p.label("concept root")  # 1/sqrt of |h[k]|^2
    p.op("x", value=plan.config.steps**2)
    p.op(go="root", when=If.TOP)
    load(p, (at["N"], BOTH))
    p.label("root")  # t_k, place_k of 1/sqrt(total)
    p.op(keep=at["a"])
    p.op("x")
    p.op(do=Do.LOAD_COUNTER, fetch=at["a"])
    p.op("x", x=SCRATCH)
    p.label("digit")
    p.op(go="mantissa", unless=If.LARGE)
    p.op("half")
    p.op("half", do=Do.UP, go="digit")
    p.label("mantissa")
    p.op(keep=at["C"])
    p.op(fetch=(at["place"], TOTAL))
    p.op("x", x=SCRATCH)
    p.op("+x", x=Source.COUNTER)
    p.op(keep=at["place_k"])
    load(p, at["C"])
    p.op(fetch=(at["root"], TOTAL))
    p.op("x", x=SCRATCH)
    p.op(keep=at["t_k"], back=1)

    p.label("affinity")  # C = min(256, rnd(d t_r t_k, s_r + s_k - 8))
    shift_of(p, plan, 7, "place_r", "place_k")
    p.op(fetch=at["d"])
    p.op("x", x=SCRATCH, fetch=at["t_r"])
    p.op(left=Left.RESULT, right=Right.SCRATCH, fetch=at["t_k"])
    p.op("ab")
    p.op(left=Left.RESULT, right=Right.SCRATCH)
    p.op("ab")
    rounded(p)
    p.op("-x", value=256)
    p.op(go="affine", when=If.NEGATIVE)
    p.op("x")
    p.label("affine")
    p.op("+x", value=256)
    p.op(keep=at["C"], back=1)

    _strength(p, plan)
    _sums(p, plan)

    p.label("hash")  # total = seed ^ stream << 26: noise, and 256 where it is spread over the synapses
    p.op(fetch=at["golden ratio"])
    p.op("+x", x=SCRATCH)
    p.op("hash", fetch=at["samples"])
    p.op("^x", x=SCRATCH, fetch=at["golden ratio"])
    p.op("+x", x=SCRATCH)
    p.op("hash")
    p.op("^x", x=Source.CONCEPT)
    p.op("+x", x=SCRATCH)
    p.op("hash")
    p.op("+x", x=SCRATCH)
    p.op("hash")
    p.op("&x", value=255)
    p.op("+x", value=256)
    p.op(keep=at["d"], fit=Fit.LOW)
    load(p, at["stochastic"])
    p.op(go="spread", unless=If.ZERO)
    p.op("x", value=128)
    p.op(back=1)
    p.label("spread")
    load(p, at["d"])
    p.op(back=1)


def _dot(p: Program, plan: Plan) -> None:
    """d = sum_i r_i h[k]_i. The top's templates are one-hot: T r_k."""
    at = plan.at
    p.label("dot")
    p.op(go="dot top", when=If.TOP)
    load(p, (at["first"], LAYER), do=Do.LOAD_PRE, pre=1, template=1)
    for _ in range(2):
        p.op("x", right=Right.ZERO, pre=1, template=1)
    both = {"left": Left.COUNT, "right": Right.TEMPLATE, "pre": 1, "template": 1}
    p.stay("+ab", do=Do.NEXT_PRE, unless=If.LAST_PRE, **both)
    for _ in range(2):
        p.op("+ab", waits=True)
    p.op(keep=at["d"], back=1)
    p.label("dot top")
    load(p, (at["first"], LAYER))
    p.op("+x", x=Source.CONCEPT)
    p.op("x", value=plan.config.steps, do=Do.LOAD_PRE, pre=1)
    p.op(left=Left.RESULT, right=Right.COUNT)
    p.op("ab")
    p.op(keep=at["d"], back=1)


def _strength(p: Program, plan: Plan) -> None:
    """total = a, taken as 0 where |h[k]| = 0: q, b1 and b2 of the concept; its part of sum a C."""
    at = plan.at
    p.label("strength")
    p.op(keep=at["a"])
    load(p, at["t_k"])
    p.op(go="known", unless=If.ZERO)
    p.op(keep=at["a"])
    p.label("known")
    load(p, at["a"])
    p.op(go="strong", unless=If.ZERO)
    p.op(keep=(at["q"], CONCEPT), back=1)
    p.label("strong")
    p.op("x", value=1)
    p.op(keep=at["teach"])
    shift_of(p, plan, 3, "place_k")
    p.op(fetch=at["a"])
    p.op(left=Left.SCRATCH, fetch=at["t_k"])
    p.op(right=Right.SCRATCH)
    p.op("ab")
    rounded(p)
    p.op(keep=(at["q"], CONCEPT), fit=Fit.B16)
    p.op(fetch=at["C"])
    p.op(right=Right.SCRATCH, fetch=at["sum"])
    p.op("x+ab", x=SCRATCH)
    p.op(keep=at["sum"])
    # b1
    shift_of(p, plan, 3, "place_r", "place_k")
    p.op(fetch=at["t_k"])
    p.op(right=Right.SCRATCH, fetch=at["t_r"])
    p.op("ab")
    p.op(left=Left.RESULT, right=Right.SCRATCH)
    p.op("ab")
    rounded(p)
    p.op(keep=at["b1"], fit=Fit.B16)
    # b2
    shift_of(p, plan, 3, "place_k", "place_k")
    p.op(fetch=at["a"])
    p.op(left=Left.SCRATCH, fetch=at["C"])
    p.op(right=Right.SCRATCH, fetch=at["t_k"])
    p.op("ab")
    p.op(left=Left.RESULT, right=Right.SCRATCH)
    p.op("ab")
    for _ in range(7):
        p.op("half")
    p.op("+x", value=1)
    p.op("half")
    p.op(left=Left.RESULT)
    p.op("ab")
    rounded(p)
    p.op(keep=at["b2"], fit=Fit.B16, back=1)


def _sums(p: Program, plan: Plan) -> None:
    """E[k] += b1 r, S_k += b2, where there is a Theta to learn (step 8)."""
    at = plan.at
    p.label("sums")
    p.op(back=1, when=If.TOP)
    for needed in ("learn_theta", "t_r", "a"):
        load(p, at[needed])
        p.op(back=1, when=If.ZERO)
    p.op(fetch=(at["S"], BOTH))
    p.op("x", x=SCRATCH, fetch=at["b2"])
    p.op("+x", x=SCRATCH, fetch=at["b1"])
    p.op(left=Left.SCRATCH, keep=(at["S"], BOTH), fit=Fit.SUM)
    load(p, (at["first"], LAYER), do=Do.LOAD_PRE, pre=1, template=1)
    p.label("sum")
    p.op(right=Right.COUNT, pre=1)
    p.op("x+ab", x=Source.SUM, pre=1)
    p.op(put=Put.SUM, fit=Fit.SUM, pre=1)
    p.op(do=Do.NEXT_PRE, pre=1, template=1, go="sum", unless=If.LAST_PRE)
    p.op(back=1)
