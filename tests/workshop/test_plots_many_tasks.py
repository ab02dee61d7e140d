"""Pictures of lesson 07: they draw what they were given, say it, and refuse what doesn't fit."""

import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.plots import alternative_text, plot_gains, plot_shapes, plot_spans, plot_tags
from workshop.plots.many_tasks import WINDOW, find_window
from workshop.plots.shapes import DECODER, ENCODER, RESNET, WRITER
from workshop.plots.style import PALETTE, SMALLEST_FONT, YOURS, to_png
from workshop.plots.tags import KINDS, WIDEST, Sentence, find_kind
from workshop.score.results import Row
from workshop.tune.sequences import align_labels, best_span, bio_tags

WORDS = ["The", "purser", "'s", "mate", "left", "Kettlewick", "."]
SPANS = [(1, 4, "role"), (5, 6, "place")]
PIECES = ["[CLS]", "the", "purse", "##r", "'", "s", "mate", "left", "kettle", "##wick", ".", "[SEP]"]
IDS = [None, 0, 1, 1, 2, 2, 3, 4, 5, 5, 6, None]
TAGS = bio_tags(WORDS, SPANS)
NAMES = sorted(set(TAGS))
LABELS = align_labels(IDS, [NAMES.index(tag) for tag in TAGS])


def boxes(texts, figure):
    figure.canvas.draw()
    return [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]


def assert_apart_and_inside(texts, figure):
    """Fail where texts cover each other, leave the picture or are small."""
    drawn = boxes(texts, figure)
    wide, high = figure.canvas.get_width_height()
    assert not [
        (texts[a].get_text(), texts[b].get_text())
        for a in range(len(drawn))
        for b in range(a)
        if drawn[a].overlaps(drawn[b])
    ]
    assert all(box.x0 >= 0 and box.x1 <= wide and box.y0 >= 0 and box.y1 <= high for box in drawn)
    assert min(text.get_fontsize() for text in texts) >= SMALLEST_FONT


class TestShapes:
    def test_masks_are_what_the_names_say(self):
        assert [ENCODER.list_seen(place) for place in (0, 3)] == [[0, 1, 2, 3]] * 2
        assert [DECODER.list_seen(place) for place in (0, 1, 2)] == [[0], [0, 1], [0, 1, 2]]
        assert [RESNET.list_seen(place) for place in (0, 2)] == [[0, 1], [1, 2, 3]]
        assert DECODER.gives[:-1] == DECODER.reads[1:]
        assert WRITER.gives[:-1] == WRITER.reads[1:]

    def test_the_picture_holds_the_sentence_and_says_what_each_is_for(self):
        figure = plot_shapes()
        drawn = [one.get_text() for one in figure.axes[0].texts]
        assert drawn.count("my") == 3
        assert {"delayed", "attention", "convolution", "shortcut"} <= set(drawn)
        told = alternative_text(figure)
        assert "a token sees itself and those before; gives boat was delayed; here: summaries." in told
        assert "reads my boat was delayed and writes sorry it was late; here: prices in words." in told
        assert_apart_and_inside([one for one in figure.axes[0].texts if one.get_text().strip()], figure)


