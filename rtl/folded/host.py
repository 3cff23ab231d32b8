"""The folded engine's program, last part: the host's accesses (docs/hardware.md, host port)."""

from rtl.folded.assembler import Program
from rtl.folded.microcode import Do, If, Left, Put, Right, Source
from rtl.folded.plan import Plan
from rtl.folded.scalars import BOTH, CONCEPT, LAYER, SCRATCH, add, load
from rtl.interface.memory_map import EVERY, MEMORIES, REGISTERS

ENTRIES = 16


def host(p: Program, plan: Plan) -> None:
    """One access: by layer, then by memory, to what reads or writes it, and the answer."""
    top = plan.config.layers
    p.label("host")
    p.op("x", value=top)
    p.op(by_layer="layers")
    p.label("of layer")
    p.op("x", x=Source.INDEX, do=Do.HOST_LAYER, by_memory="memories")
    kinds = {REGISTERS: "register", EVERY: "every layer"}
    p.table("layers", [kinds.get(layer, "of layer" if layer <= top else "absent") for layer in range(ENTRIES)])
    names = [f"memory {name}" for name in MEMORIES]
    p.table("memories", names + ["absent"] * (ENTRIES - len(names)))
    p.label("every layer")
    p.op("x", x=Source.INDEX, do=Do.LOAD_LAYER, by_memory="memories")
    _weights(p, plan)
    if plan.config.learn:
        _concepts(p, plan)
        _scalars(p, plan)
    else:
        for name in MEMORIES[1:]:
            p.label(f"memory {name}")
    p.label("absent")
    p.op("x", go="answer")
    _registers(p, plan)
    p.label("answer")
    p.op(put=Put.TAKE)
    p.op(put=Put.ANSWER, go="idle")


def _weights(p: Program, plan: Plan) -> None:
    """total is the index. A weight is read with the noise below it."""
    at = plan.at
    p.label("memory weights")
    p.op(go="absent", when=If.BOTTOM)
    p.op(fetch=(at["weights"], LAYER))
    p.op("+x", x=SCRATCH, go="word")
    if plan.config.learn:
        p.label("memory theta")
        p.op(go="absent", when=If.TOP)
        add(p, "+x", (at["backward"], LAYER))
    p.label("word")
    p.op("x", x=Source.DATA, do=Do.LOAD_WORD)
    p.op(go="write word", when=If.WRITE)  # the address is in the walk's second stage a clock later
    p.op(put=Put.READ_WEIGHT)
    p.op("x", x=Source.WEIGHT)
    for _ in range(8):
        p.op("half")
    p.op(go="answer")
    p.label("write word")
    p.op(put=Put.WEIGHT, go="answer")


def _concepts(p: Program, plan: Plan) -> None:
    """The memory of concepts: index = concept x span + neuron. The copy of a layer's counts below it is the counts."""
    at = plan.at
    p.label("memory apical")
    p.op(do=Do.NEXT_LAYER)
    kinds = ("counts", "flags", "sums")
    for name in kinds:
        p.label(f"memory {name}")
        p.op(call="neuron of concept")
        p.op("x", x=Source.DATA, go=f"write {name}", when=If.WRITE)
        if name == "counts":
            p.op("x", value=1, right=Right.TEMPLATE)
            p.op(left=Left.RESULT)
            p.op("ab", go="answer")
        elif name == "flags":
            p.op("x", go="not above", unless=If.TEMPLATE_ABOVE)
            p.op("+x", value=1)
            p.label("not above")
            p.op(go="answer", unless=If.TEMPLATE_BELOW)
            p.op("+x", value=2)
            p.op(go="answer")
        else:
            p.op("x", x=Source.SUM, go="answer")
    for name, put in zip(kinds, (Put.HOST_COUNT, Put.HOST_FLAGS, Put.SUM), strict=True):
        p.label(f"write {name}")
        p.op(put=put, go="answer")
    p.label("neuron of concept")
    p.op(go="absent", when=If.TOP)
    p.op("x")
    p.op("x", x=Source.INDEX, do=Do.LOAD_CONCEPT, fetch=(at["span"], LAYER))
    p.label("count concepts")
    p.op("-x", x=SCRATCH)
    p.op(go="counted", when=If.NEGATIVE)
    p.op(do=Do.NEXT_CONCEPT, go="count concepts")
    p.label("counted")
    p.op("+x", x=SCRATCH, fetch=(at["first"], LAYER))
    p.op("+x", x=SCRATCH)
    p.op(do=Do.LOAD_POST, template=1)
    p.op(back=1)


def _scalars(p: Program, plan: Plan) -> None:
    """S and N by concept; the number of samples, and of those in this block."""
    at = plan.at
    for name, table in (("scalar_sums", "S"), ("norms", "N")):
        p.label(f"memory {name}")
        p.op(go="absent", when=If.TOP)
        p.op("x", x=Source.DATA, do=Do.LOAD_CONCEPT, go=f"write {name}", when=If.WRITE)
        load(p, (at[table], BOTH))
        p.op(go="answer")
    p.label("write scalar_sums")
    p.op(fetch=at["sum mask"])
    p.op("&x", x=SCRATCH, fetch=at["sum sign"])
    p.op("^x", x=SCRATCH)
    p.op("-x", x=SCRATCH)
    p.op(keep=(at["S"], BOTH), go="answer")
    p.label("write norms")
    p.op(keep=(at["N"], BOTH), go="answer")
    p.label("memory samples")
    p.op("x", x=Source.DATA, go="write samples", when=If.WRITE)
    load(p, at["samples"], go="answer")
    p.label("write samples")
    p.op(keep=at["samples"], go="answer")
    p.label("memory position")
    p.op("x", x=Source.DATA, go="write position", when=If.WRITE)
    load(p, at["position"], go="answer")
    p.label("write position")
    p.op(fetch=at["mask"] + plan.registers.index("block"))
    p.op("&x", x=SCRATCH)
    p.op(keep=at["position"], go="answer")


def _registers(p: Program, plan: Plan) -> None:
    """Settings and counters, each as wide as it is. `clocks` is a difference to the engine's own."""
    at, names = plan.at, plan.registers
    p.label("register")
    p.op("x", x=Source.INDEX)
    p.op("-x", value=len(names), do=Do.LOAD_CONCEPT)
    p.op(go="absent", unless=If.NEGATIVE)
    p.op("+x", value=len(names) - names.index("clocks"))
    p.op("x", x=Source.DATA, go="clock", when=If.ZERO)
    p.op(go="write register", when=If.WRITE)
    load(p, (0, CONCEPT), go="answer")
    p.label("write register")
    p.op(fetch=(at["mask"], CONCEPT))
    p.op("&x", x=SCRATCH, fetch=(at["sign"], CONCEPT))
    p.op("^x", x=SCRATCH)
    p.op("-x", x=SCRATCH)
    p.op(keep=(0, CONCEPT), go="answer")
    p.label("clock")
    p.op(go="set clock", when=If.WRITE)
    p.op("x", x=Source.CLOCKS, fetch=at["clocks"])
    p.op("+x", x=SCRATCH, go="answer")
    p.label("set clock")
    p.op("-x", x=Source.CLOCKS)
    p.op(keep=at["clocks"], go="answer")
