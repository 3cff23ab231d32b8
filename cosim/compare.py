"""Exact comparison of the chip with golden. The first mismatch stops: earliest sample, lowest layer, first place."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cosim.job import take
from golden.records import RECALLED_COUNTERS, Recalled, Records
from golden.samples import Samples
from rtl.formats import COUNTERS

_PARTS = {
    Records: ("counters", "voltages", "prediction"),
    Recalled: ("counters", "squared_error", "recalled", "code"),
}
_AXES = {"W": ("pre", "post"), "Theta": ("pre", "post"), "S": ("concept",), "N": ("concept",)}
_AXES |= dict.fromkeys(("samples", "samplesW", "samplesTheta"), ())
_ORDER = ("W", "Theta", "h", "m", "N", "E", "S", "samples", "samplesW", "samplesTheta", "position")


@dataclass
class Mismatch(AssertionError):
    """The chip and golden disagree.

    Members:
        quantity: what differs: "voltages", "W2", ...  place: its index by axis name, as in {"pre": 3, "post": 17}.
        layer: None where it belongs to no layer.  sample: of the stream, None for a memory.
        differ, values: how many of how many values differ in what was compared at once, this one the first of them.
    """

    quantity: str
    expected: int
    got: int
    layer: int | None = None
    sample: int | None = None
    place: dict[str, int] | None = None
    note: str = ""
    differ: int = 1
    values: int = 1

    def __str__(self) -> str:
        parts = [("sample", self.sample), ("layer", self.layer), *(self.place or {}).items()]
        where = ", ".join(f"{name} {value}" for name, value in parts if value is not None)
        text = f"mismatch{f' at {where}' if where else ''}: {self.quantity} expected {self.expected}, got {self.got}"
        return f"{text} ({self.note})" if self.note else text

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON takes them; `Mismatch(**values)` is the way back."""
        return asdict(self)


def compare_arrays(quantity: str, expected: Any, got: Any, axes: tuple[str, ...], **where: Any) -> int:
    """Compares two arrays of one shape, whose axes have the names given ("sample", "concept", "neuron", ...).

    Args:
        where: further members of Mismatch (layer, sample); a "sample" axis counts on from `sample`.

    Returns:
        The number of values compared.

    Raises:
        Mismatch: at the first place, in the order of the axes, where the two differ.
        ValueError: the shapes differ, or an array is not one of whole numbers.
    """
    expected, got = np.asarray(expected), np.asarray(got)
    if expected.shape != got.shape or expected.ndim != len(axes):
        raise ValueError(
            f"{quantity}: found shape {got.shape}; allowed is {expected.shape} with axes {', '.join(axes) or 'none'}"
        )
    for array in (expected, got):
        if array.dtype.kind not in "iub":
            raise ValueError(f"{quantity}: found values of type {array.dtype}; allowed are whole numbers")
    # Both are made signed 64 bits first: a comparison across kinds may go through floats.
    expected, got = expected.astype(np.int64), got.astype(np.int64)
    different = expected != got
    if different.any():
        index = tuple(int(i) for i in np.argwhere(different)[0])
        place = dict(zip(axes, index, strict=True))
        if "sample" in place:
            where["sample"] = place.pop("sample") + (where.get("sample") or 0)
        differ, values = int(different.sum()), different.size
        note = f"{differ} of {values} differ" if values > 1 else ""
        first = int(expected[index]), int(got[index])
        raise Mismatch(quantity, *first, place=place or None, note=note, differ=differ, values=values, **where)
    return expected.size


