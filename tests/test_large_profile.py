"""Lesson 04's cells run under `large`, and with own texts set: another model, its own adapters, no band."""

import sys

import pytest

pytest.importorskip("peft")

import torch

from backstage.lessons.notebooks import make_solved
from tests.workshop.tiny_models import make_llama
from workshop import check, models
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.tune import Recipe, lora, train_adapter

STEM = "04_prompt_or_lora"
CHAT = [{"role": "user", "content": "Ahoy?"}, {"role": "assistant", "content": "Ahoy."}]
SPARED = {"seconds=20": "seconds=0.2", "max_new_tokens=": "max_new_tokens=2 + 0 * "}


@pytest.fixture
def stand_ins(tmp_path, monkeypatch):
    """Put a tiny model and a tiny encoder where the hub's are loaded, with adapters trained beside that model."""
    plain = Settings(device="cpu", dtype="float32")
    folder = make_llama(tmp_path / "llama", context=16_384)
    tokenizer, model = open_language_model(folder, plain)
    for name in ("json", "voice", "facts"):
        train_adapter(tokenizer, model, [CHAT], Recipe(rank=2, epochs=1), tmp_path / "adapters" / name)
    asked = []

    def load(settings):
        asked.append(settings.language_model)
        return open_language_model(folder, plain)

    monkeypatch.setattr(lora, "ADAPTERS", tmp_path / "adapters")
    monkeypatch.setattr(models, "load_language_model", load)
    monkeypatch.setattr(models, "load_encoder", lambda settings: torch.nn.Sequential(torch.nn.Linear(64, 32)))
    monkeypatch.setenv("WORKSHOP_PROFILE", "large")
    monkeypatch.setenv("WORKSHOP_RESULTS", str(tmp_path / "results"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "tickets.csv").write_text("text,label\nLate,delay\nA dog?,question\n", encoding="utf-8")
    monkeypatch.setenv("WORKSHOP_DATA", str(own))
    return asked


@pytest.mark.slow
def test_the_same_cells_run_under_large_without_a_band(stand_ins, monkeypatch, capsys):
    bands = []
    monkeypatch.setattr(type(check), "band", lambda *said: bands.append(said))
    lesson = {"__name__": "__main__"}
    monkeypatch.setitem(sys.modules, "__main__", type(sys)("__main__"))
    codes = ["".join(cell["source"]) for cell in make_solved(STEM)["cells"] if cell["cell_type"] == "code"]
    assert len(codes) > 60
    for code in codes:
        for long, short in SPARED.items():
            code = code.replace(long, short)
        exec(compile(code, "a cell of lesson 04", "exec"), lesson)
    said = capsys.readouterr().out
    assert stand_ins == ["qwen3-0.6b"]
    assert (lesson["settings"].profile, lesson["settings"].data.name) == ("large", "own")
    assert bands == []
    assert "off and unloaded write the same: True" in said
    assert said.count(": passed (") == 10
