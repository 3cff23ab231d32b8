"""What every step of the learner's scalars is: a product, and a shift that rounds (`rtl.engine.steps`)."""

from amaranth.hdl import Array, Const, ValueLike

from rtl.engine.stages import ScalarStages
from rtl.engine.steps import STEPS
from rtl.fixed import round_in_clocks
from rtl.pipeline import Pipeline


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
