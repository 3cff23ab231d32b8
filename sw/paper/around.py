"""Methods of related papers around a trained network: what `bispike related` shows, over seeds."""

from dataclasses import asdict

from sw.paper.plan import Plan
from sw.paper.table import Row, Section
from sw.related.names import METHODS
from sw.trials.trial import Trial

KEY, TITLE = "related", "Methods of related papers around our networks"


def measured(method: str, quick: bool, seeds: int, seed: int) -> dict[str, list]:
    """The figures of one of `sw.related.names`, over seeds from `seed` on."""
    from sw.related import chunks, ekdaa, fields, patches, rates, refine, sums

    modules = {"chunks": chunks, "ekdaa": ekdaa, "fields": fields, "patches": patches}
    module = (modules | {"rates": rates, "refine": refine, "sums": sums})[method]
    results = [module.measure(own, quick) for own in range(seed, seed + seeds)]
    return {"figures": [asdict(figure) for figure in module.figures(results)]}


def _trial(method: str, plan: Plan) -> Trial:
    return Trial("paper.around", "measured", {"method": method, "quick": plan.quick, "seeds": plan.seeds})


def trials(plan: Plan) -> list[Trial]:
    return [_trial(method, plan) for method in METHODS]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []
    for method in METHODS:
        for figure in found[_trial(method, plan).key]["figures"]:
            rows.append(Row(figure["name"], figure["text"], [figure["value"]], how=figure["how"]))
    return Section(KEY, TITLE, rows, "What each is, and why some do not help: docs/related.md; one alone: bispike related.")
