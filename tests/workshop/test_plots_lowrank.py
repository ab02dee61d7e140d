import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.plots import alternative_text, plot_low_rank, plot_rank
from workshop.plots.lowrank import find_patch, say_share, share_held


def test_the_boxes_are_to_scale_and_count_their_numbers():
    figure = plot_low_rank(192, 576, 16)
    boxes = [(box.get_height(), box.get_width()) for box in figure.axes[0].patches]
    assert boxes == [(192, 576), (192, 16), (16, 576)]
    assert figure.axes[0].get_aspect() == 1
    words = alternative_text(figure)
    assert "12,288 numbers are trained instead of 110,592: 11.1 %" in words
    assert "W, frozen, 192 × 576, 110,592 numbers; B, trained, 192 × 16, 3,072 numbers" in words


def test_the_lessons_box_has_the_known_counts():
    assert "9,216 numbers are trained instead of 331,776: 2.8 %" in alternative_text(plot_low_rank())
    with pytest.raises(WorkshopError, match="got 576 × 576, rank 0"):
        plot_low_rank(rank=0)


def test_no_label_of_the_boxes_covers_another():
    for sizes in ((576, 576, 8), (192, 576, 16), (1536, 576, 8), (576, 1536, 64)):
        figure = plot_low_rank(*sizes)
        figure.canvas.draw()
        axes = figure.axes[0]
        texts = [one for one in (axes._left_title, *axes.texts) if one.get_text()]
        drawn = [text.get_window_extent() for text in texts]
        assert not [(a, b) for i, a in enumerate(drawn) for b in drawn[:i] if a.overlaps(b)], sizes
        assert all(one.x0 >= 0 and one.x1 <= figure.bbox.width and one.y1 <= figure.bbox.height for one in drawn), sizes


def test_the_heat_maps_are_w_the_product_and_their_sum():
    rng = np.random.default_rng(0)
    weights, change = rng.normal(size=(6, 9)), 0.01 * rng.normal(size=(6, 9))
    product = change * (np.arange(9) < 8)
    figure = plot_rank(weights, change, product, 2)
    maps = [axes.images[0] for axes in figure.axes if axes.images]
    for drawn, table in zip(maps, (weights, product, weights + product), strict=True):
        assert np.array_equal(drawn.get_array(), table)
    limits = [drawn.get_clim()[1] for drawn in maps]
    assert limits[0] == limits[2] > 50 * limits[1]
    assert f"colours {limits[0] / limits[1]:.0f} times as strong" in [axes.get_xlabel() for axes in figure.axes]
    missing = (change[:, 8] ** 2).sum() / (change**2).sum()
    assert f"Rank 2 holds {100 - 100 * missing:.1f} % of the change, with 55.6 %" in alternative_text(figure)
    assert "6 × 9: B·A is" in alternative_text(figure)


def test_colours_mean_the_same_at_each_rank():
    rng = np.random.default_rng(1)
    weights, change = rng.normal(size=(2, 8, 8))
    one, other = (plot_rank(weights, change, part * change, 1) for part in (0.1, 1))
    limits = [[axes.images[0].get_clim() for axes in figure.axes if axes.images] for figure in (one, other)]
    assert limits[0] == limits[1]


def test_of_a_large_matrix_the_part_with_the_largest_change_is_drawn():
    change = np.full((200, 90), 0.001)
    change[130:150, 10:20] = 1
    rows, columns = find_patch(change)
    assert rows.start <= 130 < 150 <= rows.stop == rows.start + 64
    assert columns.start <= 10 < 20 <= columns.stop == columns.start + 64
    figure = plot_rank(np.ones_like(change), change, change, 3)
    assert figure.axes[0].images[0].get_array().shape == (64, 64)
    assert "64 × 64 of 200 × 90" in alternative_text(figure)
    assert find_patch(change[:5, :7]) == (slice(0, 5), slice(0, 7))


def test_only_the_whole_is_called_100_percent():
    assert [say_share(share) for share in (1.0, 0.9999, 0.9164, 0.0)] == ["100 %", "99.9 %", "91.6 %", "0.0 %"]
    assert share_held(np.array([[3.0, 4.0]]), np.array([[3.0, 0.0]])) == pytest.approx(9 / 25)


@pytest.mark.parametrize(
    ("weights", "change", "said"),
    [
        (np.ones((2, 3)), np.ones((3, 2)), r"one shape \(out, in\), got \(2, 3\) and \(3, 2\)"),
        (np.ones(3), np.ones(3), r"one shape \(out, in\)"),
        (np.ones((2, 3)), np.zeros((2, 3)), "B of a new adapter is zero"),
        (np.ones((2, 3)), np.full((2, 3), np.nan), "not finite"),
    ],
)
def test_what_is_no_change_of_these_weights_is_said(weights, change, said):
    with pytest.raises(WorkshopError, match=said):
        plot_rank(weights, change, change, 1)
