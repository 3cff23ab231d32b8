"""What a model refuses: states and samples that are not of its network."""

from collections.abc import Mapping

import numpy as np

from golden.errors import SampleError, StateError


def array_of(name: str, values, error: type[ValueError], allowed: str) -> np.ndarray:
    """An array of values that may be nested lists. Raises `error` where lists side by side have different lengths."""
    try:
        return np.asarray(values)
    except ValueError:
        raise error(f"{name}: found lists of different lengths; allowed is {allowed}") from None


def checked_mapping(state) -> Mapping:
    """A state, whatever it holds. Raises StateError."""
    if not isinstance(state, Mapping):
        raise StateError(f"state: found {type(state).__name__}; allowed is a dictionary of arrays by name")
    return state


def checked_state(state: Mapping, expected: dict[str, tuple[tuple[int, ...], int, int]]) -> dict[str, np.ndarray]:
    """The arrays of a state, which may be nested lists.

    Args:
        expected: shape, least and largest value by name.

    Raises:
        StateError: a missing or unknown key, a wrong shape or type, a value out of range.
    """
    for key in checked_mapping(state):
        if key not in expected:
            raise StateError(f"state: found unknown key {key!r}; allowed is {', '.join(expected)}")
    arrays = {}
    for key, (shape, low, high) in expected.items():
        if key not in state:
            raise StateError(f"{key}: not found in the state; allowed is an array of shape {shape}")
        array = array_of(key, state[key], StateError, f"an array of shape {shape}")
        if array.shape != shape:
            raise StateError(f"{key}: found shape {array.shape}; allowed is {shape}")
        if array.dtype.kind not in "iu":
            raise StateError(f"{key}: found values of type {array.dtype}; allowed are whole numbers")
        if array.min() < low or array.max() > high:
            raise StateError(f"{key}: found values from {array.min()} to {array.max()}; allowed is {low} to {high}")
        arrays[key] = array
    return arrays


def checked_rows(name: str, rows, width: int, high: int) -> np.ndarray:
    """Samples (B, width) of whole numbers 0..high. Raises SampleError."""
    rows = array_of(name, rows, SampleError, f"(samples, {width})")
    if rows.ndim != 2 or rows.shape[1] != width:
        raise SampleError(f"{name}: found shape {rows.shape}; allowed is (samples, {width})")
    return checked_range(name, rows, high)


def one_label_a_sample(labels, rows: np.ndarray) -> np.ndarray:
    """Labels, as many as there are samples (B, width). Raises SampleError."""
    labels = array_of("y", labels, SampleError, f"{rows.shape[:1]}, one label a sample")
    if labels.shape != rows.shape[:1]:
        raise SampleError(f"y: found shape {labels.shape}; allowed is {rows.shape[:1]}, one label a sample")
    return labels


def checked_range(name: str, array: np.ndarray, high: int) -> np.ndarray:
    """An array of whole numbers 0..high. Raises SampleError."""
    if array.size and array.dtype.kind not in "iu":
        raise SampleError(f"{name}: found values of type {array.dtype}; allowed are whole numbers 0 to {high}")
    if array.size and (array.min() < 0 or array.max() > high):
        raise SampleError(f"{name}: found values from {array.min()} to {array.max()}; allowed is 0 to {high}")
    return array
