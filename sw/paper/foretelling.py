"""The paper's third task: can the two networks foretell what comes next?"""

from sw.paper.drawing import error
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds
from sw.trials.trial import Trial, seeds

KEY, TITLE = "foretelling", "Sequences: the next half hour's demand of electricity"


def _values(name: str, plan: Plan, recurrent: bool | None = None) -> Trial:
    more = {} if recurrent is None else {"recurrent": recurrent}
    return Trial("trials.integer", "sequence", {"name": name, "epochs": plan.of(8, 1), **more})


def _float(name: str, rule: str, plan: Plan) -> Trial:
    return Trial("trials.floating", "sequence", {"name": name, "rule": rule, "epochs": plan.of(8, 1)})


def trials(plan: Plan) -> list[Trial]:
    chosen = [_values("electricity", plan), _values("electricity-recurrent", plan)]
    chosen += [_values("electricity-recurrent", plan, recurrent=False)]
    for rule in ("bsd", "backprop"):
        chosen += [_float("electricity", rule, plan), _float("electricity-recurrent", rule, plan)]
    return [one for trial in chosen for one in seeds(trial, plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    def of(trial: Trial, key: str = "error") -> list[float]:
        return of_seeds(found, seeds(trial, plan.seeds), key)

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    six, memory = of(_values("electricity", plan)), of(_values("electricity-recurrent", plan))
    twin = of(_values("electricity-recurrent", plan, recurrent=False))
    how = f"mean squared error of the next value, variance 1, {plan.of(8, 1)} epochs; no change: 0.0196"
    below = mean(memory) <= 0.008 and mean(memory) < mean(twin)
    rows = [
        Row(
            "electricity, six inputs: the chip", error(six, 5), six, "", *plan.target("<= 0.0021", mean(six) <= 0.0021), how
        ),
        Row(
            "value and change, recurrent: the chip",
            error(memory, 5),
            memory,
            "",
            *plan.target("<= 0.008, below its twin", below),
            how,
        ),
        Row("value and change, its twin without memory", error(twin, 5), twin, how=how),
    ]
    how += "; the mean of a softmax; {}"
    ways = {
        "bsd": ("BSD, floating point", "learned element by element, 16 sequences or 32 elements side by side"),
        "backprop": ("backprop of the same network", "4 sequences, or 32 elements, at once"),
    }
    for rule, (words, way) in ways.items():
        for name, inputs in (("electricity", "six inputs"), ("electricity-recurrent", "value and change, recurrent")):
            values = of(_float(name, rule, plan))
            rows.append(Row(f"{inputs}: {words}", error(values, 5), values, how=how.format(way)))
    return Section(KEY, TITLE, rows)
