"""Block: a part of an engine, made for its format."""

from amaranth.lib import wiring

from rtl.engine.formats import EngineFormat


class Block(wiring.Component):
    """A component whose members follow from the engine's format: `_members`, of each subclass.

    Args:
        form: of the engine, here as `form`.
    """

    def __init__(self, form: EngineFormat):
        self.form = form
        super().__init__(self._members(form))

    def _members(self, f: EngineFormat) -> dict[str, wiring.Member]:
        """Ports and interfaces by their names."""
        raise NotImplementedError
