"""Commands that ask a trained network, and that look at data: predict, recall, generate, forecast, data."""

from sw.commands import options
from sw.common.errors import UserError
from sw.common.terminal import Console


def predict(
    source: options.Trained,
    data: options.Named = None,
    label: options.Label = None,
    size: options.Size = None,
    split: options.Split = None,
    part: options.PartChoice = None,
    output: options.CsvFile = None,
    backend: options.AskBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = None,
) -> None:
    """Let a trained network name samples, and count how many it gets right.

    With --backend sim or serial a chip answers, too, and every value it gives is compared with golden's.
    """
    from sw.training.place import Place

    where = Place.chosen(backend, port, baud, simulator)
    from sw.data.encoding import parse_size
    from sw.training.predict import predict as name_samples

    name_samples(source, data, split, part and part.value, output, Console(), where, label, parse_size(size))


def recall(
    source: options.Trained,
    data: options.LearnedData = None,
    output: options.PngFile = None,
    backend: options.AskBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = None,
) -> None:
    """Show what the backward network remembers of each class: pictures from a concept alone."""
    from sw.training.place import Place

    where = Place.chosen(backend, port, baud, simulator)
    from sw.training.recall import recall as show_concepts

    show_concepts(source, data, output, Console(), where)


def generate(
    source: options.Trained,
    label: options.DrawnClass = None,
    count: options.DrawnCount = None,
    seed: options.DrawnSeed = None,
    between: options.Between = None,
    data: options.LearnedData = None,
    output: options.SheetPng = None,
    backend: options.DrawBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = None,
) -> None:
    """Let a trained auto-encoder draw new images of a class: its backward network, from codes mixed of two samples'.

    A code takes every neuron's count from one of two codes of the class's training samples. Writes a sheet and, beside it,
    all images as FILE.npz; says how many a classifier of real samples takes for their class, and how near they are to
    training images. With --backend sim or serial a chip draws them, and every value it gives is compared with golden's.
    """
    from sw.training.place import Place

    where = Place.chosen(backend, port, baud, simulator)
    from sw.generation.generate import generate as draw_images

    draw_images(source, data, label, count, seed, between, output, Console(), where)


def forecast(
    source: options.Trained,
    data: options.SeriesData = None,
    column: options.SeriesColumn = None,
    output: options.ForecastCsv = None,
    backend: options.AskBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = None,
) -> None:
    """Let a trained network foretell a series or a text, each moment from those before it.

    Writes FILE.csv with columns moment, came and foretold, and of values a picture beside it, FILE.png. Moments are the
    lines of data, counted from 0; the value behind the last one is foretold, too.
    With --backend sim or serial a chip answers, too, and every value it gives is compared with golden's.
    """
    from sw.training.place import Place

    where = Place.chosen(backend, port, baud, simulator)
    from sw.training.forecast import forecast as foretell

    foretell(source, data, column, output, Console(), where)


def data(
    source: options.DataSource,
    label: options.Label = None,
    size: options.Size = None,
    column: options.Column = None,
    day: options.Day = None,
    lags: options.LagCount = None,
    daily: options.Daily = None,
    weekly: options.Weekly = None,
    split: options.Split = None,
    output: options.SheetFile = None,
) -> None:
    """Tell what data holds: samples, classes and how many of each, scale, split; and show a sample of each class.

    Of a series or a text: its values or characters, and what an element of it shows to a network.
    """
    from sw.data.dataset import check_split
    from sw.data.encoding import Encoding, parse_size
    from sw.data.foretold import Reading
    from sw.design.choose import config_for
    from sw.report import elements, samples
    from sw.training.start import load

    reading = Reading(column, day, lags, daily, weekly)
    dataset = load(source, split or 0, None, Encoding(label=label, size=parse_size(size)), reading)
    config = config_for(dataset, source)
    check_split(split, dataset, source)
    if dataset.course is None:
        samples.describe(Console(), dataset, split or 0, config, output)
        return
    if output is not None:
        raise UserError(f"--output: found with {source}; allowed with samples that have no order")
    elements.describe(Console(), dataset, config)
