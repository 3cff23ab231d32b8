"""The chip's half of a training run, in the simulator's process: feeds samples, compares every record and memory."""

import json
import time
from collections import deque
from collections.abc import Callable

import cocotb
import numpy as np

from cosim import account
from cosim.chip import Chip, join
from cosim.compare import Mismatch, compare_records, compare_state
from cosim.files import load_arrays
from cosim.host.state import on_chip
from cosim.job import ExpectedReader, Job, Segment
from cosim.runner import parameters
from golden.records import Recalled, Records

REPORT = 0.2
"""Seconds between two progress lines."""


class TrainingBench:
    """One run. Progress lines (JSON, one a line) go to progress.jsonl: "progress", "epoch", "mismatch", "done"."""

    def __init__(self, job: Job, chip: Chip):
        self.job, self.chip, self.config = job, chip, job.core_config
        self.settings = job.part("settings")
        self.expected = ExpectedReader(job.file("expected.bin"), self.config)
        self.file = open(job.file("progress.jsonl"), "a", encoding="utf-8", buffering=1)  # noqa: SIM115
        self.reported = 0.0
        self.compared = self.differ = 0
        self.mismatch: Mismatch | None = None
        self.where = {}

    def tell(self, event: str, **values) -> None:
        line = {"event": event, "compared": self.compared, "differ": self.differ, **self.where, **values}
        self.file.write(json.dumps(line) + "\n")

    async def run(self) -> None:
        job, data = self.job, self.job.data()
        self.where = {"epoch": job.first, "phase": "loading"}
        await self.begin()
        for epoch in range(job.first, job.last):
            await self.chip.write(**self.settings(self.config, job.decays[epoch]))
            await self.epoch(epoch, list(job.segments(data, epoch)))
            if self.mismatch:
                raise self.mismatch
        self.tell("done")

    def compare(self, compare: Callable[..., int], *arguments) -> None:
        """Compares and counts. The first mismatch is told, and ends the run unless the job says to count on."""
        try:
            self.compared += compare(*arguments)
        except Mismatch as mismatch:
            self.compared += mismatch.values
            self.differ += mismatch.differ
            if not self.mismatch:
                place = f"epoch {self.job.origin(self.where['epoch'])[0] + 1}, {self.where['phase']}"
                mismatch.note = ", ".join(filter(None, (place, mismatch.note)))
                self.mismatch = mismatch
                self.tell("mismatch", mismatch=mismatch.to_dict())
            if not self.job.count:
                raise

    async def begin(self) -> None:
        state = self.wait_for_state(self.job.first - 1)
        await self.chip.load(state)
        if not self.job.fresh:
            self.compare(compare_state, on_chip(state, self.config), await self.chip.state())

    async def epoch(self, epoch: int, segments: list[Segment]) -> None:
        began = time.monotonic()
        found = {kind: account.nothing(self.config) for kind in ("training", "test")}
        for segment in segments:
            self.where = {"epoch": epoch, "phase": segment.kind}
            if segment.kind == "lead":
                await self.lead_in(segment)
                began = time.monotonic()
                continue
            records = await self.segment(segment)
            if segment.kind == "recall":
                # The chip has now recalled all concepts by itself; they must be those that golden starts with.
                state = on_chip(self.wait_for_state(epoch - 1), self.config)
                self.compare(compare_state, state, await self.chip.state())
                began = time.monotonic()
            if segment.kind in found:
                clocks, seconds = (clocks_a_sample(records) or 0) * len(records), time.monotonic() - began
                spent = {"clocks": clocks, "seconds": seconds}
                found[segment.kind] = account.of_said(self.config, records, segment.samples, **spent)
                began = time.monotonic()
        self.where = {"epoch": epoch, "phase": "memories"}
        self.tell("progress")
        state = self.wait_for_state(epoch)
        self.compare(compare_state, on_chip(state, self.config), await self.chip.state())
        self.tell("epoch", account=account.epoch(**found))

    async def lead_in(self, segment: Segment) -> None:
        """Learns samples once more, so that their updates are pending; see `cosim.shard.Lead`."""
        samples = segment.samples
        for number in range(len(samples)):
            if number:
                await self.chip.write(**load_arrays(self.job.file("lead.npz")))
            async for _ in self.chip.stream(samples.x[number : number + 1], samples.y[number : number + 1]):
                pass

    async def segment(self, segment: Segment) -> Records | Recalled:
        parts, waiting, done, found = [], deque(), 0, account.nothing(self.config)
        samples = segment.samples
        stream = self.chip.stream(samples.x, samples.y, segment.learn, segment.recall, samples.ends)
        async for part in stream:
            parts.append(part)
            waiting.append(part)
            while waiting and (expected := self.expected.take(len(waiting[0]))) is not None:
                said, here = waiting.popleft(), slice(done, done + len(expected))
                self.compare(compare_records, expected, said, segment.first + done)
                if segment.kind != "draw":  # of a code there is no sample
                    now = account.of_said(self.config, said, samples[here])
                    found = account.summed([found, now])
                done = here.stop
            if time.monotonic() - self.reported > REPORT:
                self.reported = time.monotonic()
                shares = {name: values[-1] for name, values in account.shares([found]).items() if values}
                self.tell("progress", sample=done, of=len(samples), clocks=clocks_a_sample(part), **shares)
        for part in waiting:  # golden is behind
            while (expected := self.expected.take(len(part))) is None:
                self.pause()
            self.compare(compare_records, expected, part, segment.first + done)
            done += len(part)
        return join(parts)

    def wait_for_state(self, epoch: int) -> dict[str, np.ndarray]:
        while not self.job.state_file(epoch).exists():
            self.pause()
        return load_arrays(self.job.state_file(epoch))

    def pause(self) -> None:
        time.sleep(0.005)  # simulated time stands still meanwhile


def clocks_a_sample(records: Records | Recalled) -> float | None:
    """Mean clocks between two results; None for a single one."""
    if len(records) < 2:
        return None
    return float(((records.clocks[1:] - records.clocks[:-1]) & 0xFFFFFFFF).mean())


@cocotb.test()
async def training(dut):
    """Every record of the run and every memory at each epoch's end are golden's."""
    job = Job.load(parameters()["job"])
    chip = await Chip.open(dut, job.core_config, job.part("memory_map")(job.core_config))
    await TrainingBench(job, chip).run()
