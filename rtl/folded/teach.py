"""The folded engine's program, second part: affinity, coefficients, errors and apical sums (docs/arithmetic.md, 6 to 8)."""

from rtl.folded.assembler import Program
from rtl.folded.microcode import Do, Fit, If, Left, Put, Right
from rtl.folded.plan import Plan
from rtl.folded.scalars import CONCEPT, LAYER, SCRATCH, add, load, rounded, shift_of


def teach(p: Program, plan: Plan) -> None:
    """A learning sample's lesson for each layer 0..L, then its place in the block."""
    at, config = plan.at, plan.config
    reco = config.loss == "reco"
    p.label("teach")
    p.op("x")
    p.op(do=Do.LOAD_LAYER)
    p.label("lesson")
    load(p, (at["first"], LAYER), do=Do.LOAD_PRE, pre=1)
    for _ in range(2):
        p.op("x", right=Right.ZERO, pre=1)
    p.stay("+ab", left=Left.COUNT, right=Right.COUNT, do=Do.NEXT_PRE, pre=1, unless=If.LAST_PRE)
    p.op("+ab", waits=True)
    p.op("+ab", waits=True, call="root")
    for name in ("t", "place"):
        load(p, at[f"{name}_k"])
        p.op(keep=at[f"{name}_r"])
    p.op("x")
    p.op(keep=at["sum"])
    p.op(keep=at["teach"], do=Do.LABEL)

    p.op(call="dot")
    p.op(call="concept root")
    p.op(call="affinity")
    if not reco:
        p.op(go="rivals", unless=If.BOTTOM)
    # ReCo and layer 0: pull, unless it agrees already
    p.op("x", value=256, fetch=at["C"])
    p.op("-x", x=SCRATCH, fetch=at["dead_zone"])
    p.op("-x", x=SCRATCH)
    p.op("+x", x=SCRATCH, go="taught", when=If.NEGATIVE)
    p.op(call="strength")
    p.op(call="sums")
    p.op(go="learned", when=If.BOTTOM)
    if not reco:
        p.label("rivals")
        load(p, at["C"])
        p.op(keep=at["C_y"])
        p.op("x")
        p.op(keep=at["kept"])
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT)
    p.label("rival")
    p.op(go="next rival", when=If.OWN)
    p.op(call="dot")
    p.op(call="concept root")
    p.op(call="affinity")
    (_reco if reco else _gap)(p, plan)
    p.op(call="strength")
    p.op(call="sums")
    p.label("next rival")
    p.op(do=Do.NEXT_CONCEPT, go="rival", unless=If.LAST_CONCEPT)
    if not reco:
        p.op(do=Do.LABEL)
        p.op(call="dot")
        p.op(call="concept root")
        p.op(call="affinity")
        load(p, at["kept"])
        p.op("-x", value=256)
        p.op(go="whole pull", unless=If.NEGATIVE)
        p.op("+x", value=256)
        p.op(go="pull")
        p.label("whole pull")
        p.op("x", value=256)
        p.label("pull")
        p.op(call="strength")
        p.op(call="sums")
    _errors(p, plan)
    p.label("taught")
    p.label("learned")
    p.op(do=Do.NEXT_LAYER, go="lesson", unless=If.TOP)
    _place_in_block(p, plan)


def _reco(p: Program, plan: Plan) -> None:
    """total = a of a rival: -((max(0, C - margin) lambda8) >> 3)."""
    at = plan.at
    p.op(fetch=at["C"])
    p.op("x", x=SCRATCH, fetch=at["margin"])
    p.op("-x", x=SCRATCH)
    p.op(go="push", unless=If.NEGATIVE)
    p.op("x")
    p.label("push")
    p.op(left=Left.RESULT, fetch=at["lambda8"])
    p.op(right=Right.SCRATCH)
    p.op("ab")
    for _ in range(3):
        p.op("half")
    p.op(keep=at["kept"])
    p.op("x", fetch=at["kept"])
    p.op("-x", x=SCRATCH)


