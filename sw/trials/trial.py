"""One training, or one measurement, with one seed: what is computed apart, side by side, and kept."""

import importlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trial:
    """A call that gives plain numbers.

    Members:
        module, function: of `sw`, what is called. settings: its named arguments, plain JSON values.
        seed: an argument, too; of the split of the data, initial weights, and order.
    """

    module: str
    function: str
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int = 0

    @property
    def path(self) -> str:
        """The module's whole name."""
        return f"sw.{self.module}"

    @property
    def name(self) -> str:
        """For people: "floating.recognition rule=bsd source=digits sizes=64-32-10 seed=0"."""
        told = {key: value for key, value in self.settings.items() if value is not None} | {"seed": self.seed}
        plain = lambda value: "-".join(map(str, value)) if isinstance(value, list) else value  # noqa: E731
        return f"{self.module.split('.')[-1]}.{self.function} " + " ".join(
            f"{key}={plain(value)}" for key, value in told.items()
        )

    @property
    def key(self) -> str:
        """All of it in one line: two trials with the same one are the same."""
        return json.dumps(asdict(self), sort_keys=True)

    def run(self) -> dict[str, Any]:
        """Calls it, on one thread of torch: trials run side by side."""
        import torch

        torch.set_num_threads(1)
        return getattr(importlib.import_module(self.path), self.function)(**self.settings, seed=self.seed)


def seeds(trial: Trial, count: int) -> list[Trial]:
    """The same with each of seeds 0 to count - 1."""
    return [Trial(trial.module, trial.function, trial.settings, seed) for seed in range(count)]
