import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.plots.lowrank import share_held
from workshop.tune.lora import ADAPTERS
from workshop.widgets import rank_slider
from workshop.widgets.rank_slider import Change, build_slider, draw_boat


def draw_matrices(rank, shape=(12, 20), seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), rng.normal(size=(shape[0], rank)) @ rng.normal(size=(rank, shape[1]))


def test_a_change_of_rank_3_is_whole_from_rank_3_on():
    weights, change = draw_matrices(3)
    shown = Change(weights, change)
    assert shown.enough == 3
    assert np.allclose(shown.product(3), change)
    assert np.linalg.matrix_rank(shown.product(2)) == 2
    assert "From rank 3 on, nothing" in shown.draw(2)["text/plain"]


def test_what_a_rank_holds_is_the_sum_of_the_squared_singular_values():
    weights, change = draw_matrices(12)
    shown = Change(weights, change)
    sizes = np.linalg.svd(change, compute_uv=False) ** 2
    for rank in shown.ranks:
        assert share_held(change, shown.product(rank)) == pytest.approx(sizes[:rank].sum() / sizes.sum())


def test_no_two_thin_matrices_found_by_training_hold_more():
    from scipy.optimize import minimize

    weights, change = draw_matrices(6, (6, 5))
    best = share_held(change, Change(weights, change).product(2))
    split = lambda flat: flat[:12].reshape(6, 2) @ flat[12:].reshape(2, 5)  # noqa: E731
    starts = np.random.default_rng(3).normal(size=(5, 22))
    found = [1 - minimize(lambda flat: 1 - share_held(change, split(flat)), start).fun for start in starts]
    assert max(found) == pytest.approx(best, abs=1e-3)
    assert max(found) <= best + 1e-9


def test_the_ranks_end_where_b_and_a_hold_as_much_as_w():
    assert Change(*draw_matrices(2, (576, 576))).ranks == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert Change(*draw_boat()).ranks == [1, 2, 4, 8, 16, 32]
    assert Change(*draw_matrices(1, (1, 5))).ranks == [1]


def test_the_table_counts_numbers_and_megabytes():
    plain = Change(*draw_matrices(8, (192, 576))).draw(8)["text/plain"].splitlines()
    assert plain[2] == "B and A, rank 8  6,144  5.6 %  0.025 MB  0.012 MB  100 %"
    assert plain[3] == "the whole matrix  110,592  100.0 %  0.442 MB  0.221 MB  100 %"
    small = Change(*draw_boat()).draw(1)["text/plain"].splitlines()
    assert small[2] == "B and A, rank 1  128  3.1 %  0.00051 MB  0.00026 MB  86.8 %"


def test_a_shipped_adapters_change_is_whole_at_its_own_rank():
    safetensors = pytest.importorskip("safetensors.torch")
    layer = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
    tensors = safetensors.load_file(ADAPTERS / "json" / "adapter_model.safetensors")
    a, b = (tensors[layer.format(name)].float().numpy() for name in "AB")
    shown = Change(np.ones((576, 576)), b @ a)
    assert shown.enough == len(a) == 16
    assert share_held(shown.change, shown.product(1)) > 0.5


def test_the_boat_is_drawn_into_the_sea():
    sea, change = draw_boat()
    assert set(np.unique(np.round(sea + change, 2))) == {-0.75, 0.0, 0.45, 0.55, 0.7, 1.0}
    shares = [share_held(change, Change(sea, change).product(rank)) for rank in (1, 4, 16)]
    assert 0.8 < shares[0] < 0.9 < shares[1] < 0.97 < shares[2] < 1


def test_the_slider_draws_what_it_is_set_to():
    pytest.importorskip("ipywidgets")
    shown = Change(*draw_boat())
    slider, drawn = build_slider(shown, 4, shown.draw(4)).children
    assert "B and A, rank 4" in drawn.value
    slider.value = 16
    assert "B and A, rank 16" in drawn.value
    assert "B and A, rank 4" not in drawn.value
    assert 'alt="Rank 16 holds' in drawn.value


def test_without_widgets_a_still_picture_says_all(capsys):
    rank_slider(rank=8)
    told = capsys.readouterr().out
    assert "Rank 8 holds 98.2 % of the change, with 25.0 % of the numbers." in told
    assert "B and A, rank 8  1,024  25.0 %  0.0041 MB  0.002 MB  98.2 %" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"weights": np.ones((2, 2))}, "Pass both, or neither"),
        ({"weights": np.ones((4, 4)), "change": np.zeros((4, 4))}, "B of a new adapter is zero"),
        ({"weights": np.ones((4, 4)), "change": np.ones((4, 3))}, "one shape"),
        ({"rank": 3}, "no rank 3 on this slider. Begin at one of 1, 2, 4, 8, 16, 32"),
    ],
)
def test_what_cant_be_shown_is_said(arguments, said):
    with pytest.raises(WorkshopError, match=said):
        rank_slider(**arguments)
