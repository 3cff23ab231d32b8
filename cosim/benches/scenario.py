"""What a core goes through, step by step, and what golden gives at each step: written once, played on any build.

`Scenario` runs golden and writes; `cosim.benches.core` reads and plays. So the simulator's process needs no torch, and one
scenario serves both simulators, all stalls and every mutant.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cosim.files import load_arrays, save_arrays
from cosim.host.memory_map import NOT_CARRIED
from cosim.job import take
from golden.config import UPDATE_DELAY
from golden.records import Recalled, Records
from golden.samples import Samples
from rtl.interface.memory_map import settings_of


class Scenario:
    """A list of steps that grows with each call, for a golden model that takes every step at once.

    Args:
        model: an `IntegerModel` or an `Autoencoder`, in the state to begin with. Its configuration may differ from that of
            the core in registers.
    """

    def __init__(self, model: Any):
        self.random = np.random.default_rng(0)
        self.steps: list[dict] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.take(model)

    def take(self, model: Any) -> None:
        """Resets the chip, and loads this model's settings and state into it."""
        self.model = model
        # What the last update counted is in no memory: golden forgets it as the chip does in its reset.
        model.load(model.state())
        self._add("take", settings=settings_of(model.config, model.decay), **model.state())

    def samples(
        self, x: np.ndarray, y: np.ndarray | None = None, learn: Any = True, recall: Any = False, last: Any = None
    ) -> None:
        """A stream of B samples without a gap. x: (B, n0). y: (B,) labels. learn, recall, last: for all, or (B,).

        A recurrent core's sequences end here and there where nobody says where.
        """
        if len(x):
            self._add("samples", **self._learned(x, y, learn, recall, last))

    def _learned(self, x: np.ndarray, y: np.ndarray | None, learn: Any, recall: Any, last: Any) -> dict[str, np.ndarray]:
        """Samples as `samples` has them, with golden's records."""
        count = len(x)
        y = np.zeros(count, dtype=np.int64) if y is None else np.asarray(y)
        if last is None:
            last = self.random.random(count) < 0.2 if self.model.config.recurrent else True
        flags = {name: np.broadcast_to(flag, count) for name, flag in (("learn", learn), ("recall", recall), ("last", last))}
        take = self._drawn_or_taken if self.model.config.task == "autoencoder" else self._taken
        parts = [take(x[n : n + 1], y[n : n + 1], *(bool(flag[n]) for flag in flags.values())) for n in range(count)]
        return {"x": np.asarray(x), "y": y, **flags, **type(parts[0]).join(parts).arrays()}

    def _taken(self, x: np.ndarray, y: np.ndarray, learn: bool, recall: bool, last: bool) -> Records:
        model = self.model
        record = take(model, Samples(x, y, np.array([last])), learn)
        block_ends = learn and model.config.learn_theta and model.position == 0
        if recall and not block_ends:  # the block's recall is the one asked for
            model.recall()
        return record

    def _drawn_or_taken(self, x: np.ndarray, y: np.ndarray, learn: bool, recall: bool, last: bool) -> Recalled:
        """Of an auto-encoder: x is as wide as a sample or a code, whichever is wider; labels mean nothing."""
        sizes = self.model.config.sizes
        return self.model.draw(x[:, : sizes[-1]]) if recall else self.model.train(x[:, : sizes[0]], learn=learn)

    def change(self, **changes: Any) -> None:
        """Writes other settings, keys of the configuration, while updates are pending; of an auto-encoder what no update
        carries (docs/autoencoder.md, 4) behind blank samples."""
        model = self.model
        if model.config.task == "autoencoder" and changes.keys() & set(NOT_CARRIED):
            self.blank()
        model.config = model.config.replace(**changes)
        model.rule = type(model.rule)(model.config)
        self._add("change", settings=settings_of(model.config, model.decay))

    def blank(self, recall: bool = False) -> None:
        """Samples of zeros, which settle what is pending; with `recall` all concepts are recalled after it."""
        zeros = np.zeros((UPDATE_DELAY, self.model.config.sizes[0]), dtype=np.int64)
        if self.model.config.task == "autoencoder":
            recall = False
        self.samples(zeros, None, False, recall & (np.arange(UPDATE_DELAY) == UPDATE_DELAY - 1), True)

    def finish(self) -> None:
        """Writes the register of that name."""
        self.model.finish()
        self._add("finish")

    def memories(self, finish: bool = False) -> None:
        """Settles, and compares every memory. finish: settles by the register of that name, else by blank samples."""
        if finish:
            self.finish()
        else:
            self.blank()
        self._add("memories", **self.model.state())

    def resume(self) -> None:
        """Settles, reads every memory, resets the chip, and goes on with what was read."""
        self.blank()
        self._add("resume", settings=settings_of(self.model.config, self.model.decay), **self.model.state())

    def stall(self, inputs: float, outputs: float, seed: int = 1) -> None:
        """From now on, the part of the clocks in which the bench holds valid or ready low."""
        self._add("stall", values=[inputs, outputs, seed])

    def reset(self, after: int, x: np.ndarray, y: np.ndarray, learn: Any = True) -> None:
        """Feeds samples of which the first 16 are waited for, resets `after` clocks later, and takes the model again.

        Args:
            x, y: (B, n0), (B,): more than 16 samples, 32 at most. Golden forgets them.
        """
        if not 16 < len(x) <= 32:
            raise ValueError(f"reset: found {len(x)} samples; allowed are 17 to 32")
        kept = copy.deepcopy(self.model)
        self._add("reset", after=after, **self._learned(x, y, learn, False, False))
        self.take(kept)

    def save(self, path: Path) -> Path:
        """Writes all steps into one file."""
        steps = np.array(json.dumps(self.steps))
        save_arrays(path, {"steps": steps, **self.arrays})
        return path

    def _add(self, kind: str, **values: Any) -> None:
        number = len(self.steps)
        arrays = {name: np.array(value) for name, value in values.items() if isinstance(value, np.ndarray)}
        plain = {name: value for name, value in values.items() if name not in arrays}
        self.steps.append({"kind": kind, **plain})
        self.arrays |= {f"{number}.{name}": value for name, value in arrays.items()}


def read_scenario(path: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, np.ndarray]]]:
    """The steps of a file: kind, plain values, arrays by name."""
    arrays = load_arrays(path)
    own: dict[str, dict[str, np.ndarray]] = {}
    for key, value in arrays.items():
        number, _, name = key.partition(".")
        own.setdefault(number, {})[name] = value
    for number, step in enumerate(json.loads(str(arrays["steps"]))):
        yield step.pop("kind"), step, own.get(str(number), {})


def expected_records(arrays: dict[str, np.ndarray]) -> Records | Recalled:
    """Golden's records of a "samples" step."""
    kind = Recalled if "recalled" in arrays else Records
    return kind(**{name: arrays[name] for name in kind.names() if name in arrays})