def _gap(p: Program, plan: Plan) -> None:
    """total = a of a rival: -(32 >> (max(0, C_y - C - reach) >> 3)), 0 where it evokes nothing; `kept` is their sum."""
    at = plan.at
    load(p, at["t_k"])
    p.op(go="pushed", when=If.ZERO)
    load(p, at["C_y"])
    add(p, "-x", at["C"])
    add(p, "-x", at["reach"])
    p.op(go="behind", unless=If.NEGATIVE)
    p.op("x")
    p.label("behind")
    for _ in range(3):
        p.op("half")
    p.op(do=Do.LOAD_COUNTER)
    p.op("-x", value=6)
    p.op(go="near", when=If.NEGATIVE)
    p.op("x", go="pushed")
    p.label("near")
    p.op("x", value=32)
    p.stay("halves", do=Do.DOWN, unless=If.COUNTED)
    p.label("pushed")
    p.op(keep=at["d"])
    add(p, "+x", at["kept"])
    p.op(keep=at["kept"])
    p.op("x", fetch=at["d"])
    p.op("-x", x=SCRATCH)


def _errors(p: Program, plan: Plan) -> None:
    """q_r, the noise of the update, and g of every neuron (step 7)."""
    at, config = plan.at, plan.config
    load(p, at["teach"])
    p.op(keep=(at["pending"], LAYER))
    p.op(go="taught", when=If.ZERO)
    shift_of(p, plan, 3, "place_r")
    load(p, at["sum"])
    for _ in range(8):
        p.op("half")
    p.op(left=Left.RESULT, fetch=at["t_r"])
    p.op(right=Right.SCRATCH)
    p.op("ab")
    rounded(p)
    p.op(keep=at["q_r"], fit=Fit.B16)
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT)
    load(p, at["seed"])
    p.op(fetch=(at["stream"], LAYER))
    p.op("^x", x=SCRATCH, call="hash")
    p.op(keep=(at["noise"], LAYER))
    load(p, (at["first"], LAYER), do=Do.LOAD_POST)
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT)

    p.label("error")
    p.op(go="own error", when=If.TOP)
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT, fetch=(at["q"], CONCEPT), template=1)
    for _ in range(2):
        p.op("x", right=Right.ZERO)
    q = {"left": Left.SCRATCH, "right": Right.TEMPLATE, "fetch": (at["q"], CONCEPT), "template": 1}
    p.stay("+ab", do=Do.NEXT_CONCEPT, unless=If.LAST_CONCEPT, **q)
    p.op("+ab", waits=True)
    p.op("+ab", waits=True, go="less r")
    p.label("own error")
    p.op("x", fetch=(at["q"], CONCEPT))
    for _ in range(config.steps):
        p.op("+x", x=SCRATCH)
    p.op(do=Do.NEXT_CONCEPT)
    p.label("less r")
    p.op(fetch=at["q_r"])
    p.op(left=Left.SCRATCH, right=Right.COUNT)
    p.op("-ab", go="top window", when=If.TOP)
    p.op(go="closed", unless=If.WAS_ABOVE)
    p.op(go="open", when=If.WAS_BELOW)
    p.op(go="open", when=If.NEGATIVE)
    p.label("closed")
    p.op("x", go="error known")
    p.label("top window")
    p.op(go="open top", when=If.WAS_ABOVE)
    p.op(go="closed", when=If.NEGATIVE)
    p.label("open top")
    p.op("half")
    p.label("open")
    p.op("half")
    p.op("half")
    p.op("+x", value=1)
    p.op("half")
    p.label("error known")
    p.op(put=Put.ERROR, fit=Fit.ERROR)
    p.op(do=Do.NEXT_POST, go="error", unless=If.LAST_POST)


def _place_in_block(p: Program, plan: Plan) -> None:
    at = plan.at
    load(p, at["samples"])
    p.op("+x", value=1)
    p.op(keep=at["samples"])
    p.op(fetch=at["position"])
    p.op("x", x=SCRATCH, fetch=at["block"])
    p.op("-x", x=SCRATCH)
    p.op(go="block ends", unless=If.NEGATIVE)
    p.op("+x", x=SCRATCH)
    p.op("+x", value=1)
    p.op(keep=at["position"], go="recall if asked")
    p.label("block ends")
    p.op("x")
    p.op(keep=at["position"])
    load(p, at["learn_theta"])
    p.op(go="recall if asked", when=If.ZERO)
    p.op(keep=at["theta"], go="recall")
