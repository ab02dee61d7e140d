import json
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from workshop.errors import NotWritten, WorkshopError
from workshop.score.claims import CHOICES, STATEMENTS, find_statement
from workshop.score.learner import read_record, record_prediction
from workshop.widgets import explorer, output, predict, prediction, predictions, word_map
from workshop.widgets.controls import build_controls
from workshop.widgets.explorer import Explorer
from workshop.widgets.space import Plane, WordSpace

pytestmark = pytest.mark.usefixtures("in_memory")

ROYAL = ["man", "woman", "king", "queen", "boat", "<b>"]
VECTORS = np.array([[1, 0, 0.2], [0, 1, 0.2], [2, 0, 4], [0, 2, 4], [-1, -1, 0.1], [0, 0, 0]], dtype=np.float64)


@pytest.fixture
def space():
    return WordSpace(ROYAL, VECTORS)


def find(widget, kind):
    """Return the widgets of a class inside another, in order."""
    inside = [found for child in getattr(widget, "children", ()) for found in find(child, kind)]
    return ([widget] if type(widget).__name__ == kind else []) + inside


class TestPredictions:
    def test_a_click_is_kept_and_said(self):
        pytest.importorskip("ipywidgets")
        form = prediction.build_form([find_statement("C01")], {})
        (buttons,) = find(form, "ToggleButtons")
        assert (buttons.options, buttons.value) == (tuple(CHOICES), None)
        buttons.value = "does not hold"
        assert read_record().predictions == {"C01": "does not hold"}
        assert "Your prediction: <b>does not hold</b>. Lesson 01 measures it." in find(form, "HTML")[2].value
        assert "too uncertain to decide" in find(form, "HTML")[0].value, "what “can't tell” means as an answer"

    def test_the_form_of_lesson_00_says_what_each_claim_means(self):
        assert [name for name in (*prediction.CORE, "C01", "C21") if not find_statement(name).meaning] == []
        still = prediction._still([find_statement("C02")], {})
        assert all("its dimensions are how many numbers" in text for text in still.values())

    def test_the_kept_choice_is_shown_again(self):
        pytest.importorskip("ipywidgets")
        record_prediction("C06", "holds within limits")
        statements = [find_statement("C06"), find_statement("C08")]
        form = prediction.build_form(statements, read_record().predictions)
        assert [buttons.value for buttons in find(form, "ToggleButtons")] == ["holds within limits", None]
        assert "1 of 2 predictions made" in find(form, "HTML")[-1].value
        find(form, "ToggleButtons")[1].value = "holds"
        assert "2 of 2 predictions made" in find(form, "HTML")[-1].value

    def test_a_choice_that_no_longer_exists_does_no_harm(self):
        pytest.importorskip("ipywidgets")
        form = prediction.build_form([find_statement("C06")], {"C06": "perhaps"})
        assert find(form, "ToggleButtons")[0].value is None

    def test_without_buttons_an_answer_is_given_in_the_call(self, capsys):
        predict("C01")
        assert 'predict("C01", "holds")' in capsys.readouterr().out
        predict("C01", "holds")
        assert read_record().predictions == {"C01": "holds"}
        predict("C01")
        assert "Your prediction: holds." in capsys.readouterr().out

    def test_the_form_of_lesson_00_has_six(self, capsys):
        predictions()
        said = capsys.readouterr().out
        assert [claim_id for claim_id in STATEMENTS if claim_id in said] == list(prediction.CORE)
        assert len(prediction.CORE) == 6

    @pytest.mark.parametrize(
        ("arguments", "part"), [(("C1",), "unknown claim 'C1'"), (("C01", "yes"), "unknown prediction 'yes'.*holds")]
    )
    def test_unknown_names_are_answered_with_the_known(self, arguments, part):
        with pytest.raises(WorkshopError, match=part):
            predict(*arguments)
        assert read_record().predictions == {}


class TestSpace:
    def test_neighbours_and_cosines_agree_with_the_formula(self, space):
        assert space.nearest("king", 2) == ["queen", "man"]
        expected = (VECTORS[2] @ VECTORS[3]) / (np.linalg.norm(VECTORS[2]) * np.linalg.norm(VECTORS[3]))
        assert space.cosines("king")[3] == pytest.approx(expected, abs=1e-6)
        assert not np.isnan(space.cosines("<b>")).any()

    def test_an_analogy_with_and_without_the_given_words(self, space):
        outside, anyone = space.analogy("man", "king", "woman")
        assert outside[0] == "queen"
        assert anyone[1] >= outside[1]

    def test_the_plane_agrees_with_scikit_learn(self):
        sklearn = pytest.importorskip("sklearn.decomposition")
        words = [f"w{number}" for number in range(40)]
        wide = WordSpace(words, np.random.default_rng(0).normal(size=(40, 9)))
        plane, reference = Plane(wide, words), sklearn.PCA(2).fit(wide.vectors)
        np.testing.assert_allclose(np.abs(plane.place(words)), np.abs(reference.transform(wide.vectors)), atol=1e-5)
        assert plane.share == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-6)

    def test_upper_case_is_understood_and_near_words_are_offered(self, space):
        assert space.find(" King ") == "king"
        with pytest.raises(WorkshopError, match=r"'quen' is not among the 6 words. Near: queen"):
            space.find("quen")

    @pytest.mark.parametrize("shape", [(5, 3), (6,), (6, 1)])
    def test_vectors_that_do_not_fit_are_refused(self, shape):
        with pytest.raises(WorkshopError, match=r"shape \(6, D\)"):
            WordSpace(ROYAL, np.ones(shape))

    def test_words_without_any_vector_are_refused(self):
        with pytest.raises(WorkshopError, match="0 words"):
            WordSpace([], np.ones((0, 3)))


