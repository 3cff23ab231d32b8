"""The paper's second task: can the two networks recall and draw images?"""

from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.paper.trial import Trial, seeds

KEY, TITLE = "drawing", "Images recalled from a code, and drawn anew"
RULES = {"recirculation": "floating point, the chip's rule", "reco": "floating point, the paper's loss in two bands"}
error = lambda values: spread(values, 1, 4, "")  # noqa: E731


def _networks(plan: Plan) -> dict[str, tuple[dict, float, float | None]]:
    """By name settings, the most error and the least share of drawn images taken for their class that are asked."""
    digits = {"source": "digits", "epochs": plan.of(30, 3), "samples": None}
    fashion = {"source": "fashion", "epochs": plan.of(5, 1), "samples": plan.of(20_000, 300)}
    return {
        "digits 64-128-32": ({**digits, "sizes": [64, 128, 32]}, 0.012, 0.92),
        "digits 64-32": ({**digits, "sizes": [64, 32]}, 0.008, None),
        "Fashion-MNIST 784-256-64": ({**fashion, "sizes": [784, 256, 64]}, 0.021, 0.75),
    }


def _chip(settings: dict, learns: str = "both") -> Trial:
    return Trial("integer", "autoencoder", settings | ({"learns": learns} if learns != "both" else {}))


def _backprop(settings: dict) -> Trial:
    return Trial("floating", "backprop_autoencoder", settings)


def _bsd(rule: str, settings: dict, learns: str = "both") -> Trial:
    more = {} if learns == "both" else {"learns": learns}
    return Trial("floating", "autoencoder", {"rule": rule, **settings, **more})


def trials(plan: Plan) -> list[Trial]:
    networks = [settings for settings, _, _ in _networks(plan).values()]
    chosen = [make(settings) for settings in networks for make in (_chip, _backprop)]
    chosen += [_bsd(rule, settings) for settings in networks for rule in RULES]
    for learns in ("W", "Theta"):
        chosen += [_chip(networks[0], learns), _bsd("recirculation", networks[0], learns)]
    return [one for trial in chosen for one in seeds(trial, plan.seeds)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    rows = []

    def add(name: str, trial: Trial, key: str = "error", words=error, target=("", None), how: str = "") -> list[float]:
        values = of_seeds(found, seeds(trial, plan.seeds), key)
        rows.append(Row(name, words(values), values, "", *target, how))
        return values

    for name, (settings, most, least) in _networks(plan).items():
        how = f"mean squared error of pixels 0..1, test samples, {settings['epochs']} epochs"
        values = of_seeds(found, seeds(_chip(settings), plan.seeds), "error")
        mean = sum(values) / len(values)
        other = of_seeds(found, seeds(_backprop(settings), plan.seeds), "error")
        ratio = f"{how}; {mean * len(other) / sum(other):.2f} times backprop's"
        add(f"{name}: the chip", _chip(settings), target=plan.target(f"<= {most}", mean <= most), how=ratio)
        for rule, words in RULES.items():
            add(f"{name}: {words}", _bsd(rule, settings), how=how)
        add(f"{name}: backprop, no spikes", _backprop(settings), how=how)
        if least:
            taken = of_seeds(found, seeds(_chip(settings), plan.seeds), "taken")
            real = of_seeds(found, seeds(_chip(settings), plan.seeds), "taken_real")
            reached = sum(taken) / len(taken) >= least
            how = f"100 drawn images a class, by a classifier that takes {spread(real)} of the real test images"
            target = plan.target(f">= {100 * least:.0f} %", reached)
            add(f"{name}: drawn images taken for their class", _chip(settings), "taken", spread, target, how)
    settings = _networks(plan)["digits 64-128-32"][0]
    for learns in ("W", "Theta"):
        add(f"digits 64-128-32: the chip, only {learns} learns", _chip(settings, learns), how="both are needed")
        add(f"digits 64-128-32: floating point, only {learns} learns", _bsd("recirculation", settings, learns))
    return Section(
        KEY, TITLE, rows, "The paper judges its auto-encoders by FID of colour images, which these are too small for."
    )
