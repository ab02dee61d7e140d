"""Pictures of lesson 08: dots lie at their numbers, titles are computed, and what doesn't fit is refused."""

import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.plots import alternative_text, plot_distances, plot_job, plot_prices, plot_stacks
from workshop.plots.other_stacks import COSTS, PRINTS, STATUSES
from workshop.plots.stacks import CHAIN, COLOURS, MAKERS, NOTE, STEPS, TOPS, find_colour
from workshop.plots.style import SMALLEST_FONT, to_png
from workshop.score.results import Row

COSINES = [0.5245, 0.5132, 0.4851]
PRINTED = {"LangChain": [0.951, 0.9736, 1.0297], "Chroma": [0.4755, 0.4868, 0.5149], "Qdrant": COSINES}
STACKS = ("FAISS, by hand", "LangChain + FAISS", "Chroma", "Qdrant local")
ROWS = [
    Row("08", stack, "stack", metric, round(10 ** (column - 3) * (place + 1.3), 4))
    for column, metric in enumerate(COSTS)
    for place, stack in enumerate(STACKS)
]
LOSSES = [(1 + 1.5 * step, "running", 3 * 0.85**step) for step in range(20)]
EVENTS = [(0.0, "queued", None), (0.3, "running", None), *LOSSES, (31.3, "succeeded", None)]


def assert_apart_and_inside(texts, figure):
    """Fail where texts cover each other, leave the picture or are small."""
    figure.canvas.draw()
    texts = [text for text in texts if text.get_text().strip()]
    drawn = [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]
    wide, high = figure.canvas.get_width_height()
    pairs = [(a, b) for a in range(len(drawn)) for b in range(a) if drawn[a].overlaps(drawn[b])]
    assert not [(texts[a].get_text(), texts[b].get_text()) for a, b in pairs]
    assert all(box.x0 >= 0 and box.x1 <= wide and box.y0 >= 0 and box.y1 <= high for box in drawn)
    assert min(text.get_fontsize() for text in texts) >= SMALLEST_FONT


class TestStacks:
    def test_each_mark_stands_below_its_step_and_beside_its_maker(self):
        figure = plot_stacks()
        [axes] = figure.axes
        places = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_position()[1] < 2}
        drawn = {(round(x, 2), round(y, 2)): text.get_text() for text in axes.texts for x, y in [text.get_position()]}
        for (maker, marks), top in zip(MAKERS.items(), TOPS, strict=True):
            assert drawn[0, top] == maker
            for step, words in zip(STEPS, marks, strict=True):
                assert drawn.get((round(places[step], 2), top), "") == words
        assert_apart_and_inside(axes.texts, figure)

    def test_words_lie_in_their_boxes_dashed_where_something_is_wrapped(self):
        figure = plot_stacks()
        figure.canvas.draw()
        boxes = {}
        for patch in figure.axes[0].patches:
            middle = patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2
            boxes[tuple(np.round(middle, 2))] = patch
        seen = 0
        for text in figure.axes[0].texts:
            if patch := boxes.get(tuple(np.round(text.get_position(), 2))):
                inner, outer = text.get_window_extent(), patch.get_window_extent()
                assert outer.x0 <= inner.x0 <= inner.x1 <= outer.x1, text.get_text()
                assert (patch.get_linestyle() == "--") == text.get_text().startswith("wraps")
                seen += 1
        # and 10 steps, the index among them once; the chain; 2 of the key
        assert seen == len(boxes) == sum(map(bool, sum(MAKERS.values(), ()))) + 10 + 1 + 2

    def test_the_title_holds_for_what_is_drawn(self):
        told = alternative_text(plot_stacks())
        assert told.startswith("No stack does every step: the boxes stay, their makers change.")
        for marks in MAKERS.values():
            assert any(not words or words.startswith("wraps") for words in marks[1:])
        assert {one for marks in MAKERS.values() for one in marks[:1]} == {""}, "the handbook is nobody's"
        does = {step: [maker for maker, marks in MAKERS.items() if marks[place] and "wraps" not in marks[place]]
                for place, step in enumerate(STEPS)}  # fmt: skip
        assert does["model"] == does["vectors"] == ["OpenAI\nprotocol"]
        assert does["index"] == ["Chroma", "Qdrant"]
        assert "Qdrant: index, index, on disk; passages found, texts and metadata." in told
        assert CHAIN in told
        assert NOTE in told

    def test_a_stack_keeps_its_colour(self):
        assert [find_colour(one) for one in STACKS] == [
            COLOURS[one] for one in ("by hand", "LangChain", "Chroma", "Qdrant")
        ]
        assert len({*COLOURS.values(), find_colour("another")}) == len(COLOURS) + 1


