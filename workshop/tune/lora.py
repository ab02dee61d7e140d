"""A low-rank adapter beside a model's weights, by peft: made to be trained, or a trained one put on for a while."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require, unknown
from workshop.models.prepared import own_places

RANK = 8
ADAPTERS = Path(__file__).resolve().parents[1] / "assets" / "adapters"
FILES = ("adapter_config.json", "adapter_model.safetensors")


def add_lora(model: Any, rank: int = RANK, *, alpha: float | None = None, seed: int = 0) -> Any:
    """Put a LoRA adapter of a rank beside every linear layer of a model's blocks; returns peft's model.

    model: a transformers causal language model; it is changed in place: all but the adapter is frozen, and it answers
    as before until the adapter is trained. alpha: the adapter's output is scaled by alpha / rank; without it, by 2.
    Switching off, unloading and merging are peft's own: disable_adapter(), unload(), merge_and_unload().
    Raises WorkshopError for a rank below 1 and a model that has an adapter already. Source: Hu et al. 2021.
    """
    torch, peft = require("torch", "tune"), require("peft", "tune")
    if rank < 1:
        raise WorkshopError(f"expected a rank of 1 or more, got {rank}.")
    _check_bare(model)
    plan = peft.LoraConfig(r=rank, lora_alpha=2 * rank if alpha is None else alpha, target_modules="all-linear")
    with torch.random.fork_rng(), warnings.catch_warnings():
        # peft asks the network for something by a name that transformers is about to drop.
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        # In a bfloat16 model the adapter is so too: in float32 a step copies all that it reads, and takes longer.
        return peft.get_peft_model(model, plan, autocast_adapter_dtype=model.dtype != torch.bfloat16)


@contextmanager
def adapter(model: Any, name: str | Path) -> Iterator[Any]:
    """Put a trained adapter on while a `with` block lasts.

    name: one that comes with the workshop, or a folder of peft's form. The block is given the model itself, which then
    answers with the adapter; on leaving, also after an error, it is the bare model again, bit for bit.
    Raises WorkshopError for an unknown or damaged adapter, one of another shape, and a model that has one already.
    """
    peft = require("peft", "tune")
    folder = find_adapter(name, model)
    with borrowed(model):
        _put_on(peft, model, folder)
        yield model


@contextmanager
def borrowed(model: Any) -> Iterator[None]:
    """Leave a model as it was when a `with` block that puts an adapter on is over: bare, as trainable as before.

    Raises WorkshopError for a model that has an adapter already.
    """
    peft = require("peft", "tune")
    _check_bare(model)
    learning = {weights: weights.requires_grad for weights in model.parameters()}
    was_training = model.training
    try:
        yield
    finally:
        _take_off(peft, model)
        model.train(was_training)
        for weights, flag in learning.items():
            weights.requires_grad_(flag)


def name_model(model: Any) -> str:
    """Name a model by its kind and shape, such as llama-30x576-49152: an adapter fits models of one shape alone."""
    shape = model.config
    return f"{shape.model_type}-{shape.num_hidden_layers}x{shape.hidden_size}-{shape.vocab_size}"


def own_folder(model: Any) -> Path:
    """Return where the adapters lie that `workshop fetch --adapters` has trained beside a model on this machine."""
    return own_places()[0] / "adapters" / name_model(model)


def list_shipped() -> list[Path]:
    """Return the folders of the adapters that come with the workshop."""
    return [path for path in sorted(ADAPTERS.glob("*")) if (path / FILES[0]).is_file()]


def is_adapter(folder: Path) -> bool:
    """Tell whether a folder holds an adapter's files."""
    return all((folder / file).is_file() for file in FILES)


def find_adapter(name: str | Path, model: Any) -> Path:
    """Return an adapter's folder, of a name that comes with the workshop or of a path.

    A name means the shipped one where it fits the model, else the one trained on this machine. Raises WorkshopError
    where there is none, or its files are missing.
    """
    known = [path.name for path in list_shipped()]
    if str(name) in known:
        return _choose(ADAPTERS / name, model)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        error = unknown("adapter", str(name), known)
        raise WorkshopError(f"{error} Or give the folder of your own: model.save_pretrained('my-adapter').")
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise WorkshopError(
            f"{folder} is no adapter: {' and '.join(missing)} not in it. Save one there: model.save_pretrained(…)."
        )
    return folder


def _choose(shipped: Path, model: Any) -> Path:
    """Return the shipped adapter where it fits a model, else its like of this machine."""
    recipe = shipped / "recipe.json"
    fits = json.loads(recipe.read_text(encoding="utf-8"))["model"] if recipe.is_file() else name_model(model)
    own = own_folder(model) / shipped.name
    if fits == name_model(model):
        return shipped
    if not is_adapter(own):
        raise WorkshopError(
            f"the adapter {shipped.name!r} comes for the small profile's model alone. Train it beside this one, which "
            "takes minutes: workshop fetch --profile large --adapters."
        )
    return own


def _put_on(peft: Any, model: Any, folder: Path) -> None:
    """Put an adapter's layers into a model, in the model's number format."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tuned = peft.PeftModel.from_pretrained(model, folder, local_files_only=True)
    except WorkshopError:
        raise
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = (lines[1:] or lines or [type(error).__name__])[0][:200].rstrip(".")
        raise WorkshopError(
            f"the adapter in {folder} doesn't fit this model: {reason}. It is damaged, or was trained on another "
            "model: the shipped ones fit the small profile's alone."
        ) from None
    for layer in model.modules():
        if isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer):
            for part in layer.adapter_layer_names:
                getattr(layer, part).to(model.dtype)
    tuned.eval()


def _take_off(peft: Any, model: Any) -> None:
    """Put a model's own layers back in the place of those that an adapter wrapped."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer):
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, layer.get_base_layer())
    for left in ("peft_config", "_hf_peft_config_loaded"):
        if left in vars(model):
            delattr(model, left)


def _check_bare(model: Any) -> None:
    """Raise WorkshopError where a model has an adapter already."""
    peft = require("peft", "tune")
    if any(isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer) for layer in model.modules()):
        raise WorkshopError(
            "this model has an adapter already. Take it off with tuned.unload(), leave its `with` block, or load the "
            "model again."
        )
