"""Can two networks that teach each other with spikes name samples as well as one that backprop teaches?"""

from dataclasses import dataclass

from sw.paper.pictured import Pictured
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

RULES = {
    "backprop, no spikes": ("backprop-ann", "batches of 128"),
    "backprop": ("backprop-snn", "batches of 128"),
    "BSD, floating point": ("bsd", "batches of 32"),
    "BSD, the chip": ("", "one by one"),
}
"""By what is said of it the rule in `golden.learners.named`, and the batches that it has there."""
LIMITS = {"BSD, floating point": ("backprop", 0.005), "BSD, the chip": ("BSD, floating point", 0.003)}
"""Below which other rule it may be, and by how much."""


@dataclass(frozen=True)
class Perception(Pictured):
    """A question about the networks of one source."""

    networks: tuple[list[int], ...]

    def trial(self, plan: Plan, rule: str, sizes: list[int]) -> Trial:
        """A rule's training of a network."""
        name, network = RULES[rule][0], self.settings(plan, sizes)
        if not name:
            return Trial("trials.integer", "recognition", network)
        return Trial("trials.floating", "recognition", {"rule": name, **network})

    def trials(self, plan: Plan) -> list[Trial]:
        chosen = [self.trial(plan, rule, sizes) for sizes in self.networks for rule in RULES]
        return [one for trial in chosen for one in seeds(trial, plan.seeds)]

    def section(self, plan: Plan, found: dict[str, dict]) -> Section:
        rows = []
        for sizes in self.networks:
            own = {rule: seeds(self.trial(plan, rule, sizes), plan.seeds) for rule in RULES}
            reached = {rule: of_seeds(found, trials, "accuracy") for rule, trials in own.items()}
            settings = own["backprop"][0].settings
            how = f"{settings['epochs']} epochs" + (f" of {settings['samples']:,} samples" if settings["samples"] else "")
            for rule, values in reached.items():
                target = ("", None)
                if rule in LIMITS:
                    other, below = LIMITS[rule]
                    distance = (sum(values) - sum(reached[other])) / plan.seeds
                    target = plan.target(f"no more than {100 * below:.1f} points below {other}", distance >= -below)
                name = f"{'-'.join(map(str, sizes))}: {rule}"
                rows.append(Row(name, spread(values), values, "", *target, f"{how}, {RULES[rule][1]}"))
        return Section(self.KEY, self.TITLE, rows, "Test samples; each rule has its own rate and batch.")


DIGITS = Perception(
    "perception",
    "Perception: BSD beside backprop on digits, same networks, samples and epochs",
    "digits",
    (20, 5),
    (None, None),
    ([64, 128, 64, 10], [64, 128, 128, 128, 64, 64, 10]),
)
FASHION = Perception(
    "perception-fashion",
    "Perception: the same on Fashion-MNIST",
    "fashion",
    (5, 2),
    (20_000, 2_000),
    ([784, 256, 128, 10],),
)
