"""Random samples for proofs and measurements of speed, where what is learned does not matter."""

import numpy as np

from golden.config import Config
from sw.data.course import Course
from sw.data.dataset import Dataset

LENGTH = 5
"""Of a random sequence, in the mean."""


def random_pixels(random: np.random.Generator, shape: tuple[int, ...], density: float | np.ndarray) -> np.ndarray:
    """uint8 of a shape: a part `density` (or of parts that broadcast) is 1..15, evenly, the others are 0."""
    return (random.integers(1, 16, shape) * (random.random(shape) < density)).astype(np.uint8)


def random_dataset(
    name: str, sizes: tuple[int, ...], learned: int, tested: int, density: float, seed: int, recurrent: bool = False
) -> Dataset:
    """Samples for a network of `sizes`, with labels of all its classes, drawn from numpy's `default_rng(seed)`; for a
    recurrent one in sequences of some elements each."""
    random, count = np.random.default_rng(seed), learned + tested
    x = random_pixels(random, (count, sizes[0]), density)
    y = random.integers(0, sizes[-1], count)
    last = random.random(count) < 1 / LENGTH
    course = Course(last[:learned], last[learned:]) if recurrent else None
    return Dataset(name, x[:learned], y[:learned], x[learned:], y[learned:], course=course)


def random_codes(config: Config, count: int) -> np.ndarray:
    """uint8 (count, n_L): counts 0..T of codes that an auto-encoder may draw."""
    return np.random.default_rng(config.seed).integers(0, config.steps + 1, (count, config.sizes[-1]), np.uint8)
