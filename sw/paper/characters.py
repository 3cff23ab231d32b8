"""The next character of a text, by the chip's rule."""

from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

KEY, TITLE = "characters", "The next character of the King James text"
CASES = {"a window of 4 characters": (4, False, 0.48), "one character, recurrent": (1, True, 0.44)}
"""Characters seen, whether recurrent, and the least accuracy asked."""


def _trial(name: str, plan: Plan) -> Trial:
    window, recurrent, _ = CASES[name]
    return Trial("trials.integer", "text", {"epochs": plan.of(8, 1), "window": window, "recurrent": recurrent})


def trials(plan: Plan) -> list[Trial]:
    """None of a taste: an epoch alone takes minutes."""
    return [] if plan.quick else [one for name in CASES for one in seeds(_trial(name, plan), plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []
    for name, (_, _, least) in {} if plan.quick else CASES.items():
        values = of_seeds(found, seeds(_trial(name, plan), plan.seeds), "accuracy")
        target = plan.target(f">= {100 * least:.0f} %", sum(values) / len(values) >= least)
        how = "the chip's rule, 400,000 characters learned once, the last 40,000 tested"
        rows.append(Row(name, spread(values), values, "41.8 % (Harry Potter)", *target, how))
    return Section(KEY, TITLE, rows, "Not in a taste." if plan.quick else "")
