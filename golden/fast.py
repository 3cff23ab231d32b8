"""The rule compiled to C++ by torch.compile: the same functions, the same integers, at many times the speed.

Where the compiler that is here does not compile, a warning says so, and the rule goes on as it is.
"""

import os
import shutil
import types
import warnings
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
_REFUSED: set[str] = set()
"""Compilers that have failed in this process: they are not tried again."""


def available() -> bool:
    """Whether the C++ compiler that torch.compile looks for is here, and has not failed."""
    return shutil.which(_compiler()) is not None and _compiler() not in _REFUSED


def _compiler() -> str:
    return os.environ.get("CXX", "g++")


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
    return _or_plain(torch.compile(own, fullgraph=True, dynamic=False, options=_OPTIONS), function)


def _or_plain(quick: Callable, plain: Callable) -> Callable:
    """`quick`, or `plain` for good where quick's first call, which compiles and then computes, does not come to compute."""
    chosen = None

    def call(*arguments):
        nonlocal chosen
        if chosen is None and _compiler() in _REFUSED:
            chosen = plain
        if chosen is None:
            try:
                found = quick(*arguments)
            except Exception as error:
                _refuse(error)
                chosen = plain
            else:
                chosen = quick
                return found
        return chosen(*arguments)

    return call


def _refuse(error: Exception) -> None:
    """Warns of a compiler that fails; raises again what is no fault of the compiler."""
    from torch._dynamo.exc import BackendCompilerFailed  # here: it takes a second to import

    if not isinstance(error, (BackendCompilerFailed, OSError)):
        raise error
    _REFUSED.add(_compiler())
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    said = "the rule goes on without being compiled, equal to the bit and many times slower"
    warnings.warn(f"C++ compiler: found {_compiler()}, which fails: {reason}; {said}", stacklevel=3)