class TestDistances:
    def test_lines_are_what_the_stores_compute_for_unit_vectors(self):
        one, other = np.random.default_rng(0).normal(size=(2, 6))
        one, other = one / np.linalg.norm(one), other / np.linalg.norm(other)
        assert PRINTS["LangChain"][0](one @ other) == pytest.approx(np.sum((one - other) ** 2))
        assert PRINTS["Chroma"][0](one @ other) == pytest.approx(1 - one @ other)
        assert PRINTS["Qdrant"][0](one @ other) == pytest.approx(one @ other)

    def test_dots_lie_at_the_numbers_given_and_on_the_lines(self):
        figure = plot_distances(COSINES, PRINTED)
        [axes] = figure.axes
        lines, dots = axes.lines[:6:2], axes.lines[1:6:2]
        for line, drawn, (name, numbers) in zip(lines, dots, PRINTED.items(), strict=True):
            assert list(drawn.get_xdata()) == COSINES
            assert list(drawn.get_ydata()) == numbers
            np.testing.assert_allclose(np.interp(COSINES, *line.get_data()), numbers, atol=1e-3)
            assert line.get_color() == drawn.get_color() == find_colour(name)
        assert axes.get_xlim()[0] == 0
        assert len({one.get_marker() for one in dots}) == 3

    def test_title_and_tags_are_the_first_passages(self):
        figure = plot_distances(COSINES, PRINTED)
        told = alternative_text(figure)
        assert told.startswith("One passage, three numbers: LangChain 0.95, Chroma 0.48, Qdrant 0.52. Cosines 0.5245,")
        assert "LangChain 0.9510, 0.9736, 1.0297;" in told
        tags = {one.get_text(): one.xy for one in figure.axes[0].texts if hasattr(one, "xy")}
        assert tags == {f"{numbers[0]:.4f}": (COSINES[0], numbers[0]) for numbers in PRINTED.values()}
        assert_apart_and_inside(figure.axes[0].texts, figure)

    @pytest.mark.parametrize("cosines", [[0.93, 0.2, -0.3], [1.0], [0.02, 0.01], [0.66, 0.5], [-0.9, -0.95]])
    def test_other_cosines_are_drawn_apart(self, cosines):
        printed = {name: [rule(one) for one in cosines] for name, (rule, _) in PRINTS.items()}
        figure = plot_distances(cosines, printed)
        assert_apart_and_inside([one for one in figure.axes[0].texts if hasattr(one, "xy")], figure)
        assert figure.axes[0].get_xlim()[0] == (-1 if min(cosines) < 0 else 0)

    def test_one_store_and_a_longer_name(self):
        figure = plot_distances([0.5], {"Qdrant local": [0.5]})
        assert alternative_text(figure).startswith("One passage, one number: Qdrant local 0.50.")

    @pytest.mark.parametrize(
        ("printed", "message"),
        [
            ({"Chroma": [0.5]}, r"each store's numbers for 3 cosines, at least one, got \{'Chroma': 1\}"),
            ({}, "at least one, got"),
            ({"Chrome": COSINES}, "unknown store 'Chrome'. Did you mean 'Chroma'"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, printed, message):
        with pytest.raises(WorkshopError, match=message):
            plot_distances(COSINES, printed)
        with pytest.raises(WorkshopError, match="for 0 cosines"):
            plot_distances([], {"Chroma": []})


class TestPrices:
    @pytest.mark.parametrize("count", [1, 3, 4, 5, 6, 7, 8])
    def test_all_dots_lie_at_their_values_from_zero_on(self, count):
        metrics = list(COSTS)[:count]
        figure = plot_prices([row for row in ROWS if row.metric in metrics], "Each stack costs something.")
        panels = [axes for axes in figure.axes if axes.axison]
        assert [axes.get_title(loc="left") for axes in panels] == [COSTS[one] for one in metrics]
        for axes, metric in zip(panels, metrics, strict=True):
            dots = [line.get_data() for line in axes.lines if line.get_marker() == "o"]
            assert [x[0] for x, _ in dots] == [row.value for row in ROWS if row.metric == metric]
            assert [y[0] for _, y in dots] == [0, 1, 2, 3]
            assert axes.get_xlim()[0] == 0
            assert axes.get_ylim()[0] > axes.get_ylim()[1], "the first stack above"
        names = [one.get_text() for one in panels[0].get_yticklabels()]
        assert names == list(STACKS)
        wide, high = figure.get_size_inches()
        assert wide <= 12
        assert high <= 4.01
        texts = [text for axes in panels for text in (*axes.texts, axes.title, *axes.get_yticklabels())]
        assert_apart_and_inside([*texts, figure._suptitle], figure)

    def test_the_rows_order_counts_and_other_metrics_do_not(self):
        figure = plot_prices([Row("08", "Qdrant local", "x", "recall", 1.0), *ROWS[::-1]], "Title.")
        assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == list(STACKS[::-1])
        told = alternative_text(figure)
        assert told.startswith("Title. lines of code: Qdrant local 0.0043; ")
        assert "on disk (MB): Qdrant local 43,000; Chroma 33,000;" in told
        assert "recall" not in told

    def test_what_was_not_measured_has_a_dash_and_no_dot(self):
        rows = [Row("08", "Chroma", "x", "lines", 9.0), Row("08", "Qdrant local", "x", "lines", 0.0)]
        figure = plot_prices([*rows, Row("08", "Chroma", "x", "disk_megabytes", 2.5)], "Title.")
        lines, disk = figure.axes
        assert [one.get_text() for one in lines.texts] == ["9", "0"]
        assert [one.get_text() for one in disk.texts] == ["2.5", "–"]
        assert len([line for line in disk.lines if line.get_marker() == "o"]) == 1
        assert alternative_text(figure).endswith("on disk (MB): Chroma 2.5.")

    @pytest.mark.parametrize("rows", [[], [Row("08", "Chroma", "x", "recall", 1.0)], [*ROWS, ROWS[0]]])
    def test_no_cost_and_one_twice_are_refused(self, rows):
        with pytest.raises(WorkshopError, match=r"expected each of lines, packages, .* once a stack, got"):
            plot_prices(rows, "Title.")


def bands(figure):
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[0].patches]


class TestJob:
    def test_bands_end_where_the_next_begins_and_losses_lie_at_theirs(self):
        figure = plot_job(EVENTS)
        np.testing.assert_allclose(bands(figure), [(0, 0.3), (0.3, 31.3)])
        assert list(figure.axes[0].lines[0].get_xdata()) == [31.3, 31.3]
        np.testing.assert_allclose(figure.axes[1].lines[0].get_xydata(), [(one[0], one[2]) for one in LOSSES])
        assert [one.get_text() for one in figure.axes[0].texts] == ["queued", "running", "succeeded"]
        told = alternative_text(figure)
        assert told.startswith(
            "Queued 0.3 s, running 31 s, then succeeded. The job: queued from 0.0 s, running from 0.3"
        )
        assert "loss 3.00 at first, 0.14 at last" in told
        assert figure.axes[0].get_title(loc="left") == "Queued 0.3 s, running 31 s, then succeeded."
        assert figure.axes[1].get_xlabel() == "seconds since the job was created"
        assert_apart_and_inside([*figure.axes[0].texts, figure.axes[0].title], figure)

    def test_the_newest_first_is_the_same_job_even_within_one_second(self):
        events = [
            (0, "queued", None),
            (0, "running", None),
            (4, "running", 2.0),
            (4, "running", 1.0),
            (4, "failed", None),
        ]
        one, other = plot_job(events), plot_job(events[::-1])
        assert alternative_text(one) == alternative_text(other)
        assert to_png(one) == to_png(other)
        assert bands(one) == [(0, 0), (0, 4)]

    @pytest.mark.parametrize(
        ("events", "title", "words"),
        [
            ([(0, "queued", None), (41, "running", None), (95, "failed", None)],
             "Queued 41 s, running 54 s, then failed.", ["queued", "running", "failed"]),
            ([(0, "queued", None), (60, "running", None), (63, "cancelled", None)],
             "Queued 60 s, running 3 s, then cancelled.", ["queued", "running", "cancelled"]),
            ([(0, "queued", None), (2.5, "cancelled", None)], "Queued 2.5 s, then cancelled.", ["queued", "cancelled"]),
            ([(0, "queued", None), (2, "running", 3.0), (9, "running", 2.0)],
             "Queued 2 s, running 7 s so far.", ["queued", "running"]),
            ([(0, "queued", None)], "Queued 0 s so far.", ["queued"]),
            ([(7, "failed", None)], "Then failed.", ["failed"]),
        ],
    )  # fmt: skip
    def test_other_lives(self, events, title, words):
        figure = plot_job(events)
        assert figure.axes[0].get_title(loc="left") == title
        assert [one.get_text() for one in figure.axes[0].texts] == words
        assert len(figure.axes) == 1 + any(loss is not None for *_, loss in events)
        assert_apart_and_inside(figure.axes[0].texts, figure)

    def test_a_title_of_ones_own(self):
        assert alternative_text(plot_job(EVENTS, "It fell.")).startswith("It fell. The job: queued")

    def test_each_status_has_a_colour(self):
        assert len(set(STATUSES.values())) == 5

    @pytest.mark.parametrize(
        ("events", "message"),
        [
            ([], "expected events with seconds from 0 on"),
            ([(-1, "queued", None)], "seconds from 0 on, got"),
            ([(float("nan"), "queued", None)], "seconds from 0 on, got"),
            ([(0, "quued", None)], "unknown status 'quued'. Did you mean 'queued'"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, events, message):
        with pytest.raises(WorkshopError, match=message):
            plot_job(events)
