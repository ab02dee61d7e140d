"""Pictures of words: the title follows the data, everything can be read, nothing is without words."""

import numpy as np
import pytest

from workshop.checks.registry import find_exercise
from workshop.errors import WorkshopError
from workshop.plots import ideas, spaces, style, words
from workshop.score.results import Row
from workshop.vectors import Association, find_test

pytest.importorskip("matplotlib")


def agreement_rows(skipgram=0.5):
    values = {"random": 0.02, "ppmi_svd": 0.45, "cbow": 0.1, "skipgram": skipgram}
    return [Row("01", method, "wordsim353", "spearman", v, v - 0.1, v + 0.1, 238) for method, v in values.items()]


def sweep_rows(best=50):
    return [
        Row("01", "skipgram", "sweep", "spearman", v, v - 0.05, v + 0.05, 300, settings={"dimensions": d, "share": s})
        for s in (0.05, 1.0)
        for d in (10, 50, 200)
        for v in [0.1 + 0.3 * s + 0.1 * (d == (best if s == 1 else 10))]
    ]


def analogy_rows():
    return [
        Row("01", "minilm_tokens", f"analogy {name}", f"share_{kind}", value, value / 2, min(1, value * 1.5 + 0.01), n)
        for name, n, both in (("family", 100, (0.8, 0.0)), ("currency", 300, (0.4, 0.02)))
        for kind, value in zip(("excluded", "third_alone"), both, strict=True)
    ]


def association(p=0.0001):
    chance = np.random.default_rng(0).normal(size=1000)
    return Association(1.2, p, 4.0 if p < 0.05 else 0.5, chance)


def small_map():
    vectors = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0.1, 0.9, 0], [0, 0, 1]])
    return words_of_map, vectors, {"sky": ["sun", "moon"], "sea": ["wave", "tide"]}


words_of_map = ["sun", "moon", "wave", "tide", "rope"]
CHANCE = np.random.default_rng(0)
RATINGS = CHANCE.uniform(0, 10, 40)


def every_picture():
    return {
        "agreement": words.plot_agreement(agreement_rows(), {"skipgram": 0.55}),
        "sizes": words.plot_sizes(sweep_rows()),
        "analogies": spaces.plot_analogies(analogy_rows()),
        "association": spaces.plot_association(association(), find_test("flowers")),
        "map": spaces.plot_word_map(*small_map()),
        "published": words.plot_agreement(agreement_rows(), {}, published_rows()),
        "window": ideas.plot_window(SENTENCE, 2, [0, 2]),
        "step": ideas.plot_step(*STEP),
        "table": ideas.plot_table([[0, 2], [2, 0.5]], ["late", "ferry"], ["late", "ferry"], "how often they meet"),
        "bridge": ideas.plot_bridge(RATINGS, RATINGS / 2 + 1),
    }


SENTENCE = ["the", "late", "ferry", "waits"]
# A centre at right angles to its neighbour and to a negative, and one step of rate 1, as lesson 01 draws it.
STEP = ((1, 0), (0, 1), (0, -1)), ((1, 1), (0.5, 1), (-0.5, -1))


def published_rows():
    return [Row("01", "people, two raters", "wordsim353", "spearman", 0.61, source="published")]


@pytest.fixture(scope="module")
def pictures():
    return every_picture()


DRAWN = ["agreement", "sizes", "analogies", "association", "map"]
DRAWN += ["published", "window", "step", "table", "bridge"]


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_can_be_read(pictures, name):
    figure = pictures[name]
    png = style.to_png(figure)
    assert png.startswith(b"\x89PNG")
    axes = figure.axes[0]
    legend = axes.get_legend()
    texts = [*axes.texts, axes.title, axes.xaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()]
    texts += [] if legend is None else [*legend.get_texts(), legend.get_title()]
    said = [text for text in texts if text.get_text()]
    assert min(text.get_fontsize() for text in said) >= style.SMALLEST_FONT
    assert axes.get_title(loc="left")
    assert axes.get_xlabel() or name == "window"
    assert len(style.alternative_text(figure)) > 40
    frame = figure.bbox
    boxes = [text.get_window_extent() for text in (*axes.texts, axes.title, axes._left_title, axes.xaxis.label)]
    assert all(box.x0 >= -1 and box.x1 <= frame.x1 + 1 and box.y0 >= -1 and box.y1 <= frame.y1 + 1 for box in boxes)


def title(figure):
    return figure.axes[0].get_title(loc="left").replace("\n", " ")


