"""`--log`: a line of JSON for each epoch, for whatever draws or watches it (jq, pandas.read_json(lines=True), tail -f)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cosim import account
from cosim.checkpoint import FILE, Checkpoint
from golden.config import Config
from sw.common.errors import UserError
from sw.common.files import RunFolder, make_place, unwritable
from sw.common.own import Kind, check_own

FIRST = '{"epoch": 1,'
"""How what is written begins."""
SUFFIX = ".jsonl"
"""Of a log in the run's own folder: no other file there has it."""


@dataclass
class Logged(Checkpoint):
    """A checkpoint that adds a line to a file for every epoch, when it is saved.

    An earlier file is begun anew, with the epochs of a run that goes on; but not where it lies in another run's folder.

    Raises:
        UserError: where the file cannot be written.
    """

    log: Path = field(kw_only=True)

    def __post_init__(self) -> None:
        make_place(self.log)
        self._logged = 0
        self._add("w")

    @classmethod
    def of(cls, kept: Checkpoint, log: Path, folder: RunFolder) -> "Logged":
        """The same checkpoint with a log. `folder`: the run's, held for this process alone.

        Raises:
            UserError: a log in another run's folder, or in this one's under a name that may be one of the run's own files.
        """
        if folder.path.resolve() in log.resolve().parents and log.suffix != SUFFIX:
            raise UserError(f"--log: found {log}, in the run's own folder; allowed there is a name that ends in {SUFFIX}")
        if (log.parent / FILE).exists() and log.parent.resolve() != folder.path.resolve():
            raise UserError(f"--log: found {log}, in the folder of another run; allowed is any other place")
        return cls(kept.config, kept.state, kept.about, kept.epochs, log=log)

    def save(self, path: Path) -> None:
        super().save(path)
        self._add("a")

    @property
    def _valued(self) -> bool:
        """Whether it is values that are foretold."""
        return bool(self.about.get("coding"))

    def add_broken(self, epoch: dict) -> None:
        """The line of the epoch that a mismatch ended, of this account; the checkpoint does not keep it."""
        self._write([line(self.config, len(self.epochs), epoch, self._valued)], "a")

    def _add(self, mode: str) -> None:
        self._write(
            [line(self.config, i, self.epochs[i], self._valued) for i in range(self._logged, len(self.epochs))], mode
        )
        self._logged = len(self.epochs)

    def _write(self, lines: list[dict], mode: str) -> None:
        try:
            with open(self.log, mode, encoding="utf-8") as file:
                file.writelines(json.dumps(one) + "\n" for one in lines)
        except OSError as error:
            raise unwritable(self.log, error) from None


def check_log(log: Path | None) -> None:
    """Raises UserError where there is a file that is no earlier log."""
    check_own("--log", log, Kind.text("log", FIRST))


def line(config: Config, number: int, epoch: dict, valued: bool = False) -> dict:
    """What is said of an epoch, `number` from 0, of this account. valued: of values that are foretold.

    Members:
        epoch: from 1.  *_accuracy: 0..1, training as it learned, golden the model's on the test.
        *_error: mean squared, in place of these: of an auto-encoder, or of values foretold.
        agreement: of an auto-encoder, of layers 0..L-1 the cosine of their counts on the way up and on the way down, over
            the test samples.
        clocks_per_sample: null where there was no clock.  values_compared: in this epoch.  mismatches: of these; above 0 in
            the last line alone, whose epoch ended the training and is not kept.  Null: not known, as a chip that differs
            may not come to the epoch's end.
    """
    training, test = epoch["training"], epoch["test"]

    def first(found: list) -> object:
        return found[0] if found else None

    if config.task == "autoencoder":
        found = {
            "training_error": first(account.errors([training])),
            "test_error": first(account.errors([test])),
            "golden_error": first(account.errors([test], "golden_squared_error")),
            "agreement": first(account.agreements([test])),
        }
    elif valued:
        found = {
            "training_error": first(account.deviations([training])),
            "test_error": first(account.deviations([test])),
            "golden_error": first(account.deviations([test], "golden_squares")),
        }
    else:
        found = {
            "training_accuracy": first(account.accuracies([training])),
            "test_accuracy": first(account.accuracies([test])),
            "golden_accuracy": first(account.accuracies([test], "golden_correct")),
        }
    return {
        "epoch": number + 1,
        "epochs": config.epochs,
        "samples": training["samples"],
        **found,
        "samples_per_second": round(training["samples"] / max(1e-6, training["seconds"]), 1),
        "clocks_per_sample": account.clocks_a_sample([training]),
        "values_compared": epoch["values"],
        "mismatches": epoch["differ"],
        "seconds": round(training["seconds"] + test["seconds"], 3),
    }
