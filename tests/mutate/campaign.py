"""Mutants one by one through the acts, in processes side by side; what came of each is kept: a campaign can go on."""

import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from subprocess import Popen

from cosim.build import Build
from cosim.kept import digest
from cosim.processes import stop
from cosim.runner import BenchError, start
from golden.config import Config

BENCH = "tests.mutate.bench"
STALLS = {"inputs": 0.1, "outputs": 0.3}
"""Until the scenario says others."""
SLOWER = 3
"""A mutant may take so many times the clocks of the core as it is; what takes longer hangs."""
SECONDS = 300
"""That an act may take: it takes some; a simulation that goes round in one clock for ever is ended so."""
KINDS = {"value": "expected", "assertion": "assertion failed", "hang": "no handshake for", "endless": "no end after"}
"""How a mutant dies, and what the bench's message says then. endless: handshakes go on, or a loop in one clock."""


class CampaignError(RuntimeError):
    """An act says nothing of mutants: the core as it is does not pass, or the bench itself fails."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant. kind: of KINDS, or '' where it survives; act: in which it died; message: the bench's."""

    number: int
    kind: str = ""
    act: str = ""
    message: str = ""


@dataclass
class Campaign:
    """One build with all mutants, and what has come of them.

    Args:
        build: the wrapper with the netlist. acts: their scenarios by name, played in this order.
        folder: where outcomes are kept, by the contents of all of that; a run of a mutant has its folder there, too.
        processes: at the same time.
    """

    build: Build
    config: Config
    acts: dict[str, Path]
    folder: Path
    processes: int = 2
    _processes: set[Popen] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: bool = False

    def __post_init__(self) -> None:
        source = Path(__file__).with_name("bench.py").read_text(encoding="utf-8")
        self._keys = {name: digest(self.build.folder.name, source, path.read_bytes()) for name, path in self.acts.items()}
        self._clocks: dict[str, int] = {}

    def go(self, numbers: list[int]) -> Iterator[Outcome]:
        """Outcomes as they come.

        Raises:
            CampaignError: the core as it is does not pass, or a run failed otherwise than by a mutant.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for act in self.acts:
            self._clocks[act] = self._as_it_is(act)
        pool = ThreadPoolExecutor(self.processes)
        try:
            for done in as_completed([pool.submit(self._outcome, number) for number in numbers]):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            with self._lock:
                self._ended = True
                processes = list(self._processes)
            for process in processes:
                stop(process)
            pool.shutdown()

    def _as_it_is(self, act: str) -> int:
        """The clocks that an act takes without a mutant."""
        kept = self.folder / f"{self._keys[act]}.clocks"
        if not kept.exists():
            if message := self._played(act, 0, 0):
                raise CampaignError(f"act {act!r}: the core as it is does not pass: {message}")
            shutil.copyfile(self._place(act, 0) / "clocks", kept)
        return int(kept.read_text())

    def _outcome(self, number: int) -> Outcome:
        for act in self.acts:
            kept = self.folder / f"{self._keys[act]}-{number}.json"
            if not kept.exists():
                message = self._played(act, number, SLOWER * self._clocks[act])
                kept.write_text(json.dumps(asdict(Outcome(number, kind_of(message), act, message))))
            outcome = Outcome(**json.loads(kept.read_text(encoding="utf-8")))
            if outcome.kind:
                return outcome
        return Outcome(number)

    def _played(self, act: str, number: int, clocks: int) -> str:
        """What a mutant's run in an act says, '' where it passes."""
        values = {"config": self.config.to_dict(), "scenario": str(self.acts[act].resolve()), "mutant": number}
        folder = self._place(act, number)
        with self._lock:
            if self._ended:
                raise CampaignError("ended")
            run = start(self.build, BENCH, values | STALLS | {"clocks": clocks}, folder=folder)
            self._processes.add(run.process)
        try:
            run.wait(SECONDS)
        except BenchError as error:
            message = str(error).split(" (log: ")[0]
            if self._ended:
                raise CampaignError("ended") from None
            if not kind_of(message):
                raise CampaignError(f"mutant {number}, act {act!r}: {error}") from None
        else:
            message = ""
        finally:
            self._processes.discard(run.process)
        if number:
            shutil.rmtree(folder)
        return message

    def _place(self, act: str, number: int) -> Path:
        return self.folder / f"run-{act}-{number}"


def kind_of(message: str) -> str:
    """Of KINDS; '' where the message is none of a mutant's."""
    return next((kind for kind, says in KINDS.items() if says in message), "")
