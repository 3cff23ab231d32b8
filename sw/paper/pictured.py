"""What questions about the images of one source have in common."""

from dataclasses import dataclass
from typing import Any

from sw.paper.plan import Plan


@dataclass(frozen=True)
class Pictured:
    """epochs, samples: of a whole run, and of a taste; samples None: all."""

    KEY: str
    TITLE: str
    source: str
    epochs: tuple[int, int]
    samples: tuple[int | None, int | None]

    def settings(self, plan: Plan, sizes: list[int]) -> dict[str, Any]:
        """Of any training of a network of these sizes."""
        at = int(plan.quick)
        return {"source": self.source, "sizes": sizes, "epochs": self.epochs[at], "samples": self.samples[at]}
