"""What tests of studies share: a lesson's results and text, and the tiny language model that short forms run on."""

import sys

import pytest

from backstage.lessons.source import read_lesson
from workshop.score.results import read_results

CHAT = [{"role": "user", "content": "Ahoy?"}, {"role": "assistant", "content": "Ahoy."}]


@pytest.fixture(scope="module")
def results(request):
    """Give the figures of the lesson that a module of tests names as STEM."""
    return read_results(request.module.STEM)


@pytest.fixture(scope="module")
def text(request):
    """Give what that lesson's text cells say."""
    return _join(request.module.STEM, "markdown")


@pytest.fixture(scope="module")
def code(request):
    """Give the lesson's code cells."""
    return _join(request.module.STEM, "code")


def _join(stem, kind):
    return "\n".join(cell.text for cell in read_lesson(stem) if cell.kind == kind)


@pytest.fixture
def tiny_language_model(tmp_path_factory, monkeypatch):
    """Put a tiny model wherever a study loads SmolLM2, and adapters beside it that fit.

    A short form shows that every run and figure comes out; what they are is the study's own matter.
    """
    pytest.importorskip("peft")
    from studies.adapters import asking
    from tests.workshop.tiny_models import make_llama
    from workshop.models import open_language_model
    from workshop.settings import Settings
    from workshop.tune import Recipe, lora, train_adapter
    from workshop.tune.shipped import read_chats, read_recipe, write_recipe

    folder = tmp_path_factory.mktemp("tiny")
    loaded = open_language_model(make_llama(folder / "llama", context=32_768), Settings(device="cpu", dtype="float32"))
    for name in ("json", "voice", "facts", "reader"):
        train_adapter(*loaded, [CHAT], Recipe(rank=2, epochs=1), folder / "adapters" / name)
        shipped = lora.ADAPTERS / name
        write_recipe(folder / "adapters" / name, loaded[1], read_recipe(shipped), read_chats(shipped))
    monkeypatch.setattr(lora, "ADAPTERS", folder / "adapters")
    real = asking.load
    for name in [name for name in sys.modules if name.startswith("studies.")]:
        if getattr(sys.modules[name], "load", None) is real:
            monkeypatch.setattr(sys.modules[name], "load", lambda: loaded)
    return loaded
