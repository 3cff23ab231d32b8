"""A pipeline whose values name the stage they are made in; the registers to where they are read come by themselves."""

from amaranth.hdl import Module, Signal, Value
from amaranth.lib import data


class Pipeline:
    """Values that move together, a stage a clock, without backpressure.

    A value is defined in a stage, by `define` as an expression of that stage's values or by `set` as what is there, and read
    in that stage or a later one by `at`. Moving something a clock later is a change of one number: of the stages before it
    nothing is to be counted.

    Args:
        m: where the registers go. name: of the pipeline, in their names.
        reset: names of values whose registers start as 0. All others have no reset: they mean something only where a value
            that has one (`valid`, say) says so.
    """

    def __init__(self, m: Module, name: str, reset: tuple[str, ...] = ("valid",)):
        self.name, self.reset = name, reset
        # A module of their own: a value may be read first where a condition holds, and its registers move all the same.
        m.submodules[f"{name}_registers"] = self._registers = Module()
        self._values: dict[str, dict[int, Value]] = {}

    def define(self, name: str, stage: int, value) -> Value:
        """Says what `name` is in `stage`, as an expression of what is there in the same clock; returns it.

        Raises:
            ValueError: where it is defined already.
        """
        if name in self._values:
            raise ValueError(f"{self.name}: {name} is defined already, in stage {min(self._values[name])}")
        if not isinstance(value, data.View):
            value = Value.cast(value)
        if not isinstance(value, Signal | data.View):
            expression, value = value, Signal(value.shape(), name=f"{self.name}{stage}_{name}")
            self._registers.d.comb += value.eq(expression)
        self._values[name] = {stage: value}
        return value

    def define_all(self, stage: int, **values) -> None:
        """Says of several by their names what they are in `stage`."""
        for name, value in values.items():
            self.define(name, stage, value)

    def at(self, name: str, stage: int) -> Value:
        """The value of `name` in `stage`.

        Raises:
            ValueError: where there is no such value, or only later.
        """
        stages = self._values.get(name)
        if stages is None:
            raise ValueError(f"{self.name}: there is no {name}; there are {', '.join(self._values)}")
        if stage not in stages:
            if stage < min(stages):
                raise ValueError(f"{self.name}: {name} is made in stage {min(stages)}, and read in {stage}")
            before = self.at(name, stage - 1)
            register = Signal(before.shape(), name=f"{self.name}{stage}_{name}", reset_less=name not in self.reset)
            self._registers.d.sync += register.eq(before)
            stages[stage] = register
        return stages[stage]

    def any(self, name: str, first: int, last: int) -> Value:
        """Whether a bit of `name` is set in any of the stages first..last."""
        value = self.at(name, first)
        for stage in range(first + 1, last + 1):
            value = value | self.at(name, stage)
        return value
