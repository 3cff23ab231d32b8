"""Can two networks that teach each other with spikes name samples as well as one that backprop teaches?"""

from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.paper.trial import Trial, seeds

KEY, TITLE = (
    "perception",
    "Perception: BSD beside backprop, on the same networks, samples and epochs, each with its own rate and batch",
)
DEEP = [64, 128, 128, 128, 64, 64, 10]
RULES = ("backprop, no spikes", "backprop", "BSD, floating point", "BSD, the chip")
BATCHES = dict(zip(RULES, ("batches of 128", "batches of 128", "batches of 32", "one by one"), strict=True))
"""Those that `golden.learners` has for each."""
MOST_BELOW, CHIP_BELOW = 0.005, 0.003
"""How far BSD may be below backprop of spikes, and the chip below BSD in floating point."""


def networks(plan: Plan) -> dict[str, dict]:
    """What is trained, by name."""
    fashion = {"samples": plan.of(20_000, 2_000), "epochs": plan.of(5, 2)}
    return {
        "digits 64-128-64-10": {"source": "digits", "sizes": [64, 128, 64, 10], "epochs": plan.of(20, 5), "samples": None},
        "digits, six weight layers": {"source": "digits", "sizes": DEEP, "epochs": plan.of(20, 5), "samples": None},
        "Fashion-MNIST 784-256-128-10": {"source": "fashion", "sizes": [784, 256, 128, 10], **fashion},
    }


def trial(rule: str, network: dict) -> Trial:
    """A rule's training of a network."""
    if rule == "BSD, the chip":
        return Trial("integer", "recognition", network)
    name = {"backprop, no spikes": "backprop-ann", "backprop": "backprop-snn", "BSD, floating point": "bsd"}[rule]
    return Trial("floating", "recognition", {"rule": name, **network})


def trials(plan: Plan) -> list[Trial]:
    return [one for net in networks(plan).values() for rule in RULES for one in seeds(trial(rule, net), plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []
    for name, network in networks(plan).items():
        reached: dict[str, list[float]] = {
            rule: of_seeds(found, seeds(trial(rule, network), plan.seeds), "accuracy") for rule in RULES
        }
        how = f"{network['epochs']} epochs" + (f" of {network['samples']:,} samples" if network["samples"] else "")
        for rule in RULES:
            target = ("", None)
            for own, other, below in ((RULES[2], RULES[1], MOST_BELOW), (RULES[3], RULES[2], CHIP_BELOW)):
                if rule == own:
                    distance = (sum(reached[own]) - sum(reached[other])) / plan.seeds
                    target = plan.target(f"no more than {100 * below:.1f} points below {other}", distance >= -below)
            rows.append(Row(f"{name}: {rule}", spread(reached[rule]), reached[rule], "", *target, f"{how}, {BATCHES[rule]}"))
    return Section(KEY, TITLE, rows)
