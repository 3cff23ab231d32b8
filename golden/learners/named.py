"""The learners by name, each with the rate that was the best for it of those tried (docs/learners.md)."""

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
    "bsd": (Bsd, None),
    "backprop-snn": (BackpropSnn, 1e-2),
    "backprop-ann": (BackpropAnn, 1e-2),
    "feedback-alignment": (FeedbackAlignment, 1e-2),
    "error-diffusion": (ErrorDiffusion, 1e-2),
    "stdp": (Stdp, 1e-2),
    "error-propagation": (ErrorPropagation, 1e-2),
    "dynamic-inversion": (DynamicInversion, 1e-2),
    "feedback-control": (FeedbackControl, 1e-2),
    "dendritic": (Dendritic, 1e-2),
}
NAMES = {
    "bsd": "BSD, floating point",
    "backprop-snn": "backprop through time, spikes",
    "backprop-ann": "backprop, no spikes",
    "feedback-alignment": "direct feedback alignment (2016)",
    "error-diffusion": "error diffusion, EDLA (2025)",
    "stdp": "STDP-derived local rule (2020)",
    "error-propagation": "error propagation by spikes (2021)",
    "dynamic-inversion": "dynamic inversion (2020)",
    "feedback-control": "deep feedback control (2022)",
    "dendritic": "dendritic localized learning",
}
"""For people."""


def learner(name: str, network: Network, **options) -> Learner:
    """A new one; options: of its class. Raises ValueError where there is none of the name."""
    if name not in _KINDS:
        raise ValueError(f"learner: found {name!r}; allowed are {', '.join(_KINDS)}")
    kind, rate = _KINDS[name]
    return kind(network, **({"rate": rate} if rate else {}) | options)