class TestWordMap:
    def test_the_picture_is_sound_and_escaped(self, space):
        one = Explorer(space, k=3)
        one.pick("king")
        one.ask("man", "king", "woman")
        still = one.still()
        root = ElementTree.fromstring(still["image/svg+xml"])
        titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
        assert sorted(title.split(":")[0] for title in titles) == sorted(ROYAL)
        assert any(title.startswith("queen: cosine 0.8") for title in titles)
        assert root.get("aria-label") == still["text/plain"]
        assert "Closest to king, by cosine: queen 0.8" in still["text/plain"]
        assert "king − man + woman; → queen" in still["text/plain"]

    def test_a_word_outside_the_map_is_added_to_it(self, space):
        one = Explorer(space, ["man", "woman", "king"], k=1)
        one.pick("boat")
        assert "boat" in one.scene().words
        assert one.shown == ["man", "woman", "king"]

    @pytest.mark.parametrize("words", [["man"], ["man", "man", "woman"]])
    def test_too_few_words_make_no_map(self, space, words):
        with pytest.raises(WorkshopError, match="at least 3 words"):
            Explorer(space, words)

    def test_equal_vectors_can_be_drawn(self):
        one = Explorer(WordSpace(["a", "b", "c"], np.ones((3, 4))))
        one.pick("a")
        assert "nan" not in one.still()["image/svg+xml"]

    def test_learners_functions_get_the_vectors_as_they_came(self, space):
        seen = []

        def nearest(word, words, vectors, k):
            seen.append((word, words, vectors.copy(), k))
            return ["boat"]

        one = Explorer(space, nearest=nearest, analogy=lambda a, b, c, words, vectors: "boat", k=2)
        one.pick("king")
        one.ask("man", "king", "woman")
        ((word, words, vectors, k),) = seen
        assert (word, words, k) == ("king", ROYAL, 2)
        np.testing.assert_array_equal(vectors, VECTORS)
        assert [near for near, _ in one.neighbours] == ["boat"]
        assert one.lines[1] == "→ boat (your function)"
        assert "closest to king (yours)" in one.still()["image/svg+xml"]
        assert one.problems == []

    @pytest.mark.parametrize(
        ("wrong", "part"),
        [
            (lambda *_: 1 / 0, "your nearest raised ZeroDivisionError: division by zero"),
            (lambda *_: None, "your nearest returned None"),
            (lambda *_: "queen", "list of known words"),
            (lambda *_: ["zebra"], "list of known words"),
            (lambda *_: [3], "list of known words"),
            (lambda *_: 7, "list of known words"),
            (lambda word, words, vectors, k: vectors.sort(), "read-only"),
            (lambda word, words, vectors, k: words.clear(), "returned None"),
        ],
        ids=["raises", "none", "text", "unknown", "number", "scalar", "writes", "clears"],
    )
    def test_what_goes_wrong_in_a_learners_function_is_one_line(self, space, wrong, part):
        one = Explorer(space, nearest=wrong, k=2)
        one.pick("king")
        assert [near for near, _ in one.neighbours] == ["queen", "man"]
        assert len(one.problems) == 1
        assert part in one.problems[0]
        assert "\n" not in one.problems[0]
        assert one.problems[0].endswith("the workshop's is shown.")

    def test_a_stub_is_named_as_such(self, space):
        def stub(*arguments):
            raise NotWritten("Exercise 1.7")

        one = Explorer(space, analogy=stub)
        one.ask("man", "king", "woman")
        assert one.problems == ["your analogy isn't written yet; the workshop's is shown."]
        assert one.links == [("man", "king"), ("woman", "queen")]

    def test_three_words_that_are_all_in_the_question_are_said(self, capsys):
        words = ["man", "king", "woman"]
        one = Explorer(WordSpace(words, VECTORS[[0, 2, 1]]), analogy=lambda *_: "man")
        one.ask(*words)
        assert (one.lines, one.links) == ([], [])
        assert one.problems == [
            "man, king and woman are all the words there are, so none is left to answer with. Pass more words."
        ]
        word_map(words, VECTORS[[0, 2, 1]], question=tuple(words))
        assert "none is left to answer with" in capsys.readouterr().out

    def test_an_analogy_that_is_no_word(self, space):
        one = Explorer(space, analogy=lambda *_: ["queen"])
        one.ask("man", "king", "woman")
        assert "one known word" in one.problems[0]

    def test_controls_change_the_picture(self, space):
        pytest.importorskip("ipywidgets")
        one = Explorer(space, k=2)
        one.pick("king")
        widget = build_controls(one)
        (word,), (count,), (button,) = (find(widget, kind) for kind in ("Combobox", "BoundedIntText", "Button"))
        message, picture = find(widget, "HTML")
        word.value = "woman"
        assert "closest to woman" in picture.value
        count.value = 1
        assert len(one.neighbours) == 1
        word.value = "<i>wman"
        assert "&lt;i&gt;wman" in message.value
        assert "closest to woman" in picture.value
        for text, given in zip(find(widget, "Text"), ("man", "king", "woman"), strict=True):
            text.value = given
        assert "→ queen" in picture.value
        assert "⚠" not in message.value
        button.click()
        assert one.links == [("man", "king"), ("woman", "queen")]

    def test_a_half_filled_analogy_waits(self, space):
        pytest.importorskip("ipywidgets")
        one = Explorer(space)
        widget = build_controls(one)
        find(widget, "Text")[0].value = "man"
        find(widget, "Button")[0].click()
        assert (one.lines, one.problems) == ([], [])

    def test_outside_notebooks_the_map_is_told_in_words(self, capsys):
        word_map(ROYAL, VECTORS, start="king", question=("man", "king", "woman"), k=2)
        said = capsys.readouterr()
        assert said.out.startswith("Word map of 6 words. Closest to king")
        assert said.err == ""

    def test_a_wrong_start_is_an_error(self):
        with pytest.raises(WorkshopError, match="'ferry' is not among"):
            word_map(ROYAL, VECTORS, start="ferry")


