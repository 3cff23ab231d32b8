"""The folded engine's program, third part: block end and recall, concept by concept (docs/arithmetic.md, 4 and 9)."""

from rtl.folded.assembler import Program
from rtl.folded.microcode import Do, Fit, If, Left, Mode, Put, Right, Source
from rtl.folded.perceive import walk, walked
from rtl.folded.plan import Plan
from rtl.folded.scalars import BOTH, LAYER, SCRATCH, load


def recall(p: Program, plan: Plan) -> None:
    """All concepts, each through all layers from L - 1 to 0; `theta` says whether Theta learns first."""
    at, top = plan.at, plan.config.layers
    p.label("recall")
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT)
    p.label("concept")
    load(p, at["first"] + top, do=Do.LOAD_PRE, pre=1)
    p.stay(put=Put.TARGET, do=Do.NEXT_PRE, pre=1, backward=1, unless=If.LAST_PRE)
    p.op("x", value=top - 1)
    p.op(do=Do.LOAD_LAYER)
    p.label("recalled layer")
    _begin(p, plan)
    p.label("recalled neuron")
    _apical_error(p, plan)
    walk(p, (at["above"], LAYER), backward=1)
    for step in range(plan.config.steps):
        p.op("x", x=Source.DENDRITE, value=step)
        p.op(do=Do.STEP)
    p.op("x", x=Source.VOLTAGE, fetch=at["window_high"])
    p.op("-x", x=SCRATCH, do=Do.ABOVE)
    p.op(do=Do.BELOW, template=1)  # once more: E was written since
    p.op(go="no layer below", when=If.BOTTOM)
    p.op(put=Put.SPIKES, backward=1)
    p.label("no layer below")
    p.op(put=Put.CONCEPT)
    p.op(template=1, fetch=(at["N"], BOTH))
    p.op(left=Left.TEMPLATE, right=Right.TEMPLATE)
    p.op("x+ab", x=SCRATCH)
    p.op(keep=(at["N"], BOTH))
    p.op(do=Do.NEXT_POST, go="recalled neuron", unless=If.LAST_POST)
    load(p, at["theta"])
    p.op("x", go="layer recalled", when=If.ZERO)
    p.op(keep=(at["S"], BOTH))
    p.label("layer recalled")
    walked(p, plan)
    p.op(do=Do.LAST_LAYER, go="recalled layer", unless=If.BOTTOM)
    p.op(do=Do.NEXT_CONCEPT, go="concept", unless=If.LAST_CONCEPT)
    p.op(go="idle")


def _begin(p: Program, plan: Plan) -> None:
    """A concept comes to a layer: noise, unit, addresses."""
    at = plan.at
    load(p, at["theta"])
    p.op(go="unmoved", when=If.ZERO)
    load(p, at["seed"])
    p.op(fetch=(at["backward stream"], LAYER))
    p.op("^x", x=SCRATCH, call="hash")
    p.op(do=Do.NOISE, fetch=at["backward_rate"])
    p.op("x", x=SCRATCH)
    p.op(fetch=(at["unit"], Mode.TOTAL))
    p.op("x", x=SCRATCH)
    p.op(do=Do.UNIT)
    p.label("unmoved")
    load(p, (at["backward"], LAYER), do=Do.LOAD_WORD)
    load(p, (at["first"], LAYER), do=Do.LOAD_POST)
    p.op("x", do=Do.CLEAR)
    p.op(keep=(at["N"], BOTH))


def _apical_error(p: Program, plan: Plan) -> None:
    """left = G of a neuron, from E, S and its old template; 0 where Theta does not learn. E begins anew."""
    at = plan.at
    load(p, at["block_shift"])
    p.op(do=Do.LOAD_COUNTER, template=1, fetch=(at["S"], BOTH))
    p.op(left=Left.SCRATCH, right=Right.TEMPLATE, fetch=at["theta"])
    p.op("x", x=SCRATCH)
    p.op("x-ab", x=Source.SUM, go="settled", when=If.ZERO)
    p.op(go="may rise", when=If.TEMPLATE_ABOVE)
    p.op(go="gated", when=If.NEGATIVE)
    p.op(go="gated", when=If.ZERO)
    p.label("may rise")
    p.op(go="passes", when=If.TEMPLATE_BELOW)
    p.op(go="passes", when=If.NEGATIVE)
    p.label("gated")
    p.op("x")
    p.label("passes")
    p.stay("halves", do=Do.DOWN, unless=If.COUNTED)
    p.op("x", left=Left.RESULT, fit=Fit.B16)
    p.op(put=Put.SUM, go="moves")
    p.label("settled")
    p.op("x")
    p.op(left=Left.RESULT)
    p.label("moves")
