"""The learners by name, each with a rate that was chosen on validation samples of digits, and one of Fashion-MNIST."""

from golden.learners.backprop import BackpropAnn, BackpropSnn
from golden.learners.bsd import Bsd
from golden.learners.dendritic import Dendritic
from golden.learners.dynamic_inversion import DynamicInversion
from golden.learners.error_diffusion import ErrorDiffusion
from golden.learners.error_propagation import ErrorPropagation
from golden.learners.feedback_alignment import FeedbackAlignment
from golden.learners.feedback_control import FeedbackControl
from golden.learners.learner import Learner, Network
from golden.learners.stdp import Stdp

_KINDS = {
    "bsd": (Bsd, 5e-3, 1.5e-3),
    "backprop-snn": (BackpropSnn, 1e-2, 2e-3),
    "backprop-ann": (BackpropAnn, 1e-2, 2e-3),
    "feedback-alignment": (FeedbackAlignment, 2e-2, 1.5e-2),
    "error-diffusion": (ErrorDiffusion, 1.0, 0.2),
    "stdp": (Stdp, 0.1, 3e-2),
    "error-propagation": (ErrorPropagation, 4.5e-2, 3e-2),
    "dynamic-inversion": (DynamicInversion, 2e-2, 3e-3),
    "feedback-control": (FeedbackControl, 1e-2, 1e-2),
    "dendritic": (Dendritic, 1e-2, 6e-3),
}
"""By name the class, and its rate for stimuli up to `SMALL` and for larger ones."""
SMALL = 256
"""Neurons of a stimulus."""
NAMES = {
    "bsd": "BSD, floating point",
    "backprop-snn": "backprop through time, spikes",
    "backprop-ann": "backprop, no spikes",
    "feedback-alignment": "direct feedback alignment (2016)",
    "error-diffusion": "error diffusion, EDLA (2025)",
    "stdp": "STDP-derived local rule (2010, random targets ours)",
    "error-propagation": "error propagation by spikes (2021)",
    "dynamic-inversion": "dynamic inversion (2020)",
    "feedback-control": "deep feedback control (2021)",
    "dendritic": "dendritic localized learning (2025)",
}
"""For people."""


def learner(name: str, network: Network, **options) -> Learner:
    """A new one; options: of its class. Raises ValueError where there is none of the name, or no network."""
    if name not in _KINDS:
        raise ValueError(f"learner: found {name!r}; allowed are {', '.join(_KINDS)}")
    if not isinstance(network, Network):
        raise ValueError(f"network: found {network!r}; allowed is a Network")
    kind, small, large = _KINDS[name]
    return kind(network, **{"rate": small if network.sizes[0] <= SMALL else large} | options)
