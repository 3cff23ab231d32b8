"""`--log`: a line of JSON for each epoch, for whatever draws or watches it (jq, pandas.read_json(lines=True), tail -f)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.common.files import make_folder, unwritable


@dataclass
class Logged(Checkpoint):
    """A checkpoint that adds a line to a file for every epoch, when it is saved; an earlier file is begun anew.

    Raises:
        UserError: where the file cannot be written.
    """

    log: Path = field(kw_only=True)

    def __post_init__(self) -> None:
        make_folder(self.log.parent)
        self._logged = 0
        self._add("w")  # a run that goes on: its earlier epochs first

    @classmethod
    def of(cls, kept: Checkpoint, log: Path) -> "Logged":
        """The same checkpoint with a log."""
        return cls(kept.config, kept.state, kept.about, kept.epochs, log=log)

    def save(self, path: Path) -> None:
        super().save(path)
        self._add("a")

    def _add(self, mode: str) -> None:
        lines = [json.dumps(line(self, number)) + "\n" for number in range(self._logged, len(self.epochs))]
        try:
            with open(self.log, mode, encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as error:
            raise unwritable(self.log, error) from None
        self._logged = len(self.epochs)


def line(kept: Checkpoint, number: int) -> dict:
    """What is said of an epoch, from 0.

    Members:
        epoch: from 1.  *_accuracy: 0..1, training as it learned, golden the model's on the test.
        clocks_per_sample: null where there was no clock.  values_compared, mismatches: in this epoch.
    """
    epoch = kept.epochs[number]
    training, test = epoch["training"], epoch["test"]
    none = [None]
    return {
        "epoch": number + 1,
        "epochs": kept.config.epochs,
        "samples": training["samples"],
        "training_accuracy": account.accuracies([training])[0],
        "test_accuracy": (account.accuracies([test]) or none)[0],
        "golden_accuracy": (account.accuracies([test], "golden_correct") or none)[0],
        "samples_per_second": round(training["samples"] / max(1e-6, training["seconds"]), 1),
        "clocks_per_sample": account.clocks_a_sample([training]),
        "values_compared": epoch["values"],
        "mismatches": epoch["differ"],
        "seconds": round(training["seconds"] + test["seconds"], 3),
    }
