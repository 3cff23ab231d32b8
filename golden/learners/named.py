"""The learners by name, loaded when they are asked for."""

import importlib

from golden.learners.learner import Learner, Network

_CLASSES = {
    "bsd": ("bsd", "Bsd"),
    "backprop-snn": ("backprop", "BackpropSnn"),
    "backprop-ann": ("backprop", "BackpropAnn"),
    "feedback-alignment": ("feedback_alignment", "FeedbackAlignment"),
    "error-diffusion": ("error_diffusion", "ErrorDiffusion"),
    "stdp": ("stdp", "Stdp"),
    "error-propagation": ("error_propagation", "ErrorPropagation"),
    "dynamic-inversion": ("dynamic_inversion", "DynamicInversion"),
    "feedback-control": ("feedback_control", "FeedbackControl"),
    "dendritic": ("dendritic", "Dendritic"),
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
    "dendritic": "dendritic localized learning (2025)",
}
"""For people."""


def learner(name: str, network: Network, **options) -> Learner:
    """A new one; options: of its class. Raises ValueError where there is none of the name."""
    if name not in _CLASSES:
        raise ValueError(f"learner: found {name!r}; allowed are {', '.join(_CLASSES)}")
    module, kind = _CLASSES[name]
    return getattr(importlib.import_module(f"golden.learners.{module}"), kind)(network, **options)