def test_titles_follow_the_data():
    assert "to skip-gram 0.50: 4 methods" in title(words.plot_agreement(agreement_rows()))
    assert "to PPMI + SVD 0.45" in title(words.plot_agreement(agreement_rows(skipgram=0.1)))
    assert "5 % of the text gives 0.22 and 100 % gives 0.50" in title(words.plot_sizes(sweep_rows(best=200)))
    assert "adds most for family (0 % → 80 %) and least for currency (2 % → 40 %)" in title(
        spaces.plot_analogies(analogy_rows())
    )
    assert "10 in all" in title(ideas.plot_window(SENTENCE, 2))
    assert "(cosine 0.00 → 0.95) and away from the random word's (0.00 → -0.95)" in title(ideas.plot_step(*STEP))
    table = ideas.plot_table([[0, 2], [3, 0.5]], ["late", "ferry"], ["boat", "sea"], "how often they meet")
    assert title(table) == "How often they meet: most for ferry and boat (3.0)."
    assert "over 40 pairs of words their correlation is -1.00" in title(ideas.plot_bridge(RATINGS, -RATINGS))
    assert "a lean towards “pleasant” that chance rarely gives (0 of 1,000" in title(
        spaces.plot_association(association(), find_test("flowers"))
    )
    assert "no lean towards “pleasant” that can be told from chance" in title(
        spaces.plot_association(association(0.3), find_test("flowers"))
    )
    assert "4 of 4 words" in title(spaces.plot_word_map(*small_map()))


def test_the_step_that_is_drawn_is_the_step_that_learners_take():
    step = find_exercise("1.3").reference
    (center, context, negative), after = STEP
    new = step(np.array(center, float), np.array(context, float), np.array([negative], float), 1.0)
    assert [new[0].tolist(), new[1].tolist(), new[2][0].tolist()] == [list(one) for one in after]


def test_published_figures_stand_in_the_legend_and_in_words():
    figure = words.plot_agreement(agreement_rows(), {}, published_rows())
    assert "people, two raters: 0.61" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "Published: people, two raters 0.61." in style.alternative_text(figure)


def test_own_run_is_marked_only_where_there_is_one():
    def labels(figure):
        return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]

    assert "your run" in labels(words.plot_agreement(agreement_rows(), {"cbow": 0.2}))
    assert "your run" not in labels(words.plot_agreement(agreement_rows()))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: words.plot_agreement([]), "no rows of agreement"),
        (lambda: words.plot_sizes([]), "no rows of the sweep"),
        (lambda: words.plot_sizes(agreement_rows()), "expected rows with share and dimensions"),
        (lambda: spaces.plot_analogies(agreement_rows()), "no rows of analogies"),
        (lambda: spaces.plot_word_map(["a", "b"], np.eye(2), {"x": ["a", "b", "c"]}), "without a vector: c"),
        (lambda: ideas.plot_window(SENTENCE, 2, [4]), "places from 0 to 3"),
        (lambda: ideas.plot_step(((1, 0),), ((1, 0),)), "three vectors of 2 numbers"),
        (lambda: ideas.plot_table([[1]], ["a"], ["b", "c"], "x"), "a table of 1 rows and 2 columns"),
        (lambda: ideas.plot_bridge([1, np.inf, 2], [1, 2, 3]), "pairs that met"),
    ],
)
def test_what_can_not_be_drawn_is_said(draw, message):
    with pytest.raises(WorkshopError, match=message):
        draw()


def test_shown_pictures_carry_their_words(pictures, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    style.show(pictures["agreement"])
    style.show(pictures["agreement"], alt='bars "and" <more>')
    assert shown[0]["text/plain"] == style.alternative_text(pictures["agreement"])
    assert 'alt="bars &quot;and&quot; &lt;more&gt;" src="data:image/png;base64,' in shown[1]["text/html"]


def test_a_picture_without_words_is_refused():
    with style.new_picture() as (figure, _):
        pass
    with pytest.raises(WorkshopError, match="no alternative text"):
        style.show(figure)


def test_style_leaves_no_trace():
    import matplotlib

    before = dict(matplotlib.rcParams)
    words.plot_agreement(agreement_rows())
    assert dict(matplotlib.rcParams) == before


def test_colours_stay_apart_for_those_who_see_no_red_or_green():
    def linear(code):
        channels = np.array([int(code[start : start + 2], 16) for start in (1, 3, 5)]) / 255
        return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)

    # Viénot, Brettel and Mollon 1999: what is left of linear RGB without the long or the middle cones.
    blind = {
        "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    }
    for matrix in blind.values():
        seen = [np.array(matrix) @ linear(code) for code in style.SERIES]
        gaps = [np.linalg.norm(a - b) for row, a in enumerate(seen) for b in seen[:row]]
        assert min(gaps) > 0.05


def test_every_line_of_the_sweep_is_drawn_apart_and_every_size_has_a_tick():
    shares, sizes = [number / 10 for number in range(1, 10)], (10, 50, 200)
    rows = [
        Row("01", "skipgram", "sweep", "spearman", 0.1, 0, 0.2, 300, settings={"dimensions": d, "share": s})
        for s in shares
        for d in (sizes if s < 0.9 else (10, 100))
    ]
    axes = words.plot_sizes(rows).axes[0]
    lines = axes.get_lines()
    assert len(lines) == 9
    assert len({(line.get_color(), line.get_marker(), line.get_linestyle()) for line in lines}) == 9
    assert [label.get_text() for label in axes.get_xticklabels()] == ["10", "50", "100", "200"]