def compare_records(expected: Any, got: Any, first_sample: int = 0) -> int:
    """Compares what is said of B samples, all but the clocks; returns the number of values compared.

    Args:
        expected, got: two `Records`, or two `Recalled`.
        first_sample: the number of the first of them in the whole stream.

    Raises:
        Mismatch: earliest sample, in it the lowest layer's counters first, then the order of `_PARTS`.
    """
    names = _PARTS[type(got)]
    pairs = {n: (np.asarray(getattr(expected, n)), np.asarray(getattr(got, n))) for n in names}
    for name, (e, g) in pairs.items():
        if e.shape != g.shape:
            raise ValueError(f"{name}: found shape {g.shape}; allowed is {e.shape}")
    wrong = np.concatenate([(e != g).reshape(len(e), -1) for e, g in pairs.values()], axis=1)
    if wrong.any():
        try:
            _compare_record(pairs, int(np.flatnonzero(wrong.any(1))[0]), first_sample)
        except Mismatch as mismatch:
            mismatch.differ, mismatch.values = int(wrong.sum()), wrong.size
            raise
    return wrong.size


def _compare_record(pairs: dict[str, tuple[np.ndarray, np.ndarray]], b: int, first_sample: int) -> None:
    """Compares the b-th record, expected and got by name."""
    at, (e, g) = {"sample": first_sample + b}, pairs["counters"]
    recognition = "prediction" in pairs
    top = e.shape[1]
    for place in range(top):
        for c, name in enumerate(COUNTERS if recognition else RECALLED_COUNTERS):
            compare_arrays(name, e[b, place, c], g[b, place, c], (), layer=place + recognition, **at)
    for name, (e, g) in pairs.items():
        layer = 0 if name in ("recalled", "squared_error") else top
        if name != "counters":
            compare_arrays(name, e[b], g[b], ("neuron",) * (e.ndim - 1), layer=layer, **at)


def compare_state(expected: dict[str, Any], got: dict[str, Any], sample: int | None = None) -> int:
    """Compares every memory; returns the number of values compared.

    Args:
        expected: every name in it must be in `got`, and the other way round.
        sample: samples of the stream seen, for the message.

    Raises:
        Mismatch: the lowest layer first, in it in the order W, Theta, h, m, N, E, S.
        ValueError: a name that only one of the two has, or another shape.
    """
    odd = sorted(expected.keys() ^ got.keys())
    if odd:
        sides = ", ".join(f"{n} only {'expected' if n in expected else 'got'}" for n in odd)
        raise ValueError(f"state: found {sides}; allowed is the same names on both sides")
    values, differ, first = 0, 0, None
    for layer, _, name in sorted((*_rank(name), name) for name in expected):
        axes = _AXES.get(name.rstrip("0123456789"), ("concept", "neuron")) if name[-1].isdigit() else ()
        where = {"layer": layer if layer < 99 else None, "sample": sample}
        try:
            values += compare_arrays(name, expected[name], got[name], axes, **where)
        except Mismatch as mismatch:
            values, differ, first = values + mismatch.values, differ + mismatch.differ, first or mismatch
    if first:
        first.differ, first.values = differ, values
        raise first
    return values


def _rank(name: str) -> tuple[int, int]:
    kind, number = re.fullmatch(r"([A-Za-z]+)(\d*)", name).groups()
    return int(number) if number else 99, _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def write_trace(path: Path, mismatch: Mismatch, traces: dict[int, dict[str, Any]]) -> Path:
    """Writes the mismatch and golden's named intermediates of the samples around it, as JSON. `traces`: by sample number."""
    plain = {str(n): {k: np.asarray(v).tolist() for k, v in trace.items()} for n, trace in traces.items()}
    text = json.dumps({"mismatch": mismatch.to_dict(), "message": str(mismatch), "golden": plain})
    Path(path).write_text(text, encoding="utf-8")
    return Path(path)


def traces_around(model: Any, samples: Samples, learn: np.ndarray, at: int, around: int = 1) -> dict[int, dict]:
    """Golden's traces of samples at - around .. at + around of a stream.

    Args:
        model: golden in its state before the first sample; it is trained up to there.
        samples, learn (B,): the stream.
    """
    traces = {}
    for n in range(min(len(samples), at + around + 1)):
        if n >= at - around:
            label = int(samples.y[n]) if learn[n] else None
            x, draws = samples.x[n], model.config.task == "autoencoder"
            traces[n] = model.trace(x, bool(learn[n]) if draws else label)
        take(model, samples[n : n + 1], bool(learn[n]))
    return traces
