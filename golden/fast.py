"""The rule compiled to C++ by torch.compile: the same functions, the same integers, at many times the speed."""

import os
import shutil
import types
from collections.abc import Callable
from functools import cache

import torch

from golden.config import Config
from golden.recirculation import Recirculation
from golden.recurrence import Recurrence
from golden.rule import Rule

_FREE = {"name": "compiled", "seed": 0, "rate": 0, "theta_rate": 0, "decay": (0,), "epochs": 1, "stochastic": True}
"""Keys that only choose what a compiled rule is given."""


_OPTIONS = {"cpp.threads": 1, "realize_opcount_threshold": 6}
"""Of the compiler: a soma's steps are kept, not written out again in each that follows; else T = 8 takes it minutes."""


def available() -> bool:
    """Whether the C++ compiler that torch.compile looks for is here."""
    return shutil.which(os.environ.get("CXX", "g++")) is not None


def compiled(config: Config) -> tuple[Callable, Callable]:
    """`sample` and `concept` of a configuration, compiled once for all rates, blocks, seeds, epochs and roundings."""
    return _compiled(config.replace(**_FREE, block=1))


def compiled_circulation(config: Config) -> Callable:
    """`sample` of an auto-encoder's configuration, as `compiled`."""
    return _compiled_circulation(config.replace(**_FREE))


@cache
def _compiled(config: Config) -> tuple[Callable, Callable]:
    rule = (Recurrence if config.task == "sequence" else Rule)(config)

    def sample(memories, x, y, gain, bases):
        trace = rule.sample(memories, x, y, gain, bases)
        return {"voltages": trace["voltages"], "counters": trace["counters"]}

    def concept(memories, k, gain, shift, bases):
        rule.concept(memories, k, gain, shift, bases)
        return {}

    return _compile(sample), _compile(concept)


@cache
def _compiled_circulation(config: Config) -> Callable:
    rule = Recirculation(config)

    def sample(memories, x, gain, bases):
        trace = rule.sample(memories, x, gain, bases)
        return {name: trace[name] for name in ("recalled", "code", "squared_error", "counters")}

    return _compile(sample)


def _compile(function: Callable) -> Callable:
    # Compilations are kept with the code object, eight at most: here every configuration has a code object of its own.
    own = types.FunctionType(
        function.__code__.replace(), function.__globals__, function.__name__, closure=function.__closure__
    )
    return torch.compile(own, fullgraph=True, dynamic=False, options=_OPTIONS)
