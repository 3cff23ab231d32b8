"""Do the two networks become alike: the share of equal spikes in a layer, as a sample is perceived and as it is recalled."""

from sw import data
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.integer import learning
from sw.trials.trial import Trial, seeds

KEY, TITLE = "agreement", "Hamming similarity of the two networks' spikes, by hidden layer"
PAPER = "above 0.9"
CHIP = {"digits": ("recognition", [64, 128, 64, 10]), "auto-encoder of digits": ("autoencoder", [64, 128, 32])}


def chip(task: str, sizes: list[int], epochs: int, seed: int) -> dict[str, list[float]]:
    """Of hidden layers, before and after a training on digits: equal bits, and those that chance gives, 0..1."""
    from golden import similarity
    from golden.config import NAMED
    from sw.training.golden_backend import GoldenNetwork, trained

    dataset = data.load("digits", seed)
    config = NAMED["digits" if task == "recognition" else "autoencoder"]
    config = config.replace(sizes=tuple(sizes), epochs=epochs, seed=seed)
    found: dict[str, list[float]] = {}
    for when, network in (("before", GoldenNetwork(config)), ("after", trained(config, dataset))):
        if task == "recognition":
            layers = similarity.of_recognition(network.model, dataset.x_test, dataset.y_test)
        else:
            layers = similarity.of_autoencoder(network.model, dataset.x_test)[1:]
        found |= {when: [layer.same for layer in layers], f"chance_{when}": [layer.chance for layer in layers]}
    return found


def floating(source: str, sizes: list[int], epochs: int, samples: int | None, seed: int) -> dict[str, list[float]]:
    """The same of BSD in floating point."""
    from golden import similarity
    from sw.trials.floating import tensors, trained

    dataset = learning(data.load(source, seed), samples)
    _, _, x, y = tensors(dataset)
    found: dict[str, list[float]] = {}
    for when, count in (("before", 0), ("after", epochs)):
        layers = similarity.of_learner(trained("bsd", dataset, sizes, count, seed), x, y)
        found |= {when: [layer.same for layer in layers], f"chance_{when}": [layer.chance for layer in layers]}
    return found


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
    rows = []
    for name, trial in _cases(plan).items():
        layers = len(trial.settings["sizes"]) - 2

        def of(key: str, layer: int, trial: Trial = trial) -> list[float]:
            return [values[layer] for values in of_seeds(found, seeds(trial, plan.seeds), key)]

        for layer in range(layers):
            after = of("after", layer)
            before, chance = (spread(of(key, layer), 1, 3, "") for key in ("before", "chance_after"))
            target = plan.target(">= 0.9", sum(after) / len(after) >= 0.9)
            how = f"test samples; before training {before}; independent trains of the same rates {chance}"
            rows.append(Row(f"{name}: layer {layer + 1}", spread(after, 1, 3, ""), after, PAPER, *target, how))
    return Section(KEY, TITLE, rows, "A layer that is mostly silent is alike for nothing: so chance stands beside it.")
