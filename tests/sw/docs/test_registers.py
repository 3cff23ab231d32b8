"""docs/registers.md is what the register map says, and its formulas hold for every depth."""

import re

import pytest

from golden.config import Config
from rtl.interface.registers import core_registers
from sw.docs import registers


def test_the_file_is_up_to_date():
    assert registers.FILE.read_text(encoding="utf-8") == registers.text(), "run python -m sw.docs.registers"


@pytest.mark.parametrize("layers", (1, 8))
def test_the_formulas_give_every_layers_addresses(layers):
    found = {r.name: r.address for r in core_registers(Config(sizes=(4,) * (layers + 1), lanes=2))}
    section = registers.text().split("## Settings and counters of the core")[1].split("##")[0]
    rows = re.findall(r"\| 0x(\w+)( \+ 4 L)? \| (\w+) \|", section)
    assert len(rows) == len(found) - layers  # `rate l` has a formula of its own
    for place, behind, name in rows:
        assert found[name] == int(place, 16) + (4 * layers if behind else 0), name
