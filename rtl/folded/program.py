"""The folded engine's whole program."""

from rtl.folded.assembler import Program
from rtl.folded.host import host
from rtl.folded.microcode import If
from rtl.folded.perceive import boot, perceive, report, sample
from rtl.folded.plan import Plan
from rtl.folded.recall import recall
from rtl.folded.scalars import subroutines
from rtl.folded.teach import teach


def program(plan: Plan) -> list[dict]:
    """All instructions. The first one is where a reset begins."""
    p, learn = Program(), plan.config.learn
    boot(p, plan)
    sample(p, plan)
    perceive(p, plan)
    report(p, plan)
    if learn:
        p.op(go="teach", when=If.LEARN)
        p.label("recall if asked")  # after the lesson, too, where that ended no block
        p.op("x", go="idle", unless=If.RECALL)
        p.op(keep=plan.at["theta"], go="recall")
        teach(p, plan)
        recall(p, plan)
        subroutines(p, plan)
    else:
        p.op(go="idle")
    host(p, plan)
    return p.finish()
