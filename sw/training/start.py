"""What is to be trained: a training that has not begun, or the one that a run folder keeps."""

from pathlib import Path

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import data
from sw.common.errors import UserError
from sw.common.tasks import for_learning
from sw.data import foretold
from sw.data.source import ending_of
from sw.design.choose import config_for
from sw.training import history

SETTINGS = "config.toml"
"""A copy of the configuration, to read; what holds is the checkpoint's own."""


def begin(
    given: dict,
    baseline: bool,
    encoding: data.Encoding = data.Encoding(),  # noqa: B008
    reading: foretold.Reading = foretold.Reading(),  # noqa: B008
) -> tuple[Checkpoint, data.Dataset]:
    """A training that has not begun, and its samples.

    Args:
        given: what the user said of it (config, data, split, backend, epochs, seed), None where nothing. Without a config
            it is chosen from the data.
        encoding: what the user says of the data's pixels and labels. reading: of a series.
    """
    config = given["config"]
    config = Config.load(config) if isinstance(config, (str, Path)) else config
    changes = {key: given[key] for key in ("epochs", "seed") if given[key] is not None}
    config = config and for_learning(config.replace(**changes), "--config")
    source, split = given["data"] or _usual(config), given["split"] or 0
    dataset = load(source, split, config, encoding, reading)
    data.check_split(given["split"], dataset, source)
    check_baseline(source, dataset, baseline)
    chosen = config or config_for(dataset, source).replace(**changes)
    if dataset.course and config is None:  # an epoch of a text takes what the number of epochs leaves it
        dataset = load(source, split, chosen, encoding, reading)
    data.check(dataset, chosen)
    about = history.about(source, split, dataset, given["backend"] or "golden", baseline)
    if dataset.course:
        about |= history.of_course(dataset.course, reading)
    return Checkpoint(chosen, about=about | {"chosen": config is None}), dataset


def check_baseline(source: str, dataset: data.Dataset, baseline: bool) -> None:
    """Raises UserError where a baseline is asked for that there is not."""
    if dataset.course and baseline:
        raise UserError(f"--baseline: found with {source}; allowed with samples that are named or recalled")


def _usual(config: Config | None) -> str:
    """The data of a training whose user names none."""
    return foretold.usual(config) if config and config.task == "sequence" else "digits"


def load(source: str, split: int, config: Config | None, encoding: data.Encoding, reading: foretold.Reading) -> data.Dataset:
    """The samples of a source, for a configuration where there is one: `sw.data.load`, or `sw.data.foretold.load`."""
    if config and reading.given and config.task != "sequence":
        raise UserError(f"{reading.given[0]}: found with {config.name}; allowed with a configuration of task sequence")
    if not foretold.is_sequence(source, config, reading):
        return data.load(source, split, encoding)
    for option, value in (("--label", encoding.label), ("--size", encoding.size)):
        if value:
            raise UserError(f"{option}: found with {source}; allowed with samples that have labels")
    return foretold.load(source, config, reading)


def go_on(path: Path, given: dict) -> tuple[Checkpoint, data.Dataset]:
    """The interrupted training in a run folder, and its samples. A folder in which nothing is yet is begun as `given`.

    The samples may lie in another file than they did, or be called by another name: as from another folder.

    Raises:
        UserError: where there is none, or where it is another than the user, or the folder's config.toml, says.
    """
    if all(file.name.startswith(".") for file in path.iterdir()):  # a file that was not yet whole has such a name
        if given["config"] is None and given["data"] is None:
            found = "found an empty folder, of a run that ended before it began"
            raise UserError(f"{path}: {found}; allowed is to begin it anew: --resume with --config or --data")
        if ending_of(given["data"]) == ".csv":  # whose options, --label or --column, a run that goes on has kept
            raise UserError(f"{path}: found an empty folder, of a run that ended before it began; allowed is another --run")
        return begin(given, False)
    kept = Checkpoint.load(path)
    past = kept.about
    history.check(kept, path)
    for_learning(kept.config, path)
    history.check_given(given, {key: past[key] for key in ("split", "backend")}, kept.config, path)
    _check_settings(path / SETTINGS, kept.config)
    encoding = history.encoding(kept)
    source = given["data"] or past["data"]
    with history.lying_elsewhere(given["data"]):
        dataset = load(source, past["split"], kept.config, encoding, history.reading(kept))
    history.check_data(kept, dataset, source, path)
    past["data"] = source  # where it lies now
    return kept, dataset


def _check_settings(path: Path, config: Config) -> None:
    """Raises UserError where a run's config.toml has been edited: a training goes on as it began."""
    if not path.exists():
        return
    found, own = Config.load(path).to_dict(), config.to_dict()
    if own["name"] == Config.name:  # a file without a name of its own is read with the file's
        own["name"] = path.stem
    for key, value in own.items():
        if found[key] != value:
            allowed = f"what the run began with, {value}; for another, begin a run: --config {path}"
            raise UserError(f"{path}: {key}: found {found[key]} with --resume; allowed is {allowed}")
