"""The rule of a network that foretells what comes next: recognition's, with its own counts as more rows of layer 1.

docs/sequences.md is the contract. What differs from `rule`: counts of the sample before come back to layer 1 as currents.
Neighbours that are no rivals are in `plasticity`.
"""

import torch
from torch import Tensor

from golden.config import Config
from golden.memories import Memories
from golden.rule import Rule
from golden.weights import zeros


class Sequel(Memories):
    """What such a core remembers: also `lateral`, (n_1,) int32, layer 1's counts in the last sample of this sequence.

    It has no rows where the core is not recurrent: its shape is then (0,).
    """

    def __init__(self, config: Config):
        super().__init__(config)
        with torch.inference_mode(False), torch.device("cpu"):  # as the others
            self.lateral = zeros(config.rows(1) - config.sizes[0])

    def end_sequence(self) -> None:
        """The next sample sees nothing of those before it."""
        self.lateral.zero_()

    def forget_update(self) -> None:
        super().forget_update()
        self.end_sequence()

    def keep_update(self, other: "Sequel") -> None:
        super().keep_update(other)
        self.lateral.copy_(other.lateral)


class Recurrence(Rule):
    """docs/sequences.md for one configuration. A trace is a dict of tensors by the contract's names."""

    def observe(self, m: Sequel, x: Tensor) -> dict[str, Tensor]:
        """As `Rule.observe`, of stimuli x (..., n_0) beside the currents of layer 1's last counts, which are then replaced.

        More than one sample at once: where nothing is pending and the core is not recurrent. Adds rl, the counts that came
        back, (..., n_1).
        """
        currents = (m.lateral * (16 // self.config.steps)).clamp(max=15)
        trace = super().observe(m, torch.cat([x, currents.expand(*x.shape[:-1], -1)], -1))
        if self.config.recurrent:
            m.lateral.copy_(trace["r1"].reshape(-1))
        return trace

    def perceive(self, W: list, x: Tensor) -> dict[str, Tensor]:
        """As `Networks.perceive`, of all rows of layer 1: pixels and currents (..., rows)."""
        trace, n = super().perceive(W, x), self.config.sizes[0]
        own = {"rl": trace["r0"][..., n:]}
        return trace | own | {name: trace[name][..., :n] for name in ("r0", "s0")}

    def pre(self, i: int, trace: dict[str, Tensor]) -> Tensor:
        return torch.cat([trace["r0"], trace["rl"]]) if i == 1 else super().pre(i, trace)

    def finish(self, m: Sequel) -> None:
        """Writes what is pending, and ends the sequence."""
        super().finish(m)
        m.end_sequence()
