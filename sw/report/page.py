"""report.html: one self-contained page, pictures embedded, no scripts, nothing fetched."""

import base64
import html
from pathlib import Path

from golden.config import Config
from sw.report.summary import judged, last_line, percent, shape_name

PICTURES = {
    "learning_curve.png": "Test accuracy after each epoch.",
    "recall.png": "What the backward network recalls when it is given a concept and nothing else, beside the mean training "
    "sample of that class.",
    "raster.png": "One test sample in both networks: the spikes it evokes on the way up, and those that its concept "
    "evokes on the way down. Learning makes the two spike counts of each layer agree (1.00 is the same direction).",
}
ACTIVE = (
    "<figcaption>An active row is an input of the layer, a pixel or a neuron, that is not 0 in a sample, with its "
    "weights: only these are read, a word of them a clock. Means over all training samples.</figcaption>"
)
"""What is said below a table of passes."""
STYLE = """
:root { --ink: #1d2733; --muted: #66727f; --line: #e3e8ec; --blue: #0b7285; --orange: #d9480f; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f6f8; color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; }
h2 { font-size: 17px; margin: 0 0 12px; }
h2.part { font-size: 24px; line-height: 1.2; margin: 46px 0 6px; }
.lead { color: var(--muted); margin: 0 0 26px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; margin-bottom: 22px; }
.tile, section { background: white; border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 16px 18px; border-top: 3px solid var(--blue); }
.tile.bad { border-top-color: var(--orange); }
section.bad { border-top: 3px solid var(--orange); }
section.bad p { margin: 0 0 8px; overflow-wrap: anywhere; }
.tile b { display: block; font-size: 25px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: 13px; }
section { padding: 22px 24px; margin-bottom: 22px; overflow-x: auto; }
figure { margin: 0; }
img { display: block; max-width: 100%; margin: 0 auto; }
#learning_curve img, #error img, #agreement img { max-width: 760px; }
figcaption { color: var(--muted); font-size: 13.5px; margin-top: 12px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
th:first-child, td:first-child { text-align: left; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 6px 22px; margin: 0; }
dl { font-size: 13.5px; }
dl div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px solid var(--line); padding: 3px 0; }
dt { color: var(--muted); } dd { margin: 0; text-align: right; }
.read { font: 15px/1.9 ui-monospace, "DejaVu Sans Mono", monospace; color: #8a95a1; margin: 0 0 12px; }
.read b { color: var(--blue); }
footer { color: var(--muted); font-size: 13px; }
"""


def page(folder: Path, config: Config, values: dict, more: str = "") -> str:
    """The report of a run as HTML. Reads the pictures in `folder`. `more`: of another run, HTML at the end."""
    captions = {name: caption for name, caption in PICTURES.items() if (folder / name).exists()}
    captions["learning_curve.png"] += golden_caption(values)
    if values["backprop_accuracy"] is not None:
        captions["learning_curve.png"] += (
            " <b>Backprop</b> is the same spiking network, trained with surrogate gradients in floating point."
        )
    pictures = "".join(figure(folder / name, caption) for name, caption in captions.items())
    results = [(percent(values[key]), f"test accuracy, {who}") for key, who in judged(values, "accuracy")]
    body = f"""{mismatch(values)}{tiles(values, results)}
{pictures}
<section><h2>Layers</h2>{layers(config, values)}</section>
<section><h2>Data</h2><dl>{_data(values)}</dl></section>"""
    lead = first_lines(shape_name(config), config, values, last_line(values))
    return document(f"BiSpike learns {html.escape(values['data'])}", lead, body, config, more)


def first_lines(title: str, config: Config, values: dict, last: str) -> str:
    """A report's first lines, plain text: the network (`title`), where it learned, and the `last` line of the run."""
    who = {"golden": "in the golden model", "serial": "on the chip of a board"}.get(values["backend"])
    who = who or f"on the chip, simulated by {values['simulator']}"
    passes = "1 pass" if config.epochs == 1 else f"{config.epochs} passes"
    samples = f"{values['training_samples']:,} samples a pass, {passes}"
    return f"{title}, T = {config.steps}, {samples}, {who}. {last[0].upper()}{last[1:]}."


