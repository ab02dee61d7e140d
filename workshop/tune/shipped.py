"""How the shipped adapters are trained, and the same again beside another model: `workshop fetch --adapters`."""

import gzip
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models import load_language_model
from workshop.settings import Settings
from workshop.tune import lora
from workshop.tune.examples import Message, make_examples
from workshop.tune.training import Training, fine_tune

CHATS, RECIPE = "chats.jsonl.gz", "recipe.json"
MODULES = {"q and v": ["q_proj", "v_proj"], "all linear": "all-linear"}


@dataclass(frozen=True)
class Recipe:
    """How an adapter is trained. modules: which layers it stands beside, a key of MODULES; batch: chats a step."""

    modules: str = "q and v"
    rank: int = 16
    rate: float = 2e-3
    epochs: int = 1
    batch: int = 2


def train_adapter(
    tokenizer: Any, model: Any, chats: Sequence[Sequence[Message]], recipe: Recipe, folder: Path, *, seed: int = 0
) -> Training:
    """Train an adapter on N chats and save it in peft's form, its weights in bfloat16; the model is left bare.

    Raises WorkshopError as make_examples and fine_tune do, and for a model that has an adapter already.
    """
    torch, peft = require("torch", "tune"), require("peft", "tune")
    from safetensors.torch import load_file, save_file

    examples = make_examples(tokenizer, chats)
    options = {"r": recipe.rank, "lora_alpha": 2 * recipe.rank, "target_modules": MODULES[recipe.modules]}
    plan = peft.LoraConfig(task_type="CAUSAL_LM", **options)
    with lora.borrowed(model), torch.random.fork_rng(), warnings.catch_warnings():
        # peft asks the network for something by a name that transformers is about to drop.
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        # Beside a model in bfloat16 it is trained so too: in float32 a step takes a third longer.
        tuned = peft.get_peft_model(model, plan, autocast_adapter_dtype=model.dtype != torch.bfloat16)
        training = fine_tune(tuned, examples, epochs=recipe.epochs, rate=recipe.rate, batch=recipe.batch, seed=seed)
        tuned.save_pretrained(folder)
    weights = {name: one.to(torch.bfloat16) for name, one in load_file(folder / lora.FILES[1]).items()}
    save_file(weights, folder / lora.FILES[1], metadata={"format": "pt"})
    return training


def write_recipe(folder: Path, model: Any, recipe: Recipe, chats: Sequence[Sequence[Message]]) -> None:
    """Write beside an adapter what it was trained on and how, so that it can be trained again elsewhere."""
    plain = {"model": lora.name_model(model), **asdict(recipe)}
    (folder / RECIPE).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    lines = "".join(json.dumps(chat, ensure_ascii=False) + "\n" for chat in chats)
    # Without a time in it: the same chats give the same bytes.
    (folder / CHATS).write_bytes(gzip.compress(lines.encode("utf-8"), mtime=0))


def read_chats(folder: Path) -> list[list[Message]]:
    """Return the chats that an adapter was trained on."""
    lines = gzip.decompress((folder / CHATS).read_bytes()).decode("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def read_recipe(folder: Path) -> Recipe:
    """Return how an adapter was trained."""
    plain = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
    return Recipe(**{name: value for name, value in plain.items() if name != "model"})


def split_turns(chats: Sequence[Sequence[Message]]) -> list[list[Message]]:
    """Make a chat of each answer: later questions are put where the first one stands, under the same passages.

    Chat templates of models that think aloud write earlier answers in another way than the last one. A later turn
    begins with a label ("Question: …") that stands in the first turn too, after an empty line.
    """
    found = []
    for chat in chats:
        first = chat[0]["content"]
        for asked, answered in zip(chat[::2], chat[1::2], strict=True):
            label = asked["content"].partition(": ")[0]
            before = "" if asked is chat[0] else first.rpartition(f"\n\n{label}: ")[0] + "\n\n"
            found.append([asked | {"content": before + asked["content"]}, answered])
    return found


def train_adapters(settings: Settings, *, again: bool = False) -> Iterator[str]:
    """Train every shipped adapter anew beside the profile's own model, a line before and after each.

    They lie in the workshop's cache afterwards, where `adapter` finds them by their names. again: also those that are
    there. Raises WorkshopError for `small`, whose adapters come with the workshop, and what train_adapter raises.
    """
    if settings.profile == "small":
        raise WorkshopError(
            "the small profile's adapters come with the workshop: nothing is to be trained. For another profile say "
            "which: workshop fetch --profile large --adapters."
        )
    tokenizer, model = load_language_model(settings)
    for shipped in lora.list_shipped():
        folder = lora.own_folder(model) / shipped.name
        if not again and lora.is_adapter(folder):
            yield f"{shipped.name}: ready in {folder}"
            continue
        chats = read_chats(shipped)
        yield f"{shipped.name}: trained now on {len(chats)} chats; minutes on a graphics card, far longer without one"
        training = train_adapter(tokenizer, model, split_turns(chats), read_recipe(shipped), folder)
        yield f"  in {folder}, {training.seconds:.0f} s"
