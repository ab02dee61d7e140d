from types import SimpleNamespace

import pytest

from workshop.errors import WorkshopError
from workshop.plots import (
    LiveLoss,
    alternative_text,
    plot_boxes,
    plot_frozen,
    plot_islands,
    plot_labels,
    plot_layers,
    plot_losses,
    plot_settings,
    plot_sureness,
    style,
)
from workshop.score.results import Row
from workshop.tune.training import Report


def row(method, value, reach=0.05, **settings):
    return Row("03", method, "tone", "m", value, value - reach, value + reach, settings=settings)


CURVES = [
    row(method, start + rise * step, labels=labels)
    for method, start, rise in (("frozen", 0.4, 0.05), ("all layers", 0.3, 0.2), ("words and marks", 0.2, 0.1))
    for step, labels in enumerate((16, 64, 256))
]


def test_who_leads_with_few_and_with_all_labels_is_computed():
    figure = plot_labels(CURVES, {256: 0.72})
    assert "Tone: with 16 labels frozen is ahead, with 256 all layers." in alternative_text(figure)
    axes = figure.axes[0]
    assert any(line.get_marker() == "D" and list(line.get_ydata()) == [0.72] for line in axes.lines)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["16", "64", "256"]


def test_a_live_loss_is_one_picture_that_grows(monkeypatch):
    shown = []
    handle = SimpleNamespace(update=lambda bundle, raw: shown.append(bundle))
    monkeypatch.setattr(style, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle) or handle)
    tell = LiveLoss()
    for step, loss in enumerate((2.5, 1.25, 0.5), start=1):
        assert tell(Report(step, 12, loss, 1.0)) is None
    assert tell.shown is handle
    assert [one["text/plain"].partition(" From")[0] for one in shown[::2]] == [
        "Step 1 of 12: loss 2.50, 2.50 at first.",
        "Step 3 of 12: loss 0.50, 2.50 at first.",
    ]
    assert all(one["text/html"].startswith("<img alt=") for one in shown)


def test_a_live_loss_is_silent_outside_notebooks(capsys):
    LiveLoss()(Report(1, 2, 0.5, 1.0))
    assert capsys.readouterr().out == ""


def test_the_losses_name_the_epoch_that_is_kept():
    text = alternative_text(plot_losses([1.0, 0.4, 0.1], [1.1, 0.7, 0.9], 1))
    assert "falls to 0.10; on others it is lowest after epoch 2 (0.70) and ends at 0.90" in text


def test_the_setting_that_moves_the_score_most_is_named():
    rows = [
        row("top", 0.5 + gain * step, name=name, factor=factor)
        for name, gain in (("rate", 0.1), ("decay", 0.0))
        for step, factor in enumerate((0.25, 1, 4))
    ]
    assert "rate moves the score by 0.20, decay by 0.00" in alternative_text(plot_settings(rows))


def test_layers_islands_and_sureness_say_their_figures():
    layers = [row("all layers", 0.01 * layer, layer=layer) for layer in range(7)]
    assert "1 − CKA is 0.00 at the bottom and 0.06 at the top" in alternative_text(plot_layers(layers, layers))
    islands = [
        row("top", 0.02 + (0.3 if dose and place == "Tarve" else 0), dose=dose, island=place)
        for dose in (0, 40)
        for place in ("Grimmow", "Tarve")
    ]
    figure = plot_islands(islands, "Tarve")
    assert "Tickets from Tarve wrongly called angry: 2 % with clean labels, 32 % with 40 %" in alternative_text(figure)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["Tarve", "Grimmow"]
    sure = [row("frozen", 0.6, sure=0.5), row("frozen", 0.7, sure=0.9)]
    assert "Frozen: 90 % sure, 70 % right." in alternative_text(plot_sureness(sure))


def test_boxes_are_told_in_order():
    boxes = [("predict", "a number a class"), ("loss", "how wrong")]
    assert "predict: a number a class; then loss: how wrong; and again" in alternative_text(
        plot_boxes(boxes, title="Two.", cycle=True)
    )


@pytest.mark.parametrize("draw", [lambda: plot_labels([]), lambda: plot_boxes([("one", "box")], title="One.")])
def test_nothing_to_draw_is_an_error_in_words(draw):
    with pytest.raises(WorkshopError, match=r"no rows to draw|two or more boxes"):
        draw()


def test_the_layer_from_which_each_task_is_read_best_is_named():
    rows = [
        Row("03", "frozen", task, "macro_f1_by_layer", 0.9 - abs(layer - best) / 10, settings={"layer": layer})
        for task, best in (("tone", 4), ("topic", 6))
        for layer in range(7)
    ]
    text = alternative_text(plot_frozen(rows))
    assert "Frozen vectors: best is tone after layer 4 (0.90), topic after layer 6 (0.90)." in text
