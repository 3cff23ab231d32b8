"""The local losses: by hand, against the paper's double loop over the batch, and each side's derivative by itself."""

import math

import pytest
import torch

from golden.learners.losses import InfoNce, Mse, Reco

V = torch.tensor([[1.0, 0.0], [3.0, 4.0]])
VH = torch.tensor([[2.0, 0.0], [0.0, 5.0]])  # C = [[1, 0], [0.6, 0.8]]
OWN = torch.eye(2)


def rows(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def plain_reco(v: torch.Tensor, vh: torch.Tensor, y: list[int], lam: float) -> torch.Tensor:
    """The loss as the paper writes it, pair by pair of a batch; samples of one class share one concept and are no rivals."""
    loss = torch.zeros((), dtype=v.dtype)
    for k, row in enumerate(v):
        for j, apical in enumerate(vh):
            C = torch.dot(row, apical) / (row.norm() * apical.norm())
            if j == k:
                loss = loss + (1 - C) ** 2
            elif y[k] != y[j]:
                loss = loss + lam * torch.relu(C) ** 2
    return loss


def plain_infonce(v: torch.Tensor, vh: torch.Tensor, y: list[int], temperature: float) -> torch.Tensor:
    loss = torch.zeros((), dtype=v.dtype)
    for k, row in enumerate(v):
        C = [torch.dot(row, apical) / (row.norm() * apical.norm()) for apical in vh]
        among = [torch.exp(C[j] / temperature) for j in range(len(vh)) if j == k or y[j] != y[k]]
        loss = loss - torch.log(torch.exp(C[k] / temperature) / sum(among))
    return loss


def plain_mse(v: torch.Tensor, vh: torch.Tensor, y: list[int], _) -> torch.Tensor:
    return sum(((row - apical) ** 2).mean() for row, apical in zip(v, vh, strict=True))


def test_reco_by_hand():
    assert float(Reco(0.5, 0.0)(V, VH, OWN, 1 - OWN)) == pytest.approx(0.2**2 + 0.5 * 0.6**2)
    assert float(Reco(0.5, 0.0)(V, -VH, OWN, 1 - OWN)) == pytest.approx(2**2 + 1.8**2)  # a negative rival costs nothing
    assert float(Reco(0.5, 0.0)(V, VH, OWN, 0 * OWN)) == pytest.approx(0.2**2)


def test_recos_dead_zone_spares_who_is_near_its_concept():
    whole = 0.2**2 + 0.5 * 0.6**2  # all of the second sample, whose 1 - C is 0.2; the first one's is 0
    assert float(Reco(0.5, 0.19)(V, VH, OWN, 1 - OWN)) == pytest.approx(whole)
    assert float(Reco(0.5, 0.21)(V, VH, OWN, 1 - OWN)) == 0
    v = torch.tensor([[0.0, 1.0]], requires_grad=True)
    (g,) = torch.autograd.grad(Reco(0.5, 0.3)(v, VH, OWN[1:], 1 - OWN[1:]), v)
    assert not g.any()


def test_infonce_by_hand():
    wanted = -math.log(math.exp(2) / (math.exp(2) + 3)) - math.log(math.exp(1.6) / (math.exp(1.6) + 3 * math.exp(1.2)))
    assert float(InfoNce(0.5)(V, VH, OWN, 3 * (1 - OWN))) == pytest.approx(wanted)
    assert float(InfoNce(0.5)(V, VH, OWN, 0 * OWN)) == 0  # who has no rivals has nothing to learn


def test_mse_by_hand():
    assert float(Mse()(V, VH, OWN, 1 - OWN)) == pytest.approx(1 / 2 + (9 + 1) / 2)


@pytest.mark.parametrize(
    "loss, plain, setting",
    [
        (Reco(0.0, 0.0), plain_reco, 0.0),
        (Reco(0.6, 0.0), plain_reco, 0.6),
        (Reco(1.7, 0.0), plain_reco, 1.7),
        (InfoNce(0.3), plain_infonce, 0.3),
        (Mse(), plain_mse, None),
    ],
)
def test_over_concepts_they_are_the_papers_sums_over_the_batch_and_each_side_has_its_own_derivative(loss, plain, setting):
    y, concepts = torch.tensor([0, 1, 2, 1, 0, 3]), 4
    v, vh = rows(1, 6, 5).requires_grad_(), (rows(2, concepts, 5) + 0.4).requires_grad_()
    own = torch.nn.functional.one_hot(y, concepts).double()
    found = loss(v, vh, own, (1 - own) * own.sum(0))
    basal = plain(v, vh.detach()[y], y.tolist(), setting)
    apical = plain(v.detach(), vh[y], y.tolist(), setting)
    assert float(found.detach()) == pytest.approx(float(basal.detach()), rel=1e-12)
    wanted = torch.autograd.grad(basal, v)[0], torch.autograd.grad(apical, vh)[0]
    for got, want in zip(torch.autograd.grad(found, (v, vh)), wanted, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-12)


def test_recos_derivative_is_the_papers_written_out():
    v, vh, own = rows(3, 4, 5).requires_grad_(), rows(4, 3, 5), torch.eye(3)[[0, 1, 2, 1]].double()
    basal, apical = v.detach() / v.detach().norm(dim=1, keepdim=True), vh / vh.norm(dim=1, keepdim=True)
    C = basal @ apical.T
    a = 0.6 * (1 - own) * C.clamp(min=0) - own * (1 - C)
    wanted = 2 * (a @ apical - (a * C).sum(1, keepdim=True) * basal) / v.detach().norm(dim=1, keepdim=True)
    torch.testing.assert_close(torch.autograd.grad(Reco(0.6, 0.0)(v, vh, own, 1 - own), v)[0], wanted)


@pytest.mark.parametrize("loss", [Reco(dead=0.0), InfoNce()])
def test_a_row_of_zeros_has_no_direction_and_no_derivative_and_moves_no_other_one(loss):
    v, vh, own = rows(3, 4, 5), rows(4, 4, 5), torch.eye(4).double()
    v[1], vh[1] = 0, 0
    v.requires_grad_()
    vh.requires_grad_()
    g, gh = torch.autograd.grad(loss(v, vh, own, 1 - own), (v, vh))
    assert torch.isfinite(g).all() and torch.isfinite(gh).all() and g[0].any()
    assert (g[1] == 0).all() and (gh[1] == 0).all()
    if isinstance(loss, Reco):
        live = [0, 2, 3]
        alone = loss(v[live], vh[live], torch.eye(3), 1 - torch.eye(3))
        torch.testing.assert_close(g[live], torch.autograd.grad(alone, v)[0][live])


@pytest.mark.parametrize("make, said", [
    (lambda: Reco(lam=-0.1), "lam: found -0.1; allowed is 0 or more"),
    (lambda: Reco(dead=-1.0), "dead: found -1.0; allowed is 0 or more"),
    (lambda: InfoNce(0.0), "temperature: found 0.0; allowed is above 0"),
])  # fmt: skip
def test_numbers_that_cannot_be_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