class TestTags:
    def test_each_piece_stands_below_its_word_with_its_label(self):
        figure = plot_tags(WORDS, PIECES, IDS, TAGS, LABELS)
        texts = {}
        for one in figure.axes[0].texts:
            texts.setdefault(round(one.get_position()[1], 2), []).append(one)
        tags, words, pieces, labels = (texts[height] for height in sorted(texts))
        assert [one.get_text() for one in tags[1:]] == TAGS
        assert [one.get_text() for one in words[1:]] == WORDS
        assert [one.get_text() for one in pieces[1:]] == PIECES
        assert [one.get_text().replace("−", "-") for one in labels[1:]] == list(map(str, LABELS))
        middles = [one.get_position()[0] for one in words[1:]]
        for piece, label, word in zip(pieces[1:], labels[1:], IDS, strict=True):
            assert piece.get_position()[0] == label.get_position()[0]
            near = np.argmin(np.abs(np.array(middles) - piece.get_position()[0]))
            assert word is None or near == word
        grey = [one.get_color() == PALETTE["grey"] for one in labels[1:]]
        assert grey == [label == -100 for label in LABELS]
        assert len(figure.axes[0].lines) == sum(word is not None for word in IDS)

    def test_kinds_have_colours_of_their_own(self):
        figure = plot_tags(WORDS, PIECES, IDS, TAGS, LABELS)
        faces = {
            one.get_text(): one.get_bbox_patch().get_edgecolor()
            for one in figure.axes[0].texts[4:]
            if one.get_bbox_patch()
        }
        assert faces["Kettlewick"] == faces["##wick"] != faces["mate"] == faces["I-role"]
        assert len(set(KINDS.values())) == len(KINDS)
        assert [find_kind(tag) for tag in ("O", "B-ship", "I-ship", "ship")] == ["", "ship", "ship", ""]

    def test_it_says_what_is_counted(self):
        told = alternative_text(
            plot_tags(WORDS, PIECES, IDS, TAGS, [NAMES[one] if one >= 0 else one for one in LABELS])
        )
        assert told.startswith(
            "7 words with 2 names become 12 pieces. Labels that the loss counts: 7; not counted (−100): 5."
        )
        assert "purser B-role; 's I-role" in told
        assert "kettle B-place; ##wick not counted" in told

    def test_a_long_sentence_takes_several_lines_and_stays_readable(self):
        words = ["Stonnary", "handkerchiefs", "3,400", "$x$"] * 5
        pieces = [piece for word in words for piece in (word[:4], f"##{word[4:]}")]
        ids = [place // 2 for place in range(len(pieces))]
        tags = ["B-place", "O", "B-amount", "O"] * 5
        sentence = Sentence(words, pieces, ids, tags, ["B-place", -100] * 20)
        assert all(sum(map(sentence.measure, line)) <= WIDEST for line in sentence.break_lines())
        figure = plot_tags(words, pieces, ids, tags, ["B-place", -100] * 20)
        assert len(sentence.break_lines()) > 1
        assert_apart_and_inside(figure.axes[0].texts, figure)

    def test_words_without_a_piece_are_drawn(self):
        figure = plot_tags(["a", "\u200b", "b", "c"], ["a", "b"], [0, 2], ["O"] * 4, [0, 0])
        assert [one.get_text() for one in figure.axes[0].texts if one.get_position()[1] == 0.76][1:] == [
            "a",
            "\u200b",
            "b",
            "c",
        ]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"tags": TAGS[1:]}, "expected tags for 7 words, one each, got 6"),
            ({"word_ids": IDS[1:]}, "expected word_ids for 12 pieces, one each, got 11"),
            ({"labels": [*LABELS, 0]}, "expected labels for 12 pieces, one each, got 13"),
            ({"word_ids": [*IDS[:-1], 7]}, "never fall, from 0 to 6"),
            ({"word_ids": [0, 2, 1, *[3] * 9]}, "never fall"),
            ({"pieces": [], "word_ids": [], "labels": []}, "expected words and pieces, got 7 and 0"),
        ],
    )
    def test_what_does_not_fit_is_named(self, change, message):
        given = {"words": WORDS, "pieces": PIECES, "word_ids": IDS, "tags": TAGS, "labels": LABELS}
        with pytest.raises(WorkshopError, match=message):
            plot_tags(**given | change)


