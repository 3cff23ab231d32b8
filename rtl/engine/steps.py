"""The program of the learner's scalars (docs/arithmetic.md, steps 6 and 8): `STEPS`.

A step is a product, a rounding shift and a clip, for all concepts or for r.
"""

from dataclasses import dataclass

from amaranth.hdl import Array, Const, ValueLike

from rtl.engine.rounding import FRACTION_BITS
from rtl.engine.stages import ScalarStages
from rtl.fixed import round_in_clocks
from rtl.pipeline import Pipeline
from rtl.rsqrt import SHIFT_BASE

B_SHIFT = -15
"""b1 = rnd(a t_r t_k, s_r + s_k + B_SHIFT), b2 the same with s_k twice."""


@dataclass(frozen=True)
class Step:
    """A product for every concept, or one for r: left x right, rounded by `shift` + places of `places`.

    left: "t", "d", "a", "work" (a C or a C t_k >> 8), "sum" (of a C, >> 8). right: "t_r", "t", "u" (t_r t_k), "c". places:
    of |r| ("r") and |m[k]| ("k") in the shift, the base-4 digits of the root's argument. once: for r. waits: for what
    the step before it writes. basal, apical: only where the layer learns W, Theta.
    """

    name: str
    left: str
    right: str
    shift: int
    places: str = ""
    once: bool = False
    waits: bool = True
    basal: bool = False
    apical: bool = False


BASE = SHIFT_BASE
STEPS = (
    Step("root", "t", "t_r", 0, once=True),  # t_r and its place alone
    Step("u", "t", "t_r", 0),
    Step("c", "d", "u", 2 * BASE - 8, "rk"),
    Step("ac", "a", "c", 0),
    Step("q", "a", "t", BASE + 8 - FRACTION_BITS, "k", basal=True, waits=False),
    Step("b1", "a", "u", 2 * BASE + B_SHIFT, "rk", apical=True, waits=False),
    Step("q_r", "sum", "t_r", BASE + 8 - FRACTION_BITS, "r", once=True, basal=True),
    Step("act", "work", "t", 8, apical=True),
    Step("b2", "work", "t", 2 * BASE + B_SHIFT, "kk", apical=True),
)
NUMBER = {step.name: i for i, step in enumerate(STEPS)}


def multiply(
    p: Pipeline,
    stages: ScalarStages,
    left: dict[str, ValueLike],
    right: dict[str, ValueLike],
    places: dict[str, ValueLike],
    bits: int,
) -> None:
    """Defines `value`, the step's rounded product, in the stage `round`. The shift takes two clocks, with a bit more.

    Args:
        p: with the step. left, right, places: in the stage `factors`, by the names of `Step`; places also "", none.
        bits: of a product that is shifted by all but three.
    """
    at = stages.factors
    step = p.at("step", at)
    p.define("left", at, Array(left[s.left] for s in STEPS)[step])
    p.define("right", at, Array(right[s.right] for s in STEPS)[step])
    # The shift is a number of the step's and two places, either of which may be none.
    first, second = (Array(places[s.places[i : i + 1]] for s in STEPS)[step] for i in range(2))
    p.define("shift", at, Array(Const(s.shift, 5) for s in STEPS)[step] + first + second)
    at = stages.product
    p.define("product", at, p.at("left", at) * p.at("right", at))
    round_in_clocks(p, stages, "product", "value", bits)
