"""Every signal has the name that it has in rtl/, so that waves can be read."""

import re

import pytest
from amaranth.back import rtlil

from golden.config import Config
from rtl.bus.axi import AxiCore
from rtl.bus.uart_core import UartCore
from rtl.core import core_of

SMALL = Config(sizes=(5, 4, 3), lanes=4, block=3)
NETWORK = {"sizes": (8, 6, 4), "lanes": 4}
CORES = {
    "two engines": lambda: core_of(Config(sizes=(5, 4, 3), lanes=4, block=3, engines=((1,), (0, 2)))),
    "one lane": lambda: core_of(Config(sizes=(5, 4, 3), lanes=1)),
    "inference": lambda: core_of(Config(sizes=(5, 4, 3), lanes=4, learn=False)),
    "auto-encoder": lambda: core_of(Config(**NETWORK, task="autoencoder", coding="rate")),
    "recurrent": lambda: core_of(Config(**NETWORK, task="sequence", recurrent=True)),
    "axi": lambda: AxiCore(SMALL),
    "uart": lambda: UartCore(SMALL, divisor=8),
}
QUICK = ("auto-encoder", "uart")
"""Elaborating a core with assertions takes seconds: these two have nearly all blocks; the others are long."""


@pytest.mark.parametrize("core", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in CORES])
def test_every_signal_has_a_name(core):
    """Amaranth has `$signal` and `$signature__data` where it finds none, and `$like` for one made like another."""
    text = rtlil.convert(CORES[core](), name="core", emit_src=False)
    names = re.findall(r"^ *wire .*\\(\S+)$", text, re.MULTILINE)
    assert len(names) > 1000
    assert [name for name in names if name.startswith("$")] == []