class TestSpans:
    def test_the_frame_is_the_best_span_of_the_exercise(self):
        rng = np.random.default_rng(1)
        for longest in (1, 3, 50):
            starts, ends = rng.normal(size=(2, 40)).round(1)  # with ties
            figure = plot_spans(list(map(str, range(40))), starts, ends, longest)
            [frame] = [one for panel in figure.axes for one in panel.patches if not one.get_fill()]
            assert (round(frame.get_y() + 0.5), round(frame.get_x() + 0.5)) == best_span(starts, ends, longest)

    def test_it_shows_sums_where_there_are_spans_and_nothing_elsewhere(self):
        figure = plot_spans(["my", "boat", "was", "late"], [0.5, 3, -1, 1], [-1, 0, 1, 4], 3)
        panels = {one.get_xlabel() or one.get_ylabel(): one for one in figure.axes}
        [image] = next(one for one in figure.axes if one.images).images
        drawn = image.get_array().filled(np.nan)
        grey = [[0, 0, 0, 1], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]
        np.testing.assert_array_equal(np.isnan(drawn), np.array(grey, dtype=bool))
        np.testing.assert_array_equal(drawn[1, 1:], [3, 4, 7])
        np.testing.assert_array_equal([one.get_height() for one in panels["end\nlogit"].patches], [-1, 0, 1, 4])
        np.testing.assert_array_equal([one.get_width() for one in panels["start logit"].patches], [0.5, 3, -1, 1])
        told = alternative_text(figure)
        assert told.startswith("The best of 9 spans: “boat was late”, start 3.0, end 4.0, together 7.0. The span:")

    def test_two_best_ends_that_are_no_span_are_told(self):
        told = alternative_text(plot_spans(["a", "b", "c"], [0, 0, 5], [4, 0, 3], 3))
        assert "the best start is “c” and the best end “a”, which lies before it." in told
        told = alternative_text(plot_spans(["a", "b", "c"], [5, 0, 0], [0, 3, 4], 2))
        assert "the best start is “a” and the best end “c”, too far away." in told

    @pytest.mark.parametrize("best", [0, 45, 88])
    def test_of_a_long_passage_the_tokens_around_the_best_are_drawn(self, best):
        starts, ends = np.zeros(90), np.zeros(90)
        starts[best] = ends[best + 1] = 5
        tokens = [f"harbour{place}" for place in range(88)] + ["$x$", "_{"]
        figure = plot_spans(tokens, starts, ends, 8)
        panel = next(one for one in figure.axes if one.images)
        names = [one.get_text() for one in panel.get_yticklabels()]
        assert len(names) == WINDOW
        assert set(tokens[best : best + 2]) <= set(names)
        assert "18 of 90 tokens, around the best span" in panel.get_xlabel()
        assert_apart_and_inside(panel.get_yticklabels(), figure)
        assert to_png(figure)[:4] == b"\x89PNG"

    def test_a_long_best_span_is_drawn_whole(self):
        for begin, end in ((0, 29), (20, 49), (60, 89), (89, 89)):
            window = find_window(90, begin, end)
            assert 0 <= window.start <= begin <= end < window.stop <= 90
        assert find_window(5, 1, 2) == slice(0, 5)

    @pytest.mark.parametrize(
        ("starts", "ends", "longest", "message"),
        [
            ([1.0], [1.0, 2.0], 3, r"each of 2 tokens, got \(1,\) and \(2,\)"),
            ([[1.0, 2.0]], [[1.0, 2.0]], 3, "Of a batch take one row"),
            ([1.0, np.nan], [1.0, 2.0], 3, "expected finite logits"),
            ([1.0, 2.0], [1.0, 2.0], 0, "a longest of 1 or more"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, starts, ends, longest, message):
        with pytest.raises(WorkshopError, match=message):
            plot_spans(["a", "b"], starts, ends, longest)


def make_gaps(task, of, baseline, nothing, other, half=0.07):
    return [
        Row("07", "tuned", task, metric, value, value - half, value + half, 100, settings={"of": of, "other": name})
        for metric, value, name in (("over_baseline", baseline, other), ("over_nothing", nothing, "from nothing"))
    ]


GAINS = [
    *make_gaps("entities", "f1", -0.05, 0.45, "features of words"),
    *make_gaps("spans", "exact", 0.40, 0.55, "likest sentence"),
    *make_gaps("summaries", "rouge_l", 0.13, 0.30, "prompt, 2 examples"),
    *make_gaps("sentiment", "accuracy", 0.20, 0.25, "words and marks"),
    *make_gaps("pictures", "accuracy", -0.05, 0.40, "nearest picture"),
    *make_gaps("prices in words", "exact", 0.40, 0.50, "nearest price"),
]


class TestGains:
    def test_tasks_are_marked_where_both_lie_above_zero(self):
        figure = plot_gains([Row("07", "tuned", "entities", "f1", 0.6), *GAINS])
        labels = [one.get_text() for one in figure.axes[0].get_yticklabels()]
        assert labels[:2] == ["entities\nF1", "✔ spans\nshare right"]
        assert [label[0] == "✔" for label in labels] == [False, True, True, True, False, True]
        told = alternative_text(figure)
        assert told.startswith(
            "Tuning beats the best baseline and the same network from nothing in 4 of 6 tasks: spans,"
        )
        assert "entities, tuned minus features of words: -0.05 [-0.12, 0.02];" in told

    def test_points_lie_at_their_values_with_the_others_name(self):
        figure = plot_gains(GAINS)
        axes = figure.axes[0]
        assert [one.get_text() for one in axes.texts[:2]] == ["-0.05 (features of words)", "+0.45 (from nothing)"]
        drawn = [bar.lines[0].get_xdata()[0] for bar in axes.containers]
        assert drawn == [row.value for row in GAINS]
        assert axes.get_ylim()[0] > axes.get_ylim()[1], "tasks in the rows' order, from above"
        assert_apart_and_inside(axes.texts, figure)

    def test_an_interval_that_is_missing_or_touches_zero_marks_nothing(self):
        rows = [*make_gaps("spans", "exact", 0.5, 0.5, "x", half=0.5), Row("07", "tuned", "a", "over_nothing", 0.5)]
        told = alternative_text(plot_gains(rows))
        assert "in none of 2 tasks." in told
        assert "a, tuned minus the same network from nothing: 0.50." in told

    def test_the_learners_own_is_a_diamond_beside(self):
        figure = plot_gains(GAINS, own=[Row("07", "tuned", "spans", "over_nothing", 0.9), Row("07", "x", "y", "z", 1)])
        [mine] = [line for line in figure.axes[0].lines if line.get_color() == YOURS and len(line.get_xdata())]
        assert (list(mine.get_xdata()), list(mine.get_ydata())) == ([0.9], [1.2])
        assert "+0.55 (from nothing); yours +0.90" in [one.get_text() for one in figure.axes[0].texts]
        assert "yours, spans, minus the same network from nothing: 0.90" in alternative_text(figure)
        assert_apart_and_inside(figure.axes[0].texts, figure)

    def test_rows_without_a_gain_are_refused(self):
        with pytest.raises(WorkshopError, match="no row has the metric over_baseline or over_nothing"):
            plot_gains([Row("07", "tuned", "spans", "exact", 0.5)])
