"""What does the backward network remember? Each class, recalled of its concept alone, beside the mean image of the class."""

from golden.config import Config
from sw import data
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

KEY, TITLE = "recall", "Classes recalled from their concepts: digits, 64-128-64-10, the chip"
CASES = {"both networks learn": True, "fixed random Theta": False}


def correlation(epochs: int, learn_theta: bool, seed: int) -> dict[str, float]:
    """Of what is recalled of each class with the mean of its test images, -1..1, a mean over classes; and the share of
    classes, 0..1, whose picture is nearer to their own mean than to any other's."""
    import numpy as np

    from sw.training.golden_backend import trained

    digits = data.load("digits", seed)
    sizes = (64, 128, 64, 10)
    config = Config(sizes=sizes, lanes=16, block=256, epochs=epochs, seed=seed, learn_theta=learn_theta)
    model = trained(config, digits).model
    model.recall()
    means = np.stack([digits.x_test[digits.y_test == k].mean(0) for k in range(digits.classes)])
    with np.errstate(invalid="ignore"):  # a class that recalls nothing at all is like none
        found = np.nan_to_num(np.corrcoef(model.h[0].numpy(), means)[: len(means), len(means) :])
    return {"correlation": float(np.diag(found).mean()), "own": float((found.argmax(1) == np.arange(len(found))).mean())}


def _trial(name: str, plan: Plan) -> Trial:
    return Trial("paper.recalling", "correlation", {"epochs": plan.of(20, 3), "learn_theta": CASES[name]})


def trials(plan: Plan) -> list[Trial]:
    return [one for name in CASES for one in seeds(_trial(name, plan), plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []
    for name in CASES:
        own = seeds(_trial(name, plan), plan.seeds)
        values = of_seeds(found, own, "correlation")
        how = f"nearest to their own mean: {spread(of_seeds(found, own, 'own'), digits=0)} of the classes"
        rows.append(Row(name, spread(values, 1, 3, ""), values, how=how))
    note = "Correlation of what is recalled with the mean of the class's test images, a mean over classes; 20 epochs."
    return Section(KEY, TITLE, rows, note)
