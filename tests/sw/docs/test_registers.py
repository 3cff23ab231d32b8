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


@pytest.mark.parametrize("layers", (1, 8))
@pytest.mark.parametrize("task, title", [("autoencoder", "An auto-encoder's core"), ("sequence", "A sequence's core")])
def test_the_formulas_of_other_tasks_give_every_layers_addresses(task, title, layers):
    config = Config.from_dict({"task": task, "sizes": [4] * (layers + 1), "lanes": 2})
    section = registers.text().split(f"## {title}")[1].split("\n## ")[0]
    rows = re.findall(r"\| 0x(\w+)(?: \+ (.+?))? \| (\w+(?: l)?) \| [rw]", section)
    found = {}
    for place, formula, name in rows:
        first = {"rate l": 1, "backward_rate l": 0}.get(name)
        for layer in range(layers) if first is not None else (0,):
            here = {"": 0, "4 (l - 1)": 4 * layer, "4 L": 4 * layers, "4 L + 4 l": 4 * (layers + layer), "8 L": 8 * layers}[
                formula
            ]
            found[name.replace(" l", str(layer + (first or 0)))] = int(place, 16) + here
    assert found == {r.name: r.address for r in core_registers(config)}
