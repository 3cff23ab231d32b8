"""Does BSD learn a convolutional network, too?"""

from sw import data
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.integer import learning
from sw.trials.trial import Trial, seeds

KEY, TITLE = "convolution", "A convolutional network of five layers, in floating point"
RULES = {
    "bsd": ("BSD", "99.44 % (MNIST), 84.13 % (CIFAR-10)"),
    "backprop": ("backprop of the same network", "87.02 % (CIFAR-10)"),
}
LEAST = 0.91
BATCH = 64


def trained(rule: str, epochs: int, samples: int, seed: int) -> dict[str, float]:
    """Test accuracy, 0..1, of a CNN on Fashion-MNIST."""
    from golden.learners import convolutional
    from golden.learners.learner import fit
    from sw.trials.floating import tensors

    x, y, x_test, y_test = tensors(learning(data.load("fashion"), samples))
    learner = {"bsd": convolutional.bsd, "backprop": convolutional.backprop}[rule]((1, 28, 28), 10, seed)
    fit(learner, x, y, epochs, BATCH)
    return {"accuracy": learner.accuracy(x_test, y_test)}


def _trial(rule: str, plan: Plan) -> Trial:
    return Trial("paper.convolution", "trained", {"rule": rule, "epochs": plan.of(4, 1), "samples": plan.of(60_000, 500)})


def trials(plan: Plan) -> list[Trial]:
    return [one for rule in RULES for one in seeds(_trial(rule, plan), plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []
    for rule, (name, paper) in RULES.items():
        trial = _trial(rule, plan)
        values = of_seeds(found, seeds(trial, plan.seeds), "accuracy")
        reached = sum(values) / len(values) >= LEAST
        target = plan.target(f">= {100 * LEAST:.0f} %", reached) if rule == "bsd" else ("", None)
        how = f"Fashion-MNIST, {trial.settings['samples']:,} samples, {trial.settings['epochs']} epochs, test samples"
        rows.append(Row(name, spread(values), values, paper, *target, how))
    return Section(KEY, TITLE, rows)
