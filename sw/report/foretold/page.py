"""report.html of a network that foretells: one self-contained page, pictures embedded."""

import html
from pathlib import Path

from golden.config import Config
from sw.report.foretold.summary import last_line, results, title
from sw.report.page import document, figure, first_lines, golden_caption, layers, mismatch, settings_list, tiles

PICTURES = {
    "foretold.png": "The beginning of the test part, which the network has not learned: what came, and what it foretold a "
    "moment before, of what had come by then.",
    "error.png": "The mean squared error of the next value on the test part after each epoch, of a series scaled to "
    "variance 1. <b>No change</b> foretells the value that is there.",
    "learning_curve.png": "How many of the test's characters are foretold after each epoch.",
    "recall.png": "What the backward network recalls when it is given a concept and nothing else: the elements behind which "
    "that change, or character, comes. Beside it the mean of those that were learned.",
    "raster.png": "One test element in both networks: the spikes it evokes on the way up, and those that its concept "
    "evokes on the way down.",
}


def page(folder: Path, config: Config, values: dict, text: str) -> str:
    """The report of a run as HTML. Reads the pictures in `folder`. text: HTML of a text that was foretold."""
    found = {name: caption for name, caption in PICTURES.items() if (folder / name).exists()}
    for name in ("error.png", "learning_curve.png"):
        if name in found:
            found[name] += golden_caption(values)
    pictures = "".join(figure(folder / name, caption) for name, caption in found.items())
    shown = [(value, name) for name, value in results(values)]
    facts = {"data": values["data"]} | ({"deviation": f"{values['deviation']:.6g}"} if values["deviation"] else {})
    body = f"""{mismatch(values)}{tiles(values, shown)}
{text}{pictures}
<section><h2>Layers</h2>{layers(config, values)}</section>
<section><h2>Data</h2><dl>{settings_list(facts)}</dl></section>"""
    lead = first_lines(title(config), config, values, last_line(values))
    return document(f"BiSpike foretells {html.escape(values['data'])}", lead, body, config)


def read_text(symbols: str, right: list[bool]) -> str:
    """A section with a text: the characters that were foretold are bold."""
    marked = "".join(
        f"<b>{html.escape(symbol)}</b>" if good else html.escape(symbol) for symbol, good in zip(symbols, right, strict=True)
    )
    caption = "The beginning of the test part. <b>Bold</b>: characters that were foretold of those before them."
    return f'<section id="text"><p class="read">{marked}</p><figcaption>{caption}</figcaption></section>\n'
