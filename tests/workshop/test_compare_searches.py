"""Five ways to search compared on a folder of one's own: the right rows for Skerryline's, and a thousand documents."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bm25s")
pytest.importorskip("sentence_transformers")

from benchmarks import searches
from benchmarks.searches import METHODS, compare_searches, find_title
from workshop.data import Document, cut_document, load_faq, load_handbook
from workshop.errors import WorkshopError
from workshop.search import StemSearch, encode_with_tokens, fuse_scores, top_k
from workshop.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS, ASKED = 1_000, 25
MOST_MEGABYTES = 1_500
# Runs a script with its arguments; where the system tells, its own peak of memory is printed last, in kB. VmHWM begins
# anew with the program that is started; ru_maxrss would be the starting test process' where that is larger.
WITH_PEAK = """
import pathlib, runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
if sys.platform == "linux":
    print(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


class Letters:
    """An encoder whose tokens are letters: enough to tell the steps, none of MiniLM's seconds."""

    def encode(self, texts, **_):
        import torch

        states = []
        for text in texts:
            tokens = torch.eye(128)[[min(ord(letter), 127) for letter in text[:200] + "."]]
            mask = torch.ones(len(tokens), dtype=torch.int64)
            states.append({"token_embeddings": tokens, "attention_mask": mask, "sentence_embedding": tokens.mean(0)})
        return states


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with twelve of Skerryline's pages and the questions that they answer, as somebody brings them."""
    pages = load_handbook()[:12]
    names = {page.name for page in pages}
    (tmp_path / "handbook").mkdir()
    for page in pages:
        (tmp_path / "handbook" / f"{page.name}.md").write_text(page.text, encoding="utf-8")
    asked = [one for one in load_faq() if one.document in names]
    lines = [f'"{one.question}",{one.document}.md' for one in asked] + ['"Who designed the logo?",']
    (tmp_path / "faq.csv").write_text("\n".join(["question,document", *lines]), encoding="utf-8")
    monkeypatch.setattr(searches, "load_encoder", lambda _: Letters())
    return tmp_path


def test_each_methods_row_is_what_its_parts_find(folder):
    settings = Settings(data=folder)
    rows = {row.method: row for row in compare_searches(settings, k=3)}
    assert list(rows) == list(METHODS)
    asked = [one for one in load_faq(settings) if one.document]
    pages = load_handbook(settings)
    cut = [(page.name, f"{find_title(page)}\n{one.text}") for page in pages for one in cut_document(page, tokens=200)]
    owners, texts = zip(*cut, strict=True)
    questions = [one.question for one in asked]
    words = StemSearch(texts).score(questions)
    vectors = [
        np.array([one["sentence_embedding"].numpy() for one in Letters().encode(some)]) for some in (questions, texts)
    ]
    ids, near = top_k(*vectors, len(texts))
    near = np.take_along_axis(near, np.argsort(ids, axis=1), axis=1)
    for method, scores in (("BM25 on stems", words), ("MiniLM", near), ("both, by z-scores", fuse_scores(words, near))):
        best = [{name: max(row[owners.index(name) :][: owners.count(name)]) for name in owners} for row in scores]
        ranks = [
            1 + sum(other > found[one.document] for other in found.values())
            for one, found in zip(asked, best, strict=True)
        ]
        assert rows[method].hit_rate == pytest.approx(np.mean([rank <= 3 for rank in ranks]), abs=1 / len(asked))
        assert rows[method].mrr == pytest.approx(np.mean([1 / rank for rank in ranks]), abs=0.01)


def test_each_method_pays_for_its_steps(folder, monkeypatch):
    steps = np.array([[1.0, 10.0], [2, 20], [4, 40], [8, 80], [16, 160]])
    names = [page.name for page in load_handbook(Settings(data=folder))]
    monkeypatch.setattr(searches.Searches, "rank", lambda self, _: ([names] * 5, steps))
    rows = compare_searches(Settings(data=folder))
    assert [row.milliseconds for row in rows] == pytest.approx([1000, 2000, 7000, 11000, 27000])
    assert [row.cpu for row in rows] == pytest.approx([10_000, 20_000, 70_000, 110_000, 270_000])


def test_every_document_has_a_rank_with_each_method(folder):
    found = searches.Searches(Settings(data=folder))
    rankings, spent = found.rank("Who may come aboard with a dog?")
    everything = sorted(set(found.documents))
    assert [sorted(one) for one in (*rankings[:2], *rankings[3:])] == [everything] * 4
    assert set(rankings[2]) <= set(everything)
    assert spent.shape == (5, 2)
    assert (spent[:, 0] > 0).all()
    rankings, _ = found.rank("?!")
    assert rankings[1] == rankings[3], "a question without a word is searched by vectors alone"
    assert rankings[2] == rankings[1][: len(rankings[2])]


def test_late_interaction_orders_the_first_anew_and_leaves_the_rest(folder, monkeypatch):
    monkeypatch.setattr(searches, "RERANKED", 6)
    found, question = searches.Searches(Settings(data=folder)), "Who may come aboard with a dog?"
    vectors, (query,) = encode_with_tokens(found.encoder, [question])
    fused = fuse_scores(found.words.score([question])[0], found.vectors @ vectors[0])
    before = np.argsort(-fused, kind="stable")
    late = [np.mean([max(float(one @ other) for other in found.tokens[row]) for one in query]) for row in before[:6]]
    again = before[:6][np.argsort(-fuse_scores(fused[before[:6]], np.array(late)), kind="stable")]
    assert again.tolist() != before[:6].tolist()
    owners = [found.documents[row] for row in (*again, *before[6:])]
    assert found.rank(question)[0][4] == list(dict.fromkeys(owners))


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (Document("leave/days-of-leave", "\n## Days off\nNine."), "Days off"),
        (Document("leave/days-of-leave", "Nine.\n# Later"), "days of leave"),
        (Document("snake_case", "#\nNine."), "snake case"),
    ],
)
def test_a_title_is_the_heading_or_the_name(page, title):
    assert find_title(page) == title


