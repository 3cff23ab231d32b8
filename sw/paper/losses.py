"""What makes BSD work: its loss, whom it pushes away, its backward network, the loss at its top, the size of its batches."""

from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

KEY, TITLE = "losses", "What makes BSD work: losses, the backward network, the top, the batch"
CIFAR = "{} on CIFAR-10, by its CNN"
LOSSES = {"reco": "84.13 %", "infonce": "72.38 %", "mse": "16.93 %"}
"""Of the paper's CNN."""
CONCEPTS = "rivals: each other class's concept once; nothing is taught within 1 - C < 0.4; batches of 32"
WRITTEN = {"loss": "reco-plain", "batch": 128, "rate": 3e-3}
"""As the paper has it: without the dead zone, and batches of 128; Adam's rate by the square root of them."""
RIVALS = {
    "the batch": ({"rivals": "batch"}, "B x B in place of concepts; all else as reco's"),
    "the batch, plain": ({"rivals": "batch", **WRITTEN}, "B x B, no dead zone, batches of 128 at Adam's rate 3e-3"),
    "all others": (
        {"rivals": "all", **WRITTEN},
        "as the plain one, and those of its class are rivals, too: as the sum is written",
    ),
}
"""Of ReCo's rivals, which are class concepts where nothing is said: the paper's B x B."""
TOPS = {"mse": "signed, as the cross-entropy of all rows above", "reco": "unsigned: ReCo at the top"}
BATCHES = {128: 1e-2, 32: 5e-3, 8: 2.5e-3, 1: 1e-3}
"""Samples of an update, and Adam's rate: by the square root of them."""

NEURONS = {
    "surrogate: atan": {"surrogate": "atan"},
    "surrogate: triangle of steepness 2": {"surrogate": "triangle"},
    "surrogate: rectangle": {"surrogate": "rectangle"},
    "reset to zero": {"reset": "zero"},
}
"""In place of a fast sigmoid, and of a reset by subtraction, which the paper leaves open."""


def network(plan: Plan) -> dict:
    """Deep enough that hidden layers matter."""
    return {"source": "fashion", "sizes": [784, 256, 256, 128, 10]} | {
        "epochs": plan.of(5, 2),
        "samples": plan.of(20_000, 2_000),
    }


def _cases(plan: Plan) -> dict[str, tuple[Trial, str, str]]:
    """By the row's name a trial, the paper's figure and how."""
    net = network(plan)
    bsd = lambda **more: Trial("trials.floating", "recognition", {"rule": "bsd", **net, **more})  # noqa: E731
    digits = {"source": "digits", "sizes": [64, 128, 64, 10], "epochs": plan.of(20, 3), "samples": None}
    cases = {
        f"{loss} in hidden layers": (bsd(loss=loss), CIFAR.format(said), CONCEPTS if loss == "reco" else "")
        for loss, said in LOSSES.items()
    }
    cases |= {f"ReCo, rivals: {words}": (bsd(**how), "", said) for words, (how, said) in RIVALS.items()}
    cases |= {f"top: {top}": (bsd(top=top), "", said) for top, said in TOPS.items()}
    cases["fixed random Theta"] = (bsd(learn_theta=False), "", "W learns against templates that never change")
    for theta in (True, False):
        words = "learned" if theta else "fixed random"
        chip = Trial("trials.integer", "recognition", digits | ({} if theta else {"learn_theta": False}))
        cases[f"digits, the chip, {words} Theta"] = (chip, "", "integer, one sample at a time")
    for batch, rate in BATCHES.items():
        small = Trial("trials.floating", "recognition", {"rule": "bsd", **digits, "batch": batch, "rate": rate})
        cases[f"digits, batches of {batch}"] = (
            small,
            "",
            f"Adam's rate {rate:g}" + (", as the chip takes samples" if batch == 1 else ""),
        )
    for words, neuron in NEURONS.items():
        other = Trial("trials.floating", "recognition", {"rule": "bsd", **digits, "neuron": neuron})
        cases[f"digits, {words}"] = (other, "", "all else as in batches of 32")
    return cases


def trials(plan: Plan) -> list[Trial]:
    return [one for trial, _, _ in _cases(plan).values() for one in seeds(trial, plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    cases = _cases(plan)
    got = {name: of_seeds(found, seeds(trial, plan.seeds), "accuracy") for name, (trial, _, _) in cases.items()}
    means = {name: sum(values) / len(values) for name, values in got.items()}
    order = means["reco in hidden layers"] > means["infonce in hidden layers"] > means["mse in hidden layers"]
    rows = []
    for name, (trial, paper, how) in cases.items():
        target = plan.target("the paper's order", order) if name.startswith("reco") else ("", None)
        net = "-".join(map(str, trial.settings["sizes"]))
        samples = f" of {trial.settings['samples']:,} samples" if trial.settings["samples"] else ""
        said = f"{net}, {trial.settings['epochs']} epochs{samples}" + (f"; {how}" if how else "")
        rows.append(Row(name, spread(got[name]), got[name], paper, *target, said))
    return Section(KEY, TITLE, rows, "Fashion-MNIST, test samples, where a row names no other data.")
