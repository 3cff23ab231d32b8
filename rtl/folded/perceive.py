"""The folded engine's program, first part: reset, samples in, the fused pass through all layers, results out."""

from rtl.folded.assembler import Program
from rtl.folded.microcode import Do, Fit, If, Left, Mode, Put, Right, Source
from rtl.folded.plan import SAVED, Plan
from rtl.formats import COUNTERS


def boot(p: Program, plan: Plan) -> None:
    """Gives registers and state the configuration's values, and waits for work."""
    at = plan.at
    assert SAVED == 64, "the concept's register counts round once"
    p.label("boot")
    p.op("x", do=Do.BUSY)
    p.op(do=Do.LOAD_CONCEPT, fetch=(at["initial"], Mode.CONCEPT))
    p.label("copy")
    p.op("x", x=Source.SCRATCH)
    p.op(keep=(0, Mode.CONCEPT))
    p.op(do=Do.NEXT_CONCEPT, fetch=(at["initial"], Mode.CONCEPT))
    p.op("x", x=Source.CONCEPT)
    p.op(go="copy", unless=If.ZERO, fetch=(at["initial"], Mode.CONCEPT))
    if plan.config.learn:
        _clear(p, plan)
    p.label("idle")
    p.op(do=Do.IDLE, go="sample", when=If.BEAT)
    p.op(go="host", when=If.REQUEST)
    p.op(go="idle")


def _clear(p: Program, plan: Plan) -> None:
    """After configuration, and then never again, the memory of concepts is made 0: an iCE40 cannot do so by itself."""
    at = plan.at
    _load(p, at["cleared"])
    p.op(go="idle", unless=If.ZERO)
    p.op(do=Do.LOAD_LAYER)
    p.label("clear layer")
    _load(p, (at["first"], Mode.LAYER), do=Do.LOAD_POST)
    p.label("clear neuron")
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT)
    p.label("clear concept")
    for put in (Put.SUM, Put.HOST_COUNT, Put.HOST_FLAGS):
        p.op(put=put)
    p.op(do=Do.NEXT_CONCEPT, go="clear concept", unless=If.LAST_CONCEPT)
    p.op(do=Do.NEXT_POST, go="clear neuron", unless=If.LAST_POST)
    p.op(do=Do.NEXT_LAYER, go="clear layer", unless=If.TOP)
    p.op("x", value=1)
    p.op(keep=at["cleared"])


def sample(p: Program, plan: Plan) -> None:
    """A sample comes in, pixel by pixel; each neuron of layer 0 also keeps the last sample's count."""
    p.label("sample")
    p.op(do=Do.BUSY)
    _load(p, plan.at["first"], do=Do.LOAD_PRE, pre=1)
    p.label("pixel")
    p.stay(unless=If.BEAT, pre=1)
    p.op(put=Put.STIMULUS, do=Do.NEXT_PRE, pre=1, go="pixel", unless=If.LAST_PRE)
    p.op(fetch=plan.at["threshold"])
    p.op("x", x=Source.SCRATCH)
    p.op("x", do=Do.THRESHOLD, value=1)
    p.op(do=Do.LOAD_LAYER)


def perceive(p: Program, plan: Plan) -> None:
    """Steps 2, 3 and 7, from layer 1 to the top: each pass carries the update that is pending."""
    config, at = plan.config, plan.at
    learn = config.learn
    p.label("layer")
    _load(p, (at["weights"], Mode.LAYER), do=Do.LOAD_WORD)
    if learn:
        # Without an update the unit is 0.
        _load(p, (at["pending"], Mode.LAYER))
        p.op(go="no update", when=If.ZERO)
        _load(p, (at["rate"], Mode.LAYER))
        p.op(fetch=(at["unit"], Mode.TOTAL))
        p.op("x", x=Source.SCRATCH, fetch=(at["noise"], Mode.LAYER))
        p.label("no update")
        p.op("x", do=Do.UNIT, x=Source.SCRATCH)
        p.op(do=Do.NOISE)
    _load(p, (at["first"], Mode.LAYER), do=Do.LOAD_POST)
    p.op("x", do=Do.CLEAR)
    p.op(do=Do.LOAD_CONCEPT)
    p.label("neuron")
    walk(p, (at["below"], Mode.LAYER), backward=0, **({"left": Left.ERROR} if learn else {}))
    _soma(p, plan)
    p.label("fired")
    _window(p, plan)
    p.op(put=Put.SPIKES, go="not top", unless=If.TOP)
    p.op("x", x=Source.VOLTAGE)
    p.op(keep=(at["V"], Mode.CONCEPT))
    p.op(do=Do.NEXT_CONCEPT)
    p.label("not top")
    p.op(do=Do.NEXT_POST, go="neuron", unless=If.LAST_POST)
    _count(p, plan)
    p.op(do=Do.NEXT_LAYER, go="layer", unless=If.TOP)


def _load(p: Program, place, **fields) -> None:
    """total = a word of scratch, and what to do with it."""
    p.op(fetch=place)
    p.op("x", x=Source.SCRATCH)
    if fields:
        p.op(**fields)


def walk(p: Program, first, backward: int, **fields) -> None:
    """One neuron's pass over all rows of the layer whose first neuron is at `first`. `fields`: of its first instruction."""
    p.op(fetch=first, **fields)
    p.op("x", x=Source.SCRATCH)
    p.op(do=Do.LOAD_PRE, pre=1, backward=backward)
    p.op(do=Do.START, pre=1, backward=backward)
    p.stay("x-ab", x=Source.WEIGHT, fit=Fit.WEIGHT, pre=1, backward=backward, unless=If.WALKED)