def test_a_faq_that_names_no_document_is_refused(folder):
    (folder / "faq.csv").write_text("question,document\nWho?,\n")
    with pytest.raises(WorkshopError, match=r"no question names a document: .* Name in faq\.csv"):
        compare_searches(Settings(data=folder))
    with pytest.raises(WorkshopError, match=r"k of 1 or more, got 0\."):
        compare_searches(Settings(), k=0)


def write_thousand(folder):
    """Write a thousand documents, each on one place and one made-up word, and questions on a few of them."""
    rng = np.random.default_rng(4)
    sounds = ["ba", "do", "ki", "lu", "me", "ro", "sa", "ti", "vo", "zu"]
    names = ["".join(sounds[int(digit)] for digit in f"{number:04d}") for number in range(DOCUMENTS)]
    common = ["ticket", "boat", "harbour", "morning", "crew", "refund", "island", "weather", "cabin", "rope"]
    (folder / "handbook").mkdir()
    for name in names:
        rest = " ".join(rng.choice(common, 30))
        (folder / "handbook" / f"{name}.txt").write_text(f"Passengers landing at {name} are refunded. {rest}.")
    rows = [f"Who refunds a passenger that lands at {name}?,{name}" for name in rng.choice(names, ASKED, replace=False)]
    (folder / "faq.csv").write_text("\n".join(["question,document", *rows]))


@pytest.mark.slow
def test_a_thousand_documents_by_the_command_that_the_page_names(tmp_path):
    command = "python benchmarks/searches.py --data my-texts"
    assert command in (ROOT / "docs" / "bring_your_own.md").read_text(encoding="utf-8")
    write_thousand(tmp_path)
    arguments = [str(tmp_path) if part == "my-texts" else part for part in command.split()[1:]]
    run = subprocess.run(
        [sys.executable, "-c", WITH_PEAK, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = re.findall(r"^(.*?) {2,}([01]\.\d{3}) +([01]\.\d{3}) +([\d.]+) +([\d.]+)$", run.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == list(METHODS)
    assert float(rows[0][1]) == float(rows[0][2]) == 1, "each made-up word is in one document"
    assert all(float(row[1]) > 0.9 for row in rows[3:])
    assert all(float(row[4]) > 0 for row in rows)
    if sys.platform == "linux":
        assert int(run.stdout.split()[-1]) / 1e3 < MOST_MEGABYTES


def test_what_is_wrong_with_a_folder_is_one_line(tmp_path):
    run = subprocess.run(
        [sys.executable, "benchmarks/searches.py", "--data", str(tmp_path / "nowhere")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.startswith("searches: ")
    assert run.stderr.count("\n") == 1
