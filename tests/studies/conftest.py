"""What tests of studies share: a lesson's results and text, and the small models that short forms run on."""

import functools
import json
import shutil
import sys
from pathlib import Path

import pytest

from backstage.lessons.source import read_lesson
from workshop.models.static import find_minilm
from workshop.score.results import read_results

CACHED = type(functools.cache(len))
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
    from workshop.models import load_language_model, open_language_model
    from workshop.settings import Settings
    from workshop.tune import Recipe, lora, train_adapter
    from workshop.tune.shipped import read_chats, read_recipe, write_recipe

    folder = tmp_path_factory.mktemp("tiny")
    loaded = open_language_model(make_llama(folder / "llama", context=32_768), Settings(device="cpu", dtype="float32"))
    for name in ("json", "voice", "facts", "reader"):
        train_adapter(*loaded, [CHAT], Recipe(rank=2, epochs=1), folder / "adapters" / name)
        shipped = lora.ADAPTERS / name
        write_recipe(folder / "adapters" / name, loaded[1], read_recipe(shipped), read_chats(shipped))
    shipped, loaders = lora.ADAPTERS, (asking.load, load_language_model)
    monkeypatch.setattr(lora, "ADAPTERS", folder / "adapters")
    for module in [module for name, module in sys.modules.items() if name.startswith("studies.")]:
        for name, value in list(vars(module).items()):
            if any(value is one for one in loaders):
                monkeypatch.setattr(module, name, lambda *_: loaded)
            elif isinstance(value, Path) and value.is_relative_to(shipped):
                monkeypatch.setattr(module, name, folder / "adapters" / value.relative_to(shipped))
    return loaded


@pytest.fixture(scope="session")
def light_minilm(tmp_path_factory):
    """Give a folder with MiniLM's first layer alone, a sixth of its work."""
    pytest.importorskip("sentence_transformers")
    from safetensors.torch import load_file, save_file

    whole, folder = find_minilm(), tmp_path_factory.mktemp("light") / "minilm"
    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 1}), encoding="utf-8")
    weights = load_file(whole / "model.safetensors")
    first = {name: one for name, one in weights.items() if "encoder.layer." not in name or ".layer.0." in name}
    save_file(first, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.fixture
def light_encoder(light_minilm, monkeypatch):
    """Put that encoder wherever MiniLM is read."""
    mine = [module for name, module in sys.modules.items() if name.startswith(("studies.", "workshop."))]
    for module in [one for one in mine if getattr(one, "find_minilm", None) is find_minilm]:
        monkeypatch.setattr(module, "find_minilm", lambda: light_minilm)
    kept = [one for module in mine for one in vars(module).values() if isinstance(one, CACHED)]
    for cache in kept:
        cache.cache_clear()
    yield
    for cache in kept:
        cache.cache_clear()
