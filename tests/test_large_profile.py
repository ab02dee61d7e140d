"""Cells of lessons 04 to 08 run under `large`, and on own texts: another model, its own adapters, no band."""

import sys

import pytest

pytest.importorskip("peft")

import torch

from backstage.lessons.notebooks import make_solved
from tests.workshop.tiny_models import make_bert, make_llama
from workshop import check, models
from workshop.models import heads, load_encoder, open_language_model
from workshop.settings import Settings
from workshop.tune import Recipe, lora, train_adapter

TUNED, RETRIEVED, COMPARED = "04_prompt_or_lora", "05_retrieval_bot", "06_tune_or_retrieve"
SEVERAL, ELSEWHERE = "07_many_tasks", "08_other_stacks"
CHAT = [{"role": "user", "content": "Ahoy?"}, {"role": "assistant", "content": "Ahoy."}]
SPARED = {"seconds=20": "seconds=0.2", "max_new_tokens=": "max_new_tokens=2 + 0 * "}
# fit's steps, of lesson 07.
STEPS = {"steps=": "steps=2 + 0 * "}


@pytest.fixture
def stand_ins(tmp_path, monkeypatch):
    """Put a tiny model and a tiny encoder where the hub's are loaded, with adapters trained beside that model."""
    plain = Settings(device="cpu", dtype="float32")
    folder = make_llama(tmp_path / "llama", context=16_384)
    tokenizer, model = open_language_model(folder, plain)
    for name in ("json", "voice", "facts", "reader"):
        train_adapter(tokenizer, model, [CHAT], Recipe(rank=2, epochs=1), tmp_path / "adapters" / name)
    asked = []

    def load(settings):
        asked.append(settings.language_model)
        return open_language_model(folder, plain)

    monkeypatch.setattr(lora, "ADAPTERS", tmp_path / "adapters")
    monkeypatch.setattr(models, "load_language_model", load)
    monkeypatch.setenv("WORKSHOP_PROFILE", "large")
    monkeypatch.setenv("WORKSHOP_RESULTS", str(tmp_path / "results"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "tickets.csv").write_text("text,label\nLate,delay\nA dog?,question\n", encoding="utf-8")
    monkeypatch.setenv("WORKSHOP_DATA", str(own))
    return asked


def run_lesson(stem, monkeypatch, spared=SPARED):
    """Run all code of a solved lesson; return its names, and the bands that it was held to."""
    bands = []
    monkeypatch.setattr(type(check), "band", lambda *said: bands.append(said))
    lesson = {"__name__": "__main__"}
    monkeypatch.setitem(sys.modules, "__main__", type(sys)("__main__"))
    codes = ["".join(cell["source"]) for cell in make_solved(stem)["cells"] if cell["cell_type"] == "code"]
    assert len(codes) > 40
    for code in codes:
        for long, short in spared.items():
            code = code.replace(long, short)
        exec(compile(code, f"a cell of {stem}", "exec"), lesson)
    return lesson, bands


@pytest.mark.slow
def test_lesson_04_runs_under_large_without_a_band(stand_ins, monkeypatch, capsys):
    monkeypatch.setattr(models, "load_encoder", lambda settings: torch.nn.Sequential(torch.nn.Linear(64, 32)))
    lesson, bands = run_lesson(TUNED, monkeypatch)
    said = capsys.readouterr().out
    assert stand_ins == ["qwen3-0.6b"]
    assert (lesson["settings"].profile, lesson["settings"].data.name) == ("large", "own")
    assert bands == []
    assert "off and unloaded write the same: True" in said
    assert said.count(": passed (") == 10


PAGES = {
    "leave": "# Leave\n\nEvery colleague has 29 days of leave a year. Ask the office by May.",
    "pets": "# Pets\n\nA dog costs 4 euros each way. Dogs stay on deck two.",
    "parking": "# Parking\n\nPark in lot C. A week costs 30 euros. The gate closes at 22:00.",
}
FAQ = """question,document,answer
How many days of leave do I have?,leave,29 days
What does a dog cost?,pets,4 euros
Where do dogs stay?,pets,
Where do I park?,parking,lot C
Is there a pool?,,
"""


@pytest.fixture
def own_handbook(stand_ins, tmp_path, monkeypatch):
    """Put three pages and five questions into the own folder; the encoder is the small profile's."""
    encoder = load_encoder(Settings(device="cpu"))
    monkeypatch.setattr(models, "load_encoder", lambda settings: encoder)
    write_pages(tmp_path / "own" / "handbook", PAGES)
    (tmp_path / "own" / "faq.csv").write_text(FAQ, encoding="utf-8")
    return tmp_path / "own"


def write_pages(folder, pages):
    """Write pages as Markdown files."""
    folder.mkdir()
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("own_handbook")
def test_lesson_05_answers_from_an_own_handbook(monkeypatch, capsys):
    lesson, bands = run_lesson(RETRIEVED, monkeypatch)
    said = capsys.readouterr().out
    assert (lesson["settings"].profile, bands) == ("large", [])
    assert {one.document for one in lesson["passages"]} == set(PAGES)
    assert "3 pages, " in said
    assert "source: " in said
    assert said.count(": passed (") == 8


NEWER = {"pets": "# Pets\n\nA dog costs 6 euros each way. Dogs stay on deck two."}
LINES = {"known facts", "unseen facts", "changed facts", "format", "judgement", "old skills", "abstaining"}


@pytest.mark.slow
def test_lesson_06_asks_an_own_handbook_and_draws_it_beside_the_grid(own_handbook, monkeypatch, capsys):
    write_pages(own_handbook / "handbook_v2", NEWER)
    monkeypatch.chdir(own_handbook.parent)  # the sheet and the scoreboard are written beside the notebook
    lesson, bands = run_lesson(COMPARED, monkeypatch)
    said = capsys.readouterr().out
    assert (lesson["settings"].profile, bands) == ("large", [])
    first, second = ({one.document: one.text for one in lesson[name].passages} for name in ("first", "second"))
    assert first.keys() == second.keys() == set(PAGES)
    assert [name for name in PAGES if first[name] != second[name]] == ["pets"]
    answered = {"How many days of leave do I have?", "What does a dog cost?", "Where do I park?"}
    assert {one.question for one in lesson["unseen"]} == answered
    assert lesson["silent"] == ["Is there a pool?"]
    assert {row.task for row in lesson["mine"]} == LINES
    assert {row.method for row in lesson["mine"]} == {"both"}
    assert said.count(": passed (") == 5
    assert {path.name for path in own_handbook.parent.glob("*.*")} == {
        *("scoreboard.csv", "scoreboard.png", "tune_or_retrieve.html"),
    }


@pytest.mark.slow
def test_lesson_07_points_at_answers_in_an_own_handbook(own_handbook, tmp_path, monkeypatch, capsys):
    bert = make_bert(tmp_path / "bert", context=2048)
    monkeypatch.setattr(heads, "fetch_model", lambda entry: bert)
    lesson, bands = run_lesson(SEVERAL, monkeypatch, SPARED | STEPS)
    said = capsys.readouterr().out
    assert (lesson["settings"].profile, bands) == ("large", [])
    assert {one.document for one in lesson["passages"]} == set(PAGES)
    assert [ticket.text for ticket in lesson["tickets"]] == ["Late", "A dog?"]
    assert "Where do I park?" in said
    assert said.count(": passed (") == 6


@pytest.mark.slow
def test_lesson_08_puts_an_own_handbook_into_every_store(own_handbook, tmp_path, monkeypatch, capsys):
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "WORKSHOP_MODELS", "WEAVIATE_HOST", "PINECONE_INDEX"):
        monkeypatch.delenv(name, raising=False)
    lesson, bands = run_lesson(ELSEWHERE, monkeypatch, {})
    said = capsys.readouterr().out
    assert (lesson["settings"].profile, bands) == ("large", [])
    assert {one["document"] for one in lesson["metadata"]} == set(PAGES)
    assert lesson["questions"] != ["My boat was delayed. What do I get?", "How much does it cost to bring a dog?"]
    assert lesson["job"].status == "succeeded"
    assert lesson["job"].fine_tuned_model.startswith("ft:")
    assert said.count("the same as at the beginning: True") == 2
    assert said.count(": passed (") == 4
