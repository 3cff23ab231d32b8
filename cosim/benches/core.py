"""The whole core against golden: plays a scenario (`cosim.benches.scenario`), compares every record, memory and setting.

Parameters: `config`, the core's; `scenario`, the file; optional `inputs`, `outputs`, `seed`: stalls from the start;
`watchdog`, clocks; `got`: a file that gets the chip's records and memories, those of step n as "n.name".
"""

from pathlib import Path
from typing import Any

import cocotb
import numpy as np

from cosim.benches.scenario import expected_records, read_scenario
from cosim.chip import Chip, join
from cosim.compare import compare_arrays, compare_records, compare_state
from cosim.files import save_arrays
from cosim.host.memory_map import MemoryMap
from cosim.host.state import on_chip
from cosim.runner import parameters
from golden.config import Config


class CoreBench:
    """Plays one step after another; each kind of step is a method of its name."""

    def __init__(self, chip: Chip):
        self.chip, self.config = chip, chip.config
        self.compared = self.stream = 0
        self.got: dict[str, np.ndarray] = {}
        self.settings: dict[str, int] = {}
        self.ahead = 0  # of the bench's clocks the chip's register is, from one reset to the next

    async def play(self, path: Path) -> None:
        for number, (kind, values, arrays) in enumerate(read_scenario(path)):
            got = await getattr(self, kind)(arrays, **values) or {}
            self.got |= {f"{number}.{name}": value for name, value in got.items()}

    async def take(self, state: dict[str, np.ndarray], settings: dict[str, int]) -> None:
        await self._reset()
        await self._set(settings)
        await self.chip.load(state)
        if self.stream:  # nothing that was under way may write behind the reset
            await self._compare(state)
        else:  # of weights a wrong one stays wrong until they are compared; all else is made anew at a block's end
            lost = {name: array for name, array in on_chip(state, self.config).items() if name[0] not in "WT"}
            self.compared += compare_state(lost, await self.chip.read(*lost)) if lost else 0

    async def samples(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        flags = (arrays[name] for name in ("learn", "recall", "last"))
        stream = self.chip.stream(arrays["x"], arrays["y"], *flags)
        got = join([part async for part in stream])
        self.compared += compare_records(expected_records(arrays), got, self.stream)
        self.stream += len(got)
        return got.arrays()

    async def change(self, arrays: dict[str, np.ndarray], settings: dict[str, int]) -> None:
        await self._set(settings)

    async def finish(self, arrays: dict[str, np.ndarray]) -> None:
        await self.chip.write(finish=1)

    async def memories(self, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return await self._compare(state)

    async def resume(self, state: dict[str, np.ndarray], settings: dict[str, int]) -> None:
        kept = await self._compare(state)
        await self._reset()
        await self._set(settings, **kept)

    async def stall(self, arrays: dict[str, np.ndarray], values: list) -> None:
        self.chip.stall(values[0], values[1], seed=values[2])

    async def reset(self, arrays: dict[str, np.ndarray], after: int) -> None:
        got = await anext(self.chip.stream(arrays["x"], arrays["y"], arrays["learn"]))
        expected = expected_records(arrays)
        self.compared += compare_records(expected[: len(got)], got, self.stream)
        await self.chip.reset(after)

    async def _set(self, settings: dict[str, int], **memories: np.ndarray) -> None:
        self.settings = settings
        await self.chip.write(**settings, **memories)

    async def _reset(self) -> None:
        """Resets the chip, and writes its clocks: another number each time, in which every bit is to change soon."""
        await self.chip.reset()
        before, start = self.chip.now, (0x5A5A5A5A << self.stream % 3) & 0xFFFFFFFF
        await self.chip.write(clocks=start)
        self.ahead = await self._ahead()
        passed, found = self.chip.now - before, (self.ahead + self.chip.now) & 0xFFFFFFFF
        assert (found - start) & 0xFFFFFFFF < passed, f"clocks: expected {start}, got {found} within {passed} clocks"

    async def _ahead(self) -> int:
        clocks = int((await self.chip.read("clocks"))["clocks"])
        return (clocks - self.chip.now) & 0xFFFFFFFF

    async def _compare(self, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """All memories of the chip, compared with golden's state, and its settings."""
        registers = await self.chip.read(*self.settings)
        for name, value in self.settings.items():
            self.compared += compare_arrays(name, value, registers[name], ())
        self.compared += compare_arrays("clocks", self.ahead, await self._ahead(), ())
        got = await self.chip.state()
        self.compared += compare_state(on_chip(state, self.config), got, self.stream)
        return got


@cocotb.test()
async def agrees_with_golden(dut: Any) -> None:
    """Every record and every memory of the scenario are golden's."""
    values = parameters()
    config = Config.from_dict(values["config"])
    chip = await Chip.open(dut, config, MemoryMap(config), values.get("watchdog") or patience(config))
    chip.stall(values.get("inputs", 0.0), values.get("outputs", 0.0), seed=values.get("seed", 1))
    bench = CoreBench(chip)
    await bench.play(Path(values["scenario"]))
    assert bench.compared, "the scenario compares nothing"
    if values.get("got"):
        save_arrays(Path(values["got"]), bench.got)


def patience(config: Config) -> int:
    """Clocks without a handshake that count as a hang: more than learning a sample and recalling all concepts take."""
    words = sum(config.groups(i) * (config.sizes[i + 1] + config.classes + 40) for i in range(config.layers))
    return 2000 + 2 * config.classes * words
