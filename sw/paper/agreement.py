"""Do the two networks become alike: the share of equal spikes in a layer, as a sample is perceived and as it is recalled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sw import data
from sw.paper.plan import Plan
from sw.paper.table import Curves, Row, Section, mean, of_seeds, spread
from sw.trials.integer import learning
from sw.trials.trial import Trial, seeds

if TYPE_CHECKING:
    from golden.config import Config
    from golden.integer import IntegerModel
    from golden.similarity import Similarity
    from sw.data.dataset import Dataset

KEY, TITLE = "agreement", "Hamming similarity of the two networks' spikes, by hidden layer"
PAPER = "above 0.9"
LEAST = 0.9
CHIP = {"digits": ("recognition", [64, 128, 64, 10]), "auto-encoder of digits": ("autoencoder", [64, 128, 32])}
SHOWN = (0, 1, 2, 5, 10, 20)
"""Epochs of the table, 0 before training, as far as there are; the last one, too. All are in the picture and in the JSON."""
NOTE = "A layer that is mostly silent is alike for nothing: so chance stands beside it. The JSON has every epoch."


def chip(task: str, sizes: list[int], epochs: int, seed: int) -> dict[str, list[list[float]]]:
    """By epoch, from 0, before a training on digits, on, and by hidden layer: equal bits, and those of chance, 0..1."""
    from golden import similarity
    from golden.config import NAMED

    digits = data.load("digits", seed)
    config = NAMED["digits" if task == "recognition" else "autoencoder"]
    found = []
    for model in _course(config.replace(sizes=tuple(sizes), epochs=epochs, seed=seed), digits):
        if task == "recognition":
            found.append(similarity.of_recognition(model, digits.x_test, digits.y_test))
        else:
            found.append(similarity.of_autoencoder(model, digits.x_test)[1:])
    return _told(found)


def _course(config: "Config", dataset: "Dataset") -> "Iterator[IntegerModel]":
    """The golden model before a training and after each epoch of it, as `golden_backend.trained` goes through it."""
    from sw.data.course import epoch_order
    from sw.training.golden_backend import GoldenNetwork

    network = GoldenNetwork(config, samples=config.epochs * len(epoch_order(dataset, config, 0)))
    yield network.model
    for epoch in range(config.epochs):
        network.learn(dataset.training[epoch_order(dataset, config, epoch)], config.decay_at(epoch, config.epochs))
        network.model.finish()
        yield network.model


def floating(source: str, sizes: list[int], epochs: int, samples: int | None, seed: int) -> dict[str, list[list[float]]]:
    """The same of BSD in floating point."""
    from golden import similarity
    from golden.learners.learner import fit
    from sw.trials.floating import tensors, trained

    dataset = learning(data.load(source, seed), samples)
    x, y, x_test, y_test = tensors(dataset)
    bsd = trained("bsd", dataset, sizes, 0, seed)
    found = [similarity.of_learner(bsd, x_test, y_test)]
    fit(bsd, x, y, epochs, bsd.BATCH, after=lambda _: found.append(similarity.of_learner(bsd, x_test, y_test)))
    return _told(found)


def _told(found: "list[list[Similarity]]") -> dict[str, list[list[float]]]:
    """Of layers by epoch."""
    return {key: [[getattr(layer, key) for layer in layers] for layers in found] for key in ("same", "chance")}


def _cases(plan: Plan) -> dict[str, Trial]:
    epochs = {"recognition": plan.of(20, 3), "autoencoder": plan.of(30, 3)}
    cases = {
        f"the chip, {name}": Trial("paper.agreement", "chip", {"task": task, "sizes": sizes, "epochs": epochs[task]})
        for name, (task, sizes) in CHIP.items()
    }
    net = {"source": "digits", "sizes": [64, 128, 64, 10], "epochs": plan.of(20, 3), "samples": None}
    return cases | {"BSD in floating point, digits": Trial("paper.agreement", "floating", net)}


def trials(plan: Plan) -> list[Trial]:
    return [one for trial in _cases(plan).values() for one in seeds(trial, plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows, lines, beside = [], {}, {}
    for name, trial in _cases(plan).items():
        for layer in range(len(trial.settings["sizes"]) - 2):
            same, chance = (
                [[layers[layer] for layers in course] for course in of_seeds(found, seeds(trial, plan.seeds), key)]
                for key in ("same", "chance")
            )
            words = f"{name}: layer {layer + 1}"
            rows += _rows(plan, words, same, chance)
            lines[words], beside[words] = same, chance
    title = "Equal spikes of the two networks; dotted: by chance"
    curves = Curves("similarity", title, "similarity", lines, beside, LEAST, f"the paper: {PAPER}")
    return Section(KEY, TITLE, rows, NOTE, curves=curves)


def _rows(plan: Plan, name: str, same: list[list[float]], chance: list[list[float]]) -> list[Row]:
    """Of a layer, by seed and epoch: what the training ends with, and how it came there."""
    after = [course[-1] for course in same]
    before, apart = spread([course[0] for course in same], 1, 3, ""), spread([course[-1] for course in chance], 1, 3, "")
    target = plan.target(f">= {LEAST}", sum(after) / len(after) >= LEAST)
    how = f"test samples; before training {before}; independent trains of the same rates {apart}"
    last, means = len(same[0]) - 1, mean(same)
    shown = [epoch for epoch in SHOWN if epoch < last] + [last]
    text = ", ".join(f"{means[epoch]:.3f}" for epoch in shown)
    course = Row(f"{name}, over training", text, same, how=f"means after epochs {', '.join(map(str, shown))}")
    return [Row(name, spread(after, 1, 3, ""), after, PAPER, *target, how), course]