def golden_caption(values: dict) -> str:
    """Who golden is, in the caption of a curve that has the chip's, too; else nothing."""
    chip = values["backend"] != "golden"
    return " <b>Golden</b> is the chip's rule in PyTorch, compared with it value by value." if chip else ""


def document(heading: str, lead: str, body: str, config: Config, more: str = "") -> str:
    """A whole page: its heading and body are HTML, its first lines, `lead`, plain text; then a run's configuration, and
    `more`, HTML, behind all that."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title><style>{STYLE}</style></head><body><main>
<h1>{heading}</h1>
<p class="lead">{html.escape(lead)}</p>
{body}
<section><h2>Configuration</h2><dl>{settings_list(config.to_dict())}</dl></section>
{more}<footer>The algorithm is Bidirectional Spike-based Distillation (arXiv 2509.20284), as a streaming integer rule.
The figures of this page are in summary.json; weights.npz holds the network.</footer>
</main></body></html>
"""


def _data(values: dict) -> str:
    """What the network's pixels and labels mean."""
    return settings_list({"data": values["data"], "pixels": values["pixels"], "classes": values["classes"]})


def settings_list(facts: dict) -> str:
    """Names and values, for a <dl>."""
    return "".join(f"<div><dt>{key}</dt><dd>{_text(value)}</dd></div>" for key, value in facts.items())


def mismatch(values: dict) -> str:
    """Where chip and golden first differed, if they did."""
    if not values["first_mismatch"]:
        return ""
    return (
        f'<section class="bad"><h2>The chip and the golden model differ</h2><p>{html.escape(values["first_mismatch"])}</p>'
        "<p>The run ended with this epoch, the last of the curves and counted in all figures. The network of the pictures "
        "and of weights.npz is the one before it.</p></section>\n"
    )


def tiles(values: dict, results: list[tuple[str, str]]) -> str:
    """A run's figures, large: its own `results`, each with its label, then what is said of every run."""
    found = [(value, label, False) for value, label in results]
    if values["backend"] != "golden":
        found.append((f"{values['values_compared']:,}", "values compared with golden", False))
        found.append((f"{values['mismatches']:,}", "mismatches", values["mismatches"] > 0))
    means = {
        "clocks_per_sample_training": "clocks a sample, learning",
        "clocks_per_sample_inference": "clocks a sample, inference",
        "samples_per_second": "training samples a second",
    }
    found += [(f"{values[key]:,.0f}", label, False) for key, label in means.items() if values[key] is not None]
    shown = (f'<div class="tile{" bad" * bad}"><b>{value}</b><span>{label}</span></div>' for value, label, bad in found)
    return f'<div class="tiles">{"".join(shown)}</div>'


def figure(path: Path, caption: str) -> str:
    """A section with a picture, embedded, and what is said of it."""
    data = base64.b64encode(path.read_bytes()).decode()
    image = f'<img src="data:image/png;base64,{data}" alt="{path.stem.replace("_", " ")}">'
    return f'<section id="{path.stem}"><figure>{image}<figcaption>{caption}</figcaption></figure></section>'


def layers(config: Config, values: dict) -> str:
    """A row for each layer of a network that names or foretells."""
    names = ["layer", "neurons", "active rows a sample", "neurons with an error a sample", "spikes a sample"]
    rows = ["<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"]
    for i in range(1, config.layers + 1):
        counts = [values[key][i - 1] for key in ("rows_per_sample", "errors_per_sample", "spikes_per_sample")]
        shown = ("-" if count is None else f"{count:,.1f}" for count in counts)
        cells = [i, config.sizes[i], *shown]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>{ACTIVE}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return html.escape((", ".join(map(str, value)) or "-") if isinstance(value, list) else str(value))
