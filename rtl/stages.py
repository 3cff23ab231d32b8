"""Pipeline stages: registers for the values that go on together."""

from amaranth.hdl import Module, Signal, Value

RESET = ("valid", "update", "write")
"""What counts or writes, and so is reset; all else is looked at with one of these alone."""


def stage(m: Module, name: str, values: dict) -> dict[str, Signal]:
    """One register for each of `values`, a clock later, under the same keys."""
    registers = {}
    for key, value in values.items():
        value = Value.cast(value)
        registers[key] = Signal(value.shape(), name=f"{name}_{key}", reset_less=key not in RESET)
        m.d.sync += registers[key].eq(value)
    return registers
