"""The bit-exact PyTorch model of a configuration's task, as a training takes it."""

from typing import TYPE_CHECKING

import numpy as np

from cosim import job
from golden.config import Config

if TYPE_CHECKING:
    from golden.autoencoder import Autoencoder
    from golden.integer import IntegerModel
    from golden.sequence import Foreteller

CHUNK = 96
"""Samples between two signs of life."""
WORTH_COMPILING = 8000
"""Samples to learn from which on the golden model is compiled at once instead of after a while."""


def model_of(
    config: Config, state: dict[str, np.ndarray] | None, samples: int, **options: bool
) -> "IntegerModel | Autoencoder | Foreteller":
    """The model, with a state if there is one, before `samples` that it will learn from. Raises StateError.

    Args:
        options: of the model's class, as `learn_w` of an auto-encoder.
    """
    import torch  # takes seconds to import: not before bad input is found

    torch.set_num_threads(1)  # one sample's tensors are too small to share out: more threads only wait for each other
    return job.model_of(config, state, fast=True if samples > WORTH_COMPILING else None, **options)
