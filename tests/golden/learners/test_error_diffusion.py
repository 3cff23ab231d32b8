"""Error diffusion: kinds of synapses, which of them grow at an error, and that it learns digits."""

import torch

from golden.learners.error_diffusion import ErrorDiffusion, kinds
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits


def test_synapses_within_a_kind_excite_and_between_kinds_inhibit():
    assert kinds(1, 2).tolist() == [[1, 1, -1, -1], [-1, -1, 1, 1]]


def test_an_output_below_its_target_grows_synapses_out_of_p_and_one_above_out_of_n():
    learner, x = ErrorDiffusion(SMALL, 1.0), batch()[0][:1]
    before = learner.state()
    learner.teach(x, torch.tensor([2]))
    for l in (1, 2, 3):
        growth = learner.w[f"W{l}"] - before[f"W{l}"]
        p, n = growth.chunk(2, 1)
        assert (p[2] > 0).any() and not n[2].any()  # the class that it is
        for other in (0, 1, 3):
            assert not p[other].any() and (n[other] > 0).any()
        assert (growth >= 0).all()


def test_a_lesson_moves_every_output_towards_its_target():
    learner, x = ErrorDiffusion(SMALL, 0.1), batch()[0][:1]
    before = learner.perceive(x)[0]
    learner.teach(x, torch.tensor([2]))
    assert ((learner.perceive(x)[0] > before) == torch.tensor([False, False, True, False])).all()


def test_the_networks_of_other_classes_play_no_part():
    x, y = batch()
    learner, other = ErrorDiffusion(SMALL, 1.0), ErrorDiffusion(SMALL, 1.0)
    for weight in other.w.values():
        weight[1:] = weight[1:].flip(0)
    learner.teach(x, y)
    other.teach(x, y)
    assert all(torch.equal(learner.w[name][0], other.w[name][0]) for name in learner.w)


def test_one_error_a_class_reaches_all_layers():
    seen = [c for c in crossings(ErrorDiffusion(SMALL, 1.0), *batch()) if c.teaches]
    assert [(c.origin, c.target, c.values.shape) for c in seen] == [(3, 1, (10, 4)), (3, 2, (10, 4))]
    assert torch.equal(seen[0].values, seen[1].values)


def test_it_learns_digits_and_no_strength_is_negative():
    learner = ErrorDiffusion(DIGITS, 1.0)
    assert digits(learner) >= 0.88
    assert all((weight >= 0).all() for weight in learner.w.values())
