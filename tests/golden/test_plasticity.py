"""Single steps of the learning rule by hand."""

import pytest
import torch

from golden.config import Config
from golden.plasticity import coefficients

GAP = Config(sizes=(4, 4), lanes=1, loss="gap", reach=32)


@pytest.mark.parametrize(
    "known, a",
    [
        ((True, True, True, True), (64, -16, -32, -16)),
        # A concept that evokes no spike pushes nothing, and the own class does not pull for it either.
        ((True, False, True, False), (32, 0, -32, 0)),
        ((True, False, False, False), (0, 0, 0, 0)),
        ((False, True, True, True), (0, -16, -32, -16)),
    ],
)
def test_the_gap_loss_pulls_as_hard_as_the_rivals_push_that_evoke_spikes(known, a):
    C = torch.tensor((40, 0, 36, 0))  # behind the own class by 40, 4, 40; 8 past reach: half the push
    assert coefficients(GAP, C, torch.tensor(0), torch.tensor(known), stimulus=False).tolist() == list(a)


def test_the_gap_loss_pulls_with_no_more_than_256():
    wide = Config(sizes=(4, 12), lanes=1, loss="gap")
    a = coefficients(wide, torch.zeros(12, dtype=torch.int64), torch.tensor(5), torch.ones(12) > 0, stimulus=False)
    assert a.tolist() == [-32] * 5 + [256] + [-32] * 6
