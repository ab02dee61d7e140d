"""Load a language model: the bundled tiny one, or the profile's from the hub."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.catalogue import ModelEntry, find_model
from workshop.models.hub import fetch_model
from workshop.models.quiet import quiet_transformers
from workshop.settings import Settings

TINY_FOLDER = Path(__file__).resolve().parents[1] / "assets" / "tiny_lm"


@dataclass(frozen=True)
class LanguageModel:
    """A network that predicts the next token, and the tokenizer that makes tokens of texts.

    model: a transformers causal language model in evaluation mode. tokenizer: with a chat template. context: how many
    tokens it reads, its own answer included. stop_ids: tokens that end an answer. pad_id: fills short rows.
    template_options: what the chat template is given besides the messages. folder: where the weights lie.
    """

    name: str
    model: Any
    tokenizer: Any
    context: int
    stop_ids: frozenset[int]
    pad_id: int
    folder: Path
    template_options: dict[str, Any] = field(default_factory=dict)


def load_language_model(settings: Settings | None = None) -> LanguageModel:
    """Load the profile's language model, in settings.dtype on settings.device.

    `tiny` reads the folder that comes with the workshop, the other profiles the hub's cache, which fills itself.
    Raises WorkshopError for a model that is missing, damaged or can't be fetched, and for a device that isn't there;
    MissingExtra where a library is missing.
    """
    settings = settings or Settings()
    require("transformers", "tune")
    entry = find_model(settings.language_model)
    _check_device(settings)
    return open_language_model(fetch_model(entry) if entry.repository else _find_tiny(), settings, entry)


def open_language_model(
    folder: Path, settings: Settings | None = None, entry: ModelEntry | None = None
) -> LanguageModel:
    """Load a language model from a folder of config.json, tokenizer.json and model.safetensors.

    entry: its line of the table, where it has one. Raises WorkshopError for a folder that holds no such model.
    """
    settings = settings or Settings()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(settings.threads)
    name = entry.name if entry else folder.name
    with quiet_transformers(), _explained(name, folder):
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model, report = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, settings.dtype), local_files_only=True, output_loading_info=True
        )
        if report["missing_keys"]:
            raise ValueError(f"{len(report['missing_keys'])} of its weights are missing")
        model = model.to(settings.device).eval()
    if not tokenizer.chat_template:
        raise WorkshopError(
            f"{name} in {folder} has no chat template: it was not made for questions and answers. "
            "Take an instruct model, or the bundled one: workshop.setup('tiny')."
        )
    stops = _stop_ids(model, tokenizer)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(stops, default=0)
    options = entry.template_options if entry else {}
    return LanguageModel(name, model, tokenizer, model.config.max_position_embeddings, stops, pad, folder, options)


def _find_tiny() -> Path:
    """Return the bundled model's folder."""
    if not (TINY_FOLDER / "model.safetensors").is_file():
        raise WorkshopError(
            f"the bundled language model is not in {TINY_FOLDER}: this copy of the workshop is not whole. "
            "Take a fresh one, or another profile: workshop.setup('laptop') downloads its own."
        )
    return TINY_FOLDER


def _check_device(settings: Settings) -> None:
    """Raise WorkshopError where the profile wants a graphics card that isn't there."""
    import torch

    if settings.device.startswith("cuda") and not torch.cuda.is_available():
        raise WorkshopError(
            f"the profile {settings.profile!r} needs a CUDA graphics card and found none. On Colab choose a runtime "
            "with a T4; elsewhere take workshop.setup('laptop') or workshop.setup('tiny')."
        )


def _stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return every token that the tokenizer, the config or its generation settings call an end."""
    named = (tokenizer.eos_token_id, model.config.eos_token_id, model.generation_config.eos_token_id)
    lists = [ids if isinstance(ids, list) else [ids] for ids in named]
    return frozenset(token for ids in lists for token in ids if token is not None)


@contextmanager
def _explained(name: str, folder: Path) -> Any:
    """Turn what a damaged folder makes the libraries raise into one line."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError:
        raise WorkshopError(
            f"{name} doesn't fit this graphics card's memory. Close other notebooks, or take workshop.setup('laptop')."
        ) from None
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(".")
        raise WorkshopError(
            f"can't load the language model {name} from {folder}: {reason}. A file is damaged or missing. "
            "Fetch it again: workshop fetch --again; the bundled one comes back with a fresh copy of the workshop."
        ) from None
