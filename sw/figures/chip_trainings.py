"""Whole trainings of the simulated chip, kept as `bispike paper` keeps them: what Ctrl-C takes is the one under way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from golden.config import NAMED
from sw.common.errors import UserError
from sw.common.task import told
from sw.figures.chip_figures import whole_result
from sw.trials.kept import Kept
from sw.trials.trial import Trial

if TYPE_CHECKING:
    from cosim.watch import TrainingResult


def trial(name: str, **changes: Any) -> Trial:
    """A whole training of a named configuration with changes of `lanes` or `engines`, seed 0."""
    return Trial("paper.chip", "training", {"name": name, "epochs": NAMED[name].epochs} | changes)


class ChipTrainings:
    """Runs trainings that are not kept, one after another.

    Args:
        begin: called with what begins, in words. tell: with how far it is, some times a second.

    Members:
        unkept: what went wrong as results were written down, a line each; the results are right in any case.
    """

    def __init__(self, kept: Kept, begin: Callable[[str], None], tell: Callable[[str], None]):
        self.kept, self.unkept, self._begin, self._tell = kept, [], begin, tell

    def whole(self, words: str, trial: Trial, again: bool = False) -> "TrainingResult":
        """A training's result. again: measures what is kept once more, for its speed."""
        found = None if again else self.kept.find(trial)
        if found is None or "whole" not in found:  # which results of before `bispike bench` kept them do not have
            self._begin(words)
            with told(self._tell):
                found = trial.run()
            try:
                self.kept.keep(trial, found)
            except UserError as error:
                self.unkept.append(str(error))
        return whole_result(found)
