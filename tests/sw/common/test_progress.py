"""What is followed is live on a terminal, and lines alone everywhere else."""

import io

import pytest
from rich.console import Console

from sw.common.progress import ShardProgress, TrainingProgress

BOTH = {
    "training": lambda console: TrainingProgress(console, 3, 10, 1),
    "shards": lambda console: ShardProgress(console, 30, 3),
}


@pytest.mark.parametrize("kind", BOTH)
def test_only_lines_come_through_a_pipe(kind):
    out = io.StringIO()
    with BOTH[kind](Console(file=out)) as progress:
        progress.say("a line")
    assert out.getvalue() == "a line\n"


@pytest.mark.parametrize(("kind", "label"), [("training", "epoch 2/3"), ("shards", "golden")])
def test_a_terminal_shows_how_far_it_is(kind, label):
    out = io.StringIO()
    with BOTH[kind](Console(file=out, force_terminal=True, _environ={"TERM": "xterm"})) as progress:
        progress.say("a line")
    assert "a line" in out.getvalue()
    assert label in out.getvalue()


def test_an_epoch_and_a_shard_that_end_are_told():
    out = io.StringIO()
    with BOTH["training"](Console(file=out)) as training:
        training.advance(1, 5, "half")
        training.finish(1, "97 %")
    assert out.getvalue() == "epoch 2/3  97 %\n"
    with BOTH["shards"](Console(file=out)) as shards:
        shards.learned(30)
        shards.advance(0, 10, 700)
        shards.finish(0, 10, 800)
    (task,) = shards._bar.tasks
    assert (task.completed, task.fields["label"], task.fields["facts"]) == (
        10,
        "shards 1/3",
        "10 of 30 samples  800 values compared",
    )
