"""One training, or one measurement, with one seed: what is computed apart, side by side, and kept."""

import importlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trial:
    """A call that gives plain numbers.

    Members:
        module, function: of `sw.paper`, what is called. settings: its named arguments, plain JSON values.
        seed: an argument, too; of the split of the data, initial weights, and order.
    """

    module: str
    function: str
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int = 0

    @property
    def name(self) -> str:
        """For people: "recognition.learned bsd digits seed 0"."""
        values = " ".join(str(value) for value in self.settings.values() if value is not None)
        return f"{self.module}.{self.function} {values} seed {self.seed}"

    @property
    def key(self) -> str:
        """All of it in one line: two trials with the same one are the same."""
        return json.dumps(asdict(self), sort_keys=True)

    def run(self) -> dict[str, Any]:
        """Calls it, on one thread of torch: trials run side by side."""
        import torch

        torch.set_num_threads(1)
        return getattr(importlib.import_module(f"sw.paper.{self.module}"), self.function)(**self.settings, seed=self.seed)


def seeds(trial: Trial, count: int) -> list[Trial]:
    """The same with each of seeds 0 to count - 1."""
    return [Trial(trial.module, trial.function, trial.settings, seed) for seed in range(count)]
