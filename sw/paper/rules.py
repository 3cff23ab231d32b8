"""Other rules that learn beside BSD: how well, and which of C1 to C5 each keeps."""

from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

KEY, TITLE = "rules", "Other rules on the same network, and the criteria that each keeps"


UNSEEN = "no wire shows it, but the rule says so itself"
"""Why a criterion is not kept that no check finds broken."""


def criteria(rule: str, seed: int) -> dict[str, list]:
    """By criterion whether it is kept, and in words what was seen, on a small network and random samples."""
    import torch

    from golden.criteria.learners import check
    from golden.learners.learner import Network
    from golden.learners.named import learner

    generator = torch.Generator().manual_seed(seed)
    x, y = torch.rand(96, 20, generator=generator), torch.randint(5, (96,), generator=generator)
    own = learner(rule, Network((20, 16, 12, 5), seed=seed))
    return {
        verdict.criterion: [verdict.kept and verdict.criterion in own.KEEPS, verdict.seen if not verdict.kept else UNSEEN]
        for verdict in check(own, x, y)
    }


def chip(seed: int) -> dict[str, list]:
    """The same of the chip's rule, on its golden model."""
    from golden.criteria.integer import check

    return {verdict.criterion: [verdict.kept, verdict.seen] for verdict in check()}


def _networks(plan: Plan) -> tuple[dict, dict]:
    digits = {"source": "digits", "sizes": [64, 128, 64, 10], "epochs": plan.of(20, 3), "samples": None}
    fashion = {"source": "fashion", "sizes": [784, 256, 128, 10]} | {
        "epochs": plan.of(5, 1),
        "samples": plan.of(10_000, 1_000),
    }
    return digits, fashion


def _learned(rule: str, network: dict) -> Trial:
    if rule == CHIP:
        return Trial("trials.integer", "recognition", network)
    return Trial("trials.floating", "recognition", {"rule": rule, **network})


CHIP = "BSD, the chip"


def _checked(rule: str) -> Trial:
    return Trial("paper.rules", "chip") if rule == CHIP else Trial("paper.rules", "criteria", {"rule": rule})


def _rules() -> list[str]:
    from golden.learners.named import NAMES

    return [CHIP, *NAMES]


def trials(plan: Plan) -> list[Trial]:
    learned = [one for rule in _rules() for net in _networks(plan) for one in seeds(_learned(rule, net), plan.seeds)]
    return [*learned, *map(_checked, _rules())]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    from golden.learners.named import NAMES

    rows = []
    digits, fashion = _networks(plan)
    for rule in _rules():
        values = [of_seeds(found, seeds(_learned(rule, net), plan.seeds), "accuracy") for net in (digits, fashion)]
        verdicts = found[_checked(rule).key]
        kept = " ".join(name for name, (well, _) in verdicts.items() if well) or "none"
        broken = "; ".join(f"{name}: {seen}" for name, (well, seen) in verdicts.items() if not well)
        text = " | ".join(spread(part) for part in values)
        rows.append(Row(NAMES.get(rule, rule), text, values, how=f"keeps {kept}" + (f". {broken}" if broken else "")))
    how = f"Digits 64-128-64-10, {digits['epochs']} epochs | Fashion-MNIST 784-256-128-10"
    note = f"{how}, {fashion['samples']:,} samples, {fashion['epochs']} epochs; test samples."
    note += " BSD's C5 is that of its hidden layers: the cross-entropy at its top has a sign, which crosses no layer."
    return Section(KEY, TITLE, rows, f"{note} What each criterion is, and how it is checked: docs/criteria.md.")
