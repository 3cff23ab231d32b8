"""The compiled rule where the compiler that is here does not compile: a warning, and the same integers."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from golden import fast
from golden.autoencoder import Autoencoder
from golden.config import Config
from golden.integer import IntegerModel

REAL = """
import numpy as np
from golden.config import Config
from golden.integer import IntegerModel

IntegerModel(Config(sizes=(3, 2), lanes=1), fast=True).train(np.zeros((2, 3), int), [0, 1])
"""
SAID = "; the rule goes on without being compiled, equal to the bit and many times slower"


@pytest.mark.long
def test_a_compiler_that_fails_is_a_warning():
    environment = os.environ | {"CXX": "/bin/false", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", REAL], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    (said,) = (line.partition("UserWarning: ")[2] for line in done.stderr.splitlines() if "UserWarning: C++" in line)
    assert said.startswith("C++ compiler: found /bin/false, which fails: ") and said.endswith(SAID)


@pytest.fixture
def failing(monkeypatch):
    """Compiled functions raise the error that is set here; the times that one was called."""
    calls, error = [], [OSError(28, "No space left on device")]

    def call(*arguments):
        calls.append(arguments)
        raise error[0]

    monkeypatch.setattr(fast, "_REFUSED", set())
    monkeypatch.setattr(torch, "compile", lambda function, **options: call)
    monkeypatch.setattr(fast, "_compiler", lambda: sys.executable)
    for made in (fast._compiled, fast._compiled_circulation):
        made.cache_clear()
    yield calls, error
    for made in (fast._compiled, fast._compiled_circulation):
        made.cache_clear()


@pytest.mark.parametrize("model, task", [(IntegerModel, "recognition"), (Autoencoder, "autoencoder")])
def test_the_rule_goes_on_and_the_compiler_is_not_tried_again(failing, model, task):
    x, labels = np.random.default_rng(0).integers(0, 16, (9, 12)), [np.arange(9) % 3] if task == "recognition" else []
    config = Config.from_dict({"task": task, "sizes": [12, 8, 3], "lanes": 4} | ({"block": 4} if labels else {}))
    quick, slow, other = (model(config, fast=fast) for fast in (True, False, True))
    with pytest.warns(UserWarning, match="which fails: .*No space left on device") as said:
        for _ in range(2):
            quick.train(x, *labels)
            slow.train(x, *labels)
    other.train(x, *labels)
    assert len(said) == len(failing[0]) == 1 and str(said[0].message).endswith(SAID)
    for key, value in slow.state().items():
        assert np.array_equal(quick.state()[key], value), key


def test_what_is_no_fault_of_the_compiler_is_raised(failing):
    failing[1][0] = ValueError("another")
    with pytest.raises(ValueError, match="another"):
        IntegerModel(Config(sizes=(3, 2), lanes=1), fast=True).train([[0, 1, 2]], [1])
