"""What the samples of a sequence have beside pixels and labels, and in which order samples are learned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from golden.config import Config
from golden.order import order
from golden.population import Population
from sw.data.elements import Coding, Part

if TYPE_CHECKING:
    from sw.data.dataset import Dataset


@dataclass(frozen=True)
class Course:
    """Of the elements of a series or a text.

    Members:
        last_train, last_test: (N,) bool, where sequences end.
        coding, train, test: of a series, how it became elements, and these; None of a text.
        portion: elements that an epoch takes, each those behind the last one's; None: all.
    """

    last_train: np.ndarray
    last_test: np.ndarray
    coding: Coding | None = None
    train: Part | None = None
    test: Part | None = None
    portion: int | None = None

    @property
    def concepts(self) -> Population | None:
        """What labels stand for, where they stand for values."""
        return self.coding and self.coding.changes


def epoch_order(dataset: "Dataset", config: Config, epoch: int) -> np.ndarray:
    """(n,) places of the training samples, as an epoch takes them.

    Shuffled by `golden.order`: one by one, or where the network is recurrent, sequence by sequence.
    """
    count, first, course = len(dataset.x_train), 0, dataset.course
    if course and course.portion:
        count, first = course.portion, epoch * course.portion
    if not (course and config.recurrent):
        return first + order(count, config.seed, epoch)
    places = np.arange(first, first + count)
    sequences = np.split(places, np.flatnonzero(course.last_train[places[:-1]]) + 1)
    return np.concatenate([sequences[i] for i in order(len(sequences), config.seed, epoch)])
