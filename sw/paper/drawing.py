"""The paper's second task: can the two networks recall and draw images?"""

from dataclasses import dataclass

from sw.paper.pictured import Pictured
from sw.paper.plan import Plan
from sw.paper.table import Row, Section, of_seeds, spread
from sw.trials.trial import Trial, seeds

BACKPROP = "backprop, no spikes"
RULES = {"recirculation": "floating point, the chip's rule", "reco": "floating point, the paper's loss in two bands"}


@dataclass(frozen=True)
class Network:
    """What is trained. error, taken: the most error, and the least share of drawn images taken for their class, asked of the
    chip; taken None: none are drawn. apart: whether each of the two networks learns alone, too."""

    sizes: list[int]
    error: float
    taken: float | None = None
    apart: bool = False


@dataclass(frozen=True)
class Drawing(Pictured):
    """A question about the images of one source."""

    networks: tuple[Network, ...]

    def trials(self, plan: Plan) -> list[Trial]:
        chosen = [trial for network in self.networks for trial in self._of(plan, network).values()]
        return [one for trial in chosen for one in seeds(trial, plan.seeds)]

    def _of(self, plan: Plan, network: Network) -> dict[str, Trial]:
        """All trainings of a network, by what is said of them."""
        settings = self.settings(plan, network.sizes)
        found = {"the chip": Trial("trials.integer", "autoencoder", settings)}
        found |= {
            words: Trial("trials.floating", "autoencoder", {"rule": rule, **settings}) for rule, words in RULES.items()
        }
        found[BACKPROP] = Trial("trials.floating", "backprop_autoencoder", settings)
        for learns in ("W", "Theta") if network.apart else ():
            alone = settings | {"learns": learns}
            found[f"the chip, only {learns} learns"] = Trial("trials.integer", "autoencoder", alone)
            floating = Trial("trials.floating", "autoencoder", {"rule": "recirculation", **alone})
            found[f"floating point, only {learns} learns"] = floating
        return found

    def section(self, plan: Plan, found: dict[str, dict]) -> Section:
        rows = []
        for network in self.networks:
            own = {words: seeds(trial, plan.seeds) for words, trial in self._of(plan, network).items()}
            name, epochs = "-".join(map(str, network.sizes)), own["the chip"][0].settings["epochs"]
            means = {words: sum(values := of_seeds(found, of, "error")) / len(values) for words, of in own.items()}
            for words, of in own.items():
                how, target = f"{epochs} epochs", ("", None)
                if words != BACKPROP:
                    how += f"; {means[words] / means[BACKPROP]:.2f} times backprop's"
                if words == "the chip":
                    target = plan.target(f"<= {network.error}", means[words] <= network.error)
                values = of_seeds(found, of, "error")
                rows.append(Row(f"{name}: {words}", error(values), values, "", *target, how))
            if network.taken:
                taken, real = (of_seeds(found, own["the chip"], key) for key in ("taken", "taken_real"))
                target = plan.target(f">= {100 * network.taken:.0f} %", sum(taken) / len(taken) >= network.taken)
                drawn, own_spread = (
                    spread(of_seeds(found, own["the chip"], key), 1, 4, "") for key in ("spread", "spread_real")
                )
                how = f"100 a class, by a classifier that takes {spread(real)} of real test images"
                how += f"; spread of a pixel within a class {drawn}, of real ones {own_spread}"
                rows.append(Row(f"{name}: drawn images taken for their class", spread(taken), taken, "", *target, how))
        return Section(self.KEY, self.TITLE, rows, "Mean squared error of pixels 0..1, of test samples. " + NO_FID)


NO_FID = "The paper judges by FID of colour images, which these are too small for."


def error(values: list[float], digits: int = 4) -> str:
    """Mean and deviation of errors."""
    return spread(values, 1, digits, "")


DIGITS = Drawing(
    "drawing",
    "Digits recalled from a code, and drawn anew",
    "digits",
    (30, 3),
    (None, None),
    (Network([64, 128, 32], 0.012, 0.92, apart=True), Network([64, 32], 0.008)),
)
FASHION = Drawing(
    "drawing-fashion",
    "Fashion-MNIST recalled from a code, and drawn anew",
    "fashion",
    (5, 1),
    (20_000, 300),
    (Network([784, 256, 64], 0.021, 0.75),),
)
