"""The rule compiled to C++ by torch.compile: the same functions, the same integers, at many times the speed."""

import os
import shutil
import types
from collections.abc import Callable
from functools import cache

import torch

from golden.config import Config
from golden.rule import Rule


def available() -> bool:
    """Whether the C++ compiler that torch.compile looks for is here."""
    return shutil.which(os.environ.get("CXX", "g++")) is not None


def compiled(config: Config) -> tuple[Callable, Callable]:
    """`sample` and `concept` of a configuration, compiled once for all rates, blocks, seeds, epochs and roundings."""
    free = {"seed": 0, "rate": 0, "theta_rate": 0, "decay": (0,), "block": 1, "epochs": 1, "stochastic": True}
    return _compiled(config.replace(name="compiled", **free))


@cache
def _compiled(config: Config) -> tuple[Callable, Callable]:
    rule = Rule(config)

    def sample(memories, x, y, gain, bases):
        trace = rule.sample(memories, x, y, gain, bases)
        return {"voltages": trace["voltages"], "counters": trace["counters"]}

    def concept(memories, k, gain, shift, bases):
        rule.concept(memories, k, gain, shift, bases)
        return {}

    return _compile(sample), _compile(concept)


def _compile(function: Callable) -> Callable:
    # Compilations are kept with the code object, eight at most: here every configuration has a code object of its own.
    own = types.FunctionType(
        function.__code__.replace(), function.__globals__, function.__name__, closure=function.__closure__
    )
    return torch.compile(own, fullgraph=True, dynamic=False, options={"cpp.threads": 1})
