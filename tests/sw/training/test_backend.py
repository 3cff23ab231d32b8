"""What is said of an epoch, on the terminal and in the log, where a chip differed from golden before it came to its end."""

from cosim import account
from golden.config import Config
from sw.training import log
from sw.training.backend import line

NONE = account.totals(2)
FIRST = account.epoch(account.totals(2, samples=40, correct=30, golden_correct=30, seconds=2.0, clocks=4000), NONE, 500)
BROKEN = account.epoch(NONE, NONE, 100, 7)


def test_what_was_compared_is_said_also_where_no_sample_is_accounted_for():
    assert line([FIRST]) == "75.00 %  20/s  100 clocks  500 equal, 0 differ"
    assert line([FIRST, BROKEN]) == "593 equal, 7 differ"
    logged = log.line(Config(sizes=(9, 8, 2), lanes=2, epochs=3), 1, BROKEN)
    assert (logged["epoch"], logged["values_compared"], logged["mismatches"]) == (2, 100, 7)
    assert logged["training_accuracy"] is logged["test_accuracy"] is logged["clocks_per_sample"] is None
