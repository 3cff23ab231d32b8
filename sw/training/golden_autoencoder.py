"""The golden auto-encoder, taking samples by the chunk and counting."""

import time
from collections.abc import Callable

import numpy as np

from cosim import account
from golden.config import Config
from golden.samples import Samples
from sw.training.golden_model import CHUNK, model_of


class GoldenAutoencoder:
    """As `sw.training.golden_backend.GoldenNetwork`, for samples that are recalled, not named. `samples`: to learn from."""

    def __init__(self, config: Config, state: dict[str, np.ndarray] | None = None, samples: int = 0):
        self.model = model_of(config, state, samples)

    def learn(self, samples: Samples, decay: int, advance: Callable[[dict], None] = lambda totals: None) -> dict:
        """Learns samples in order at a decay shift; calls `advance(totals)` now and then; returns the totals."""
        self.model.decay = decay
        return self._take(samples.x, True, advance)

    def test(self, samples: Samples) -> dict:
        """The totals over samples from which nothing is learned, with all that was learned before, and how far the two
        networks agree on them."""
        self.model.finish()
        x = samples.x
        totals = self._take(x, False, lambda totals: None)
        return totals | {"agreement": self.model.agreement(x).sum(0).tolist() if len(x) else totals["agreement"]}

    def _take(self, x: np.ndarray, learn: bool, advance: Callable[[dict], None]) -> dict:
        config = self.model.config
        totals, began = account.recalled_totals(config.layers), time.monotonic()
        for start in range(0, len(x), CHUNK):
            part = x[start : start + CHUNK].astype(np.int64)
            found = account.of_recalled(self.model.train(part, learn=learn), part, config.steps)
            totals = account.summed([totals, found]) | {"seconds": time.monotonic() - began}
            totals |= {"golden_squared_error": totals["squared_error"]}
            advance(totals)
        return totals
