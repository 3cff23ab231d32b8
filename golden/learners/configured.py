"""The network and the stimuli of a configuration, for a learner in floating point."""

import numpy as np
import torch
from torch import Tensor

from golden.config import Config
from golden.learners.learner import Network
from golden.learners.neuron import Neuron
from golden.neuron import stimulus_spikes


def network(config: Config) -> Network:
    """Of its sizes, steps, threshold (in units of 64, the default), leak and seed; the rest is the integer rule's own."""
    return Network(config.sizes, Neuron(config.steps, config.threshold / 64, 1 - 2.0**-config.leak), config.seed)


def stimuli(config: Config, pixels: np.ndarray) -> Tensor:
    """What pixels (N, n_0), 0..15, put on layer 1: steady currents x/16 (N, n_0), or the rate code's spikes (N, T, n_0)."""
    x = torch.from_numpy(pixels)
    if config.coding == "rate":
        return stimulus_spikes(x.to(torch.int32), config.steps).float()
    return x.float() / 16
