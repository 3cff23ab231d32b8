"""The integer model is exact whatever torch settings its caller has made."""

import contextlib
import runpy
from pathlib import Path

import pytest
import torch

from golden import networks, plasticity
from golden.fixed import product
from golden.integer import IntegerModel

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
ODD, assert_equal, samples = (cases[name] for name in ("ODD", "assert_equal", "samples"))
# Sums past 2^11, more than a float of 16 bits holds.
WIDE = ODD.replace(sizes=(150, 19, 7, 3))


@contextlib.contextmanager
def setting(change, old, new):
    change(new)
    try:
        yield
    finally:
        change(old)


SETTINGS = {
    "autocast": lambda: torch.autocast("cpu"),
    "autocast to float16": lambda: torch.autocast("cpu", dtype=torch.float16),
    "default dtype float64": lambda: setting(torch.set_default_dtype, torch.get_default_dtype(), torch.float64),
    "default dtype bfloat16": lambda: setting(torch.set_default_dtype, torch.get_default_dtype(), torch.bfloat16),
    "default device meta": lambda: torch.device("meta"),
    "one thread": lambda: setting(torch.set_num_threads, torch.get_num_threads(), 1),
    "three threads": lambda: setting(torch.set_num_threads, torch.get_num_threads(), 3),
    "deterministic": lambda: setting(torch.use_deterministic_algorithms, False, True),
    "matmul precision medium": lambda: setting(
        torch.set_float32_matmul_precision, torch.get_float32_matmul_precision(), "medium"
    ),
    "no grad": torch.no_grad,
    "inference mode": torch.inference_mode,
}


def trained(inside):
    """Records and states of a model made and trained in `inside`, then trained on outside of it."""
    x, y = samples(WIDE, 14)
    with inside:
        model = IntegerModel(WIDE, fast=False)
        first = model.train(x[:8], y[:8])
        trace = model.trace(x[8], y[8])
        named = model.train(x, y, learn=False)
    last = model.train(x[8:], y[8:])
    records = {f"{name} {part}": getattr(record, name) for part, record in enumerate((first, named, last))
               for name in ("prediction", "voltages", "counters")}  # fmt: skip
    return records | trace | model.state()


@pytest.fixture(scope="module")
def plain():
    return trained(contextlib.nullcontext())


@pytest.mark.parametrize("name", SETTINGS)
def test_training_is_exact_whatever_the_callers_settings(name, plain):
    got = trained(SETTINGS[name]())
    assert got.keys() == plain.keys()
    for key, value in plain.items():
        assert_equal(got[key], value, f"{key} with {name}")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_product_is_exact_at_the_largest_sums_whatever_the_settings(name):
    weights = torch.tensor([[-128, 127], [-127, 127]] * 2048, dtype=torch.int32)
    x = torch.full((3, 4096), 15, dtype=torch.int32)
    with contextlib.nullcontext() if "meta" in name else SETTINGS[name]():
        assert product(x, weights).tolist() == [[15 * 2048 * -255, 15 * 4096 * 127]] * 3


def test_a_product_that_autocast_rounds_is_seen(monkeypatch, plain):
    def rounded(a, b):
        return (a.to(torch.float32) @ b.to(torch.float32)).to(torch.int32)

    for module in (networks, plasticity):
        monkeypatch.setattr(module, "product", rounded)
    got = trained(SETTINGS["autocast"]())
    assert any((got[key] != value).any() for key, value in plain.items())
