"""Single steps of the learning rule by hand."""

import pytest
import torch

from golden.plasticity import affinity, apical_error, coefficients, error

INTEGERS = lambda *values: torch.tensor(values, dtype=torch.int32)  # noqa: E731


@pytest.mark.parametrize(
    "C, known, dead_zone, stimulus, a",
    [
        # The own class (1) pulls by its distance, rivals push by their affinity, spared where that is negative.
        ((-90, 100, 200, 30), (1, 1, 1, 1), 112, False, (0, 156, -200, -30)),
        ((20, -256, 200, 30), (1, 1, 1, 1), 112, False, (-20, 512, -200, -30)),
        ((-90, 100, 200, 30), (1, 1, 1, 1), 156, False, (0, 156, -200, -30)),
        ((-90, 100, 200, 30), (1, 1, 1, 1), 157, False, (0, 0, 0, 0)),
        ((-90, 256, 200, 30), (1, 1, 1, 1), 0, False, (0, 0, -200, -30)),
        # A template of zeros has no direction; the others push all the same.
        ((20, 0, 200, 30), (1, 0, 1, 1), 112, False, (-20, 0, -200, -30)),
        ((-90, 100, 200, 30), (1, 1, 1, 1), 48, True, (0, 156, 0, 0)),
    ],
)
def test_coefficients(C, known, dead_zone, stimulus, a):
    known = torch.tensor(known, dtype=torch.bool)
    assert coefficients(torch.tensor(C), torch.tensor(1), known, dead_zone, stimulus).tolist() == list(a)


def test_affinity_and_the_scalars_of_one_layer_by_hand():
    # |r|^2 = 25: t = 203, s = 10 (1/5 = 203 / 1024); |m|^2 = 25, 100: t = 203, s = 10, 11 (100 >> 2 = 25).
    r, m = INTEGERS(3, 4), INTEGERS([4, 3], [-6, -8])
    norms = (torch.tensor(203), torch.tensor(10)), (torch.tensor((203, 203)), torch.tensor((10, 11)))
    got = {k: v.tolist() for k, v in affinity(r, m, torch.tensor(0), *norms, dead_zone=8, stimulus=False).items()}
    # C = rnd(24 * 203^2, 12) = 241, rnd(-50 * 203^2, 13) = -252; p = 15, and the rival is spared.
    assert (got["d"], got["C"], got["a"]) == ([24, -50], [241, -252], [15, 0])
    # q = rnd(15 * 203, 3) = 381; q_r = rnd((15 * 241 >> 8) * 203, 3) = rnd(14 * 203, 3) = 355
    assert (got["q"], got["qr"]) == ([381, 0], 355)
    # b1 = rnd(15 * 203^2, 5) = 19317; b2 = rnd(rnd(15 * 241 * 203, 8) * 203, 5) = rnd(2867 * 203, 5) = 18188
    assert (got["b1"], got["b2"]) == ([19317, 0], [18188, 0])


@pytest.mark.parametrize(
    "top, g",
    [
        # e = 64 * (1, -1, 1, -1, 60, -60) of six neurons
        (False, [1, -1, 0, -1, 60, 0]),
        (True, [1, 0, 1, 0, 30, 0]),
    ],
)
def test_the_window_and_the_seven_bits_of_an_error(top, g):
    V = INTEGERS(-64, -64, 320, 320, 0, -65)
    m, none = INTEGERS([1, -1, 1, -1, 60, -60]), torch.zeros(6, dtype=torch.int32)
    e, got = error(INTEGERS(64), torch.tensor(0), m, none, V, (-64, 320), top)
    assert e.tolist() == [64, -64, 64, -64, 3840, -3840]
    assert got.tolist() == g


def test_an_error_is_clipped_to_seven_bits():
    m, V, none = INTEGERS([31, -31]), INTEGERS(100, 100), torch.zeros(2, dtype=torch.int32)
    assert error(INTEGERS(30000), torch.tensor(0), m, none, V, (-64, 320), False)[1].tolist() == [63, -64]


def test_apical_errors_are_rounded_and_layer_0_moves_no_count_past_its_ends():
    # X = E - 10 m; rounded by 6 bits: 32 up, 31 down.
    E, m, S, shift = INTEGERS(32, -32, -33, 72, 7, 200), INTEGERS(0, 0, 0, 4, 4, 4), torch.tensor(10), torch.tensor(6)
    X, G = apical_error(E, S, m, shift, stimulus=0)
    assert X.tolist() == [32, -32, -33, 32, -33, 160]
    assert G.tolist() == [1, 0, -1, 1, -1, 3]
    # A silent neuron may only rise, one of four spikes in four steps only fall.
    assert apical_error(E, S, m, shift, stimulus=4)[1].tolist() == [1, 0, 0, 0, -1, 0]
    assert apical_error(E, S, m, shift, stimulus=8)[1].tolist() == [1, 0, 0, 1, -1, 3]


@pytest.mark.parametrize("neighbours, pushed", [(0, [0, 1, 3, 4]), (1, [0, 4]), (2, []), (9, [])])
def test_neighbours_are_no_rivals(neighbours, pushed):
    C, known = torch.tensor([9, 20, 100, 30, 40]), torch.ones(5, dtype=torch.bool)
    a = coefficients(C, torch.tensor(2), known, 48, False, neighbours)
    assert a[2] == 156
    assert [k for k in range(5) if a[k] < 0] == pushed and all(a[k] == -C[k] for k in pushed)