def _soma(p: Program, plan: Plan) -> None:
    """T steps: of the sum of four planes in the direct code, else each of its own accumulator."""
    config = plan.config
    scaled = any(f.scale for f in plan.forms)
    if config.coding == "direct":
        p.op(go="spikes", unless=If.FIRST)
        if scaled:
            _load(p, (plan.at["scale"], Mode.LAYER), do=Do.LOAD_COUNTER)
        # Halves drop a bit that all later planes are multiples of: the floor of the whole sum.
        p.op("x", x=Source.DENDRITE, value=0)
        for plane in range(1, 4):
            p.op("half")
            p.op("+x", x=Source.DENDRITE, value=plane)
        p.op("half")
        if scaled:
            p.stay("halves", do=Do.DOWN, unless=If.COUNTED)
        for step in range(config.steps):
            last = {"go": "fired"} if step == config.steps - 1 else {}
            p.op(do=Do.STEP, **last)
    p.label("spikes")
    for step in range(config.steps):
        if scaled:
            _load(p, (plan.at["scale"], Mode.LAYER), do=Do.LOAD_COUNTER)
        p.op("x", x=Source.DENDRITE, value=step)
        if scaled:
            p.stay("halves", do=Do.DOWN, unless=If.COUNTED)
        p.op(do=Do.STEP)


def _window(p: Program, plan: Plan) -> None:
    """The flags of the surrogate window; the top layer has the one of V >= 0."""
    at = plan.at
    p.op("x", x=Source.VOLTAGE, fetch=at["window_low"])
    p.op(do=Do.ABOVE, go="flagged", when=If.TOP)
    p.op("-x", x=Source.SCRATCH, fetch=at["window_high"])
    p.op("x", x=Source.VOLTAGE, do=Do.ABOVE)
    p.op("-x", x=Source.SCRATCH)
    p.op(do=Do.BELOW)
    p.label("flagged")


def _count(p: Program, plan: Plan) -> None:
    """Counters of a layer's pass; nothing is pending any more."""
    at = plan.at
    for name in ("rows", "updates", "saturations"):
        p.op("x", x=Source[name.upper()])
        p.op(keep=(at[name], Mode.LAYER))
    walked(p, plan)
    p.op("x")
    p.op(keep=(at["pending"], Mode.LAYER))
    p.op("x", value=1)
    p.op(left=Left.RESULT)
    _load(p, (at["first"], Mode.LAYER), do=Do.LOAD_PRE, pre=1)
    for _ in range(2):
        p.op("x", right=Right.ZERO, pre=1)
    p.stay("+ab", right=Right.COUNT, do=Do.NEXT_PRE, pre=1, unless=If.LAST_PRE)
    for _ in range(2):
        p.op("+ab", waits=True)
    p.op(keep=(at["spikes"], Mode.LAYER))


def walked(p: Program, plan: Plan) -> None:
    """Adds the pass's rows to the layer's register."""
    place = (plan.at["walked"], Mode.LAYER)
    p.op("x", x=Source.ROWS, fetch=place)
    p.op("+x", x=Source.SCRATCH)
    p.op(keep=place)


def report(p: Program, plan: Plan) -> None:
    """The result, word by word: prediction, V of the top, counters of layers 1..L."""
    at = plan.at
    p.op("x")
    p.op(do=Do.LOAD_CONCEPT, fetch=at["lowest"])
    p.op("x", x=Source.SCRATCH)
    p.op(keep=at["best"])
    p.label("compare")
    p.op(fetch=(at["V"], Mode.CONCEPT))
    p.op("x", x=Source.SCRATCH, fetch=at["best"])
    p.op("-x", x=Source.SCRATCH)
    p.op(go="no better", when=If.NEGATIVE)
    p.op(go="no better", when=If.ZERO)
    p.op("+x", x=Source.SCRATCH)
    p.op("x", keep=at["best"], x=Source.CONCEPT)
    p.op(keep=at["prediction"])
    p.label("no better")
    p.op(do=Do.NEXT_CONCEPT, go="compare", unless=If.LAST_CONCEPT)
    # A word every second clock: a bus that has had one asks for the next in its third.
    p.op("x", value=1)
    p.op("x", do=Do.LOAD_LAYER, fetch=at["prediction"])
    p.op("x", x=Source.SCRATCH, do=Do.LOAD_CONCEPT)
    again = p.stay(put=Put.RESULT, fetch=(at["V"], Mode.CONCEPT), unless=If.SENT)
    p.op("x", x=Source.SCRATCH, do=Do.NEXT_CONCEPT, go=again, unless=If.LAST_CONCEPT)
    first, *others = COUNTERS
    again = p.stay(put=Put.RESULT, fetch=(at[first], Mode.LAYER), unless=If.SENT)
    for name in others:
        p.op("x", x=Source.SCRATCH)
        p.stay(put=Put.RESULT, fetch=(at[name], Mode.LAYER), unless=If.SENT)
    p.op("x", x=Source.SCRATCH, do=Do.NEXT_LAYER, go=again, unless=If.TOP)
    p.stay(put=Put.RESULT, unless=If.SENT)
