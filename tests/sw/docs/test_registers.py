"""docs/registers.md is what the register map says, and its formulas hold for every depth."""

import pytest

from golden.config import Config
from rtl.interface.registers import core_registers
from sw.docs import registers


def test_the_file_is_up_to_date():
    assert registers.FILE.read_text(encoding="utf-8") == registers.text(), "run python -m sw.docs.registers"


@pytest.mark.parametrize("layers", range(1, 9))
def test_the_formulas_give_every_layers_addresses(layers):
    found = {r.name: r.address for r in core_registers(Config(sizes=(4,) * (layers + 1), lanes=2))}
    assert {name: found[name] for name in registers.places(layers)} == registers.places(layers)
