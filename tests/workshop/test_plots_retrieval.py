import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.plots import alternative_text, plot_cells, plot_late, plot_price
from workshop.plots.style import PALETTE
from workshop.score.results import Row


def test_cells_tell_what_is_compared_and_what_is_missed():
    vectors = np.array([[1, 0, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [0, 1, 0]], dtype=np.float32)
    figure = plot_cells(vectors, np.array([0, 0, 1, 1]), vectors[1], [0], [1, 2])
    assert "1 of 2 cells hold 1 of the 2 nearest: 50% of the vectors are compared." in alternative_text(figure)
    drawn = {one.get_label(): len(one.get_offsets()) for one in figure.axes[0].collections}
    assert drawn == {
        "not compared: 2 vectors": 2,
        "compared: 2 vectors": 2,
        "near and found": 1,
        "near and missed": 1,
        "the query": 1,
        "a cell's number, at its mean": 0,
    }
    assert [one.get_text() for one in figure.axes[0].texts] == ["0", "1"]


def test_cells_lie_as_far_apart_as_their_means():
    vectors = np.eye(4, dtype=np.float32) * [4, 3, 0.1, 0.1]
    figure = plot_cells(vectors, np.arange(4), vectors[0], [0], [0])
    centres = np.array([one.get_position() for one in figure.axes[0].texts])
    assert np.linalg.norm(centres[0] - centres[1]) == pytest.approx(5, abs=0.1)
    assert np.linalg.norm(centres[2] - centres[3]) < 0.5


@pytest.mark.slow
def test_each_token_of_the_question_is_framed_at_its_best():
    cosines = np.array([[0.1, 0.9, 0.2, 0.0], [0.3, 0.1, 0.2, 0.7]])
    figure = plot_late(["dog", "sleeps"], ["the", "hound", "has", "beds"], cosines)
    text = alternative_text(figure)
    assert "0.80 on average" in text
    assert "2 of the passage's 4 tokens are drawn. dog finds hound 0.90; sleeps finds beds 0.70." in text
    axes = figure.axes[0]
    assert [one.get_text() for one in axes.get_xticklabels()] == ["hound", "beds"]
    frames = [one for one in axes.patches if one.get_edgecolor()[:3] == _rgb(PALETTE["red"])]
    assert [(round(one.get_x() + 0.48), round(one.get_y() + 0.48)) for one in frames] == [(0, 0), (1, 1)]


def test_cosines_the_wrong_way_round_are_refused():
    with pytest.raises(WorkshopError, match=r"expected cosines \(1, 2\), got \(2, 1\)"):
        plot_late(["dog"], ["a", "hound"], np.zeros((2, 1)))


def test_price_pairs_rows_by_method_and_names_the_ends():
    gains = [Row("05", name, "search", "MRR", value, value - 0.1, value + 0.1) for name, value in
             (("words", 0.5), ("vectors", 0.6), ("unpriced", 0.9))]  # fmt: skip
    prices = [Row("05", name, "search", "milliseconds", value) for name, value in (("vectors", 12.0), ("words", 0.3))]
    figure = plot_price(gains, prices, "MRR")
    text = alternative_text(figure)
    assert "words reaches 0.50 at 0.3 ms; vectors reaches 0.60 at 12 ms." in text
    assert "unpriced" not in text
    assert sorted(one.get_text() for one in figure.axes[0].texts) == ["vectors", "words"]
    assert figure.axes[0].get_xscale() == "log"
    with pytest.raises(WorkshopError, match="no method has both"):
        plot_price(gains[2:], prices, "MRR")


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
