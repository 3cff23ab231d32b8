"""`bispike recall`: what the backward network remembers of each class; golden answers, or a chip compared with it."""

from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from sw import data
from sw.common.blocks import show_pictures
from sw.common.errors import UserError
from sw.common.own import check_png
from sw.common.tasks import for_recognition
from sw.common.terminal import say
from sw.report import report
from sw.training import history
from sw.training.asked import asked
from sw.training.place import Place


def recall(
    source: Path,
    given_data: str | None,
    output: Path | None,
    console: Console,
    where: Place = Place(),  # noqa: B008
) -> np.ndarray:
    """Counts (K, n_0), 0..T, that every concept recalls; shows them as text, and draws them where `output` is given.

    Raises:
        UserError, StateError: bad input. CheckError: the chip recalled something else than golden.
    """
    check_png(output)
    if given_data and not output:
        raise UserError(f"--data: found {given_data} without --output; allowed with a picture to draw, --output FILE.png")
    kept = Checkpoint.load(source)
    for_recognition(kept.config, source)
    history.check_trained(kept, source)
    if where.backend != "golden" and not kept.config.learn:
        raise UserError(f"{source}: found an inference-only core; allowed with --backend {where.backend} is one that learns")
    if not kept.config.stimulus_recall:
        raise UserError(f"{source}: found a network with stimulus_recall = false; allowed is one that recalls the stimulus")
    encoding, dataset = history.encoding(kept), None
    if output:
        dataset = data.load(given_data or history.own_data(kept, source), kept.about.get("split", 0), encoding)
        data.check(dataset, kept.config)
    with where.loading(console), asked(kept, where) as network:
        recalled = network.recall()
    shape = dataset.image_shape if dataset else history.image_shape(kept) or data.image_shape(recalled.shape)
    if dataset:
        means = report.class_means(dataset, kept.config.classes)
        report.draw_recall(output, recalled, means, kept.config.steps, shape)
    titles = [encoding.name(k) for k in range(len(recalled))]
    show_pictures(console, recalled, kept.config.steps, shape, titles)
    if network.chip:
        say(console, f"{network.compared:,} values compared, 0 mismatches")
    return recalled
