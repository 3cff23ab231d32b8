"""What a build came to: the table for people, build.json for programs."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import Config
from sw.boards.catalogue import RESOURCES, Board
from sw.boards.nextpnr import TOOL, Placed
from sw.boards.synthesis import Netlist
from sw.boards.tools import version
from sw.common.errors import CheckError
from sw.common.terminal import say
from sw.design.clocks import MeasuredClocks


@dataclass
class Result:
    """A build. What a board's flow does not have is None.

    Members:
        megahertz: the clock that the core gets. seconds: of each step. files: what there is to use.
        made_of: a name for all that decides what comes out. error: what ended the build early, "" where nothing did.
    """

    board: Board
    config: Config
    megahertz: Fraction
    baud: int
    seconds: dict[str, float]
    netlist: Netlist | None = None
    clocks: MeasuredClocks | None = None
    placed: Placed | None = None
    files: list[str] = field(default_factory=list)
    made_of: str = ""
    error: str = ""

    @property
    def megahertz_text(self) -> str:
        return f"{float(self.megahertz):g} MHz"

    @property
    def meets_timing(self) -> bool:
        """Nothing is known against it."""
        return self.placed is None or self.placed.megahertz >= self.megahertz

    @property
    def weight_bits(self) -> int:
        """Of all masters."""
        config, sizes = self.config, self.config.sizes
        forward = sum(config.rows(layer) * sizes[layer] for layer in range(1, config.layers + 1))
        backward = sum(a * b for a, b in pairwise(sizes[config.lowest :])) if config.has_backward else 0
        return config.weight_bits * (forward + backward)

    def used(self, resource: str) -> float | None:
        """After place and route where that is known, else after synthesis."""
        if self.placed and resource in self.placed.used:
            return self.placed.used[resource]
        return self.netlist.resources.get(resource, 0) if self.netlist else None

    def microseconds(self, clocks: float) -> float:
        """That so many clocks take."""
        return clocks / float(self.megahertz)

    def show(self, console: Console) -> None:
        """Prints the table."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in ("", "found", "of", ""):
            table.add_column(column, justify="left" if column == "" else "right")
        for resource in RESOURCES:
            used, capacity = self.used(resource), self.board.capacity.get(resource)
            if used is None or (not used and not capacity):
                continue
            share = (f"{capacity:,}", f"{used / capacity:.0%}") if capacity else ("", "")
            table.add_row(resource, f"{used:,g}" if used < 1e5 else f"{used:,.0f}", *share)
        if self.placed:
            table.add_row("Fmax", f"{self.placed.megahertz:.1f} MHz", self.megahertz_text, "after place and route")
        if self.clocks:
            for kind in ("training", "inference"):
                count = getattr(self.clocks, kind)
                if count is not None:
                    time = f"{self.microseconds(count):,.1f} us at {self.megahertz_text}" if self.board.family else ""
                    table.add_row(f"clocks a sample, {kind}", f"{count:,.0f}", "", time)
        table.add_row("weights, bits", f"{self.weight_bits:,}", "", "both networks" if self.config.has_backward else "")
        console.print(table, highlight=False)
        if self.clocks:
            say(console, self.clocks.note)
        for name in self.files:
            say(console, f"  {name}")

    def check(self) -> None:
        """Raises CheckError, with the longest path, where the clock is missed."""
        if not self.meets_timing:
            raise CheckError(
                f"{self.board.name}: found {self.placed.megahertz:.1f} MHz after place and route; asked for is "
                f"{self.megahertz_text}; the longest path: {self.placed.describe()}; choose a lower --megahertz"
            )

    def _tools(self) -> list[str]:
        return (["yosys"] if self.netlist else []) + ([TOOL[self.board.family]] if self.placed else [])

    def to_dict(self) -> dict[str, Any]:
        """For build.json."""
        return {
            "board": self.board.name,
            "device": self.board.device,
            "config": self.config.to_dict(),
            "megahertz": float(self.megahertz),
            "baud": self.baud,
            "made_of": self.made_of,
            "error": self.error,
            "meets_timing": self.meets_timing if self.placed or not self.board.open else None,
            "tools": {tool: version(tool) for tool in self._tools()},
            "resources": {name: self.used(name) for name in RESOURCES if self.used(name) is not None},
            "capacity": self.board.capacity,
            "weight_bits": self.weight_bits,
            "clocks": self.clocks.to_dict() if self.clocks else None,
            "netlist": asdict(self.netlist) if self.netlist else None,
            "placed": asdict(self.placed) if self.placed else None,
            "seconds": self.seconds,
            "files": self.files,
        }
