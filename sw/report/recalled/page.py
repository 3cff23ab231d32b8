"""report.html of an auto-encoder: one self-contained page, pictures embedded."""

import html
from pathlib import Path

from golden.config import Config
from sw.report.page import ACTIVE, document, figure, first_lines, golden_caption, mismatch, tiles
from sw.report.recalled.summary import PLACES, error, errors, last_line, title

PICTURES = {
    "recalled.png": "Test samples that it has not learned, and below each what the backward network recalls of it from the "
    "spikes of its code alone.",
    "error.png": "The mean squared error of what is recalled of the test samples, after each epoch. <b>PCA</b> is the best "
    "linear code of as many numbers, in floating point.",
    "agreement.png": "How far the two networks agree, layer by layer: the cosine of the spike counts that a test sample "
    "evokes on the way up and on the way down (1 is the same direction). Neither network sees the other's weights.",
}


def page(folder: Path, config: Config, values: dict) -> str:
    """The report of a run as HTML. Reads the pictures in `folder`."""
    body = f"""{_figures(folder, values, tuple(PICTURES))}
<section><h2>Passes, a training sample</h2>{_passes(config, values)}</section>"""
    lead = first_lines(title(config), config, values, last_line(values))
    return document(_heading(values), lead, body, config)


def part(folder: Path, config: Config, values: dict) -> str:
    """What the report of another run, in the folder above, shows of this one."""
    lead = first_lines(title(config), config, values, last_line(values))
    own = f'<a href="{html.escape(folder.name)}/report.html">a report of its own</a>'
    taught = f"The same two networks, taught by each sample's own code in place of its class: {own}."
    return f"""<h2 class="part">{_heading(values)}</h2>
<p class="lead">{html.escape(lead)} {taught}</p>
{_figures(folder, values, ("recalled.png", "error.png"))}
"""


def _heading(values: dict) -> str:
    return f"BiSpike recalls {html.escape(values['data'])}"


def _figures(folder: Path, values: dict, names: tuple[str, ...]) -> str:
    """A mismatch, where there is one, the figures, and the pictures of these names."""
    captions = dict(PICTURES)
    captions["error.png"] += golden_caption(values)
    if values["backprop_error"] is not None:
        captions["error.png"] += (
            " <b>Backprop</b> is an auto-encoder of the same sizes and as many epochs in floating point, with rectified "
            "linear neurons, biases and Adam."
        )
    results = [(error(values[key]), f"error, {name}") for key, name in errors(values)]
    results += [(f"{cosine:.3f}", f"agreement, layer {i}") for i, cosine in enumerate(values["agreement"] or [])]
    pictures = "".join(figure(folder / name, captions[name]) for name in names)
    return f"{mismatch(values)}{tiles(values, results)}\n{pictures}"


def _passes(config: Config, values: dict) -> str:
    """A row for each memory of weights and pass over it."""
    counts, rows = values["counters_per_sample"], []
    names = ["pass", "weights", "active rows", "neurons with an error", "spikes"]
    rows.append("<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>")
    for way in ("up", "down", "again"):
        for i in range(config.layers):
            sizes = (config.sizes[i], config.sizes[i + 1]) if way != "down" else (config.sizes[i + 1], config.sizes[i])
            memory = f"{'Theta' if way == 'down' else 'W'}[{i + (way != 'down')}], {sizes[0]} x {sizes[1]}"
            found = [
                counts[name][i] if (name := f"{way}_{kind}") in PLACES else None for kind in ("rows", "errors", "spikes")
            ]
            cells = [way, memory, *("" if count is None else f"{count:,.1f}" for count in found)]
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>{ACTIVE}"