@pytest.fixture
def displayed(monkeypatch):
    """Collect what would be displayed in a notebook."""
    shown = []
    ipython = pytest.importorskip("IPython.display")
    monkeypatch.setattr(ipython, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(output, "in_notebook", lambda: True)
    monkeypatch.setattr("workshop.score.output.in_notebook", lambda: True)
    return shown


class TestOutput:
    def test_one_output_holds_widget_and_picture(self, displayed):
        pytest.importorskip("ipywidgets")
        word_map(ROYAL, VECTORS)
        predict("C01")
        assert [set(data) for data in displayed] == [
            {output.WIDGET_TYPE, "image/svg+xml", "text/plain"},
            {output.WIDGET_TYPE, "text/html", "text/plain"},
        ]
        assert displayed[0][output.WIDGET_TYPE]["model_id"]

    def test_still_leaves_the_widget_out(self, displayed):
        word_map(ROYAL, VECTORS, still=True)
        assert set(displayed[0]) == {"image/svg+xml", "text/plain"}

    def test_colab_gets_nothing_that_it_could_prefer(self, displayed, monkeypatch):
        pytest.importorskip("ipywidgets")
        monkeypatch.setitem(sys.modules, "google.colab", object())
        word_map(ROYAL, VECTORS)
        assert set(displayed[0]) == {output.WIDGET_TYPE, "text/plain"}

    def test_without_ipywidgets_the_still_form_is_shown(self, displayed, monkeypatch):
        monkeypatch.setattr(output.importlib.util, "find_spec", lambda name: None)
        word_map(ROYAL, VECTORS)
        predictions("C01", "C02")
        assert [set(data) for data in displayed] == [{"image/svg+xml", "text/plain"}, {"text/html", "text/plain"}]


@pytest.mark.slow
def test_a_real_kernel_makes_an_output_that_nbconvert_shows_as_a_picture(tmp_path, monkeypatch):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    nbconvert = pytest.importorskip("nbconvert")
    pytest.importorskip("ipykernel")
    code = (
        "import numpy as np\nfrom workshop.widgets import word_map, predict\n"
        f"word_map({ROYAL!r}, np.array({VECTORS.tolist()!r}), start='king')\npredict('C01')"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    outputs = notebook.cells[0].outputs
    assert [one.output_type for one in outputs] == ["display_data", "display_data"]
    order = ["image/svg+xml", "text/html", "text/plain"]
    page, _ = nbconvert.HTMLExporter(config={"NbConvertBase": {"display_priority": order}}).from_notebook_node(notebook)
    assert "Closest to king, by cosine" in page
    assert "Word vectors that are trained from nothing" in page
    assert json.dumps(outputs[0].data["text/plain"])


def test_the_module_of_the_map_keeps_no_state():
    assert not [name for name, value in vars(explorer).items() if isinstance(value, list | dict) and name[0] != "_"]
