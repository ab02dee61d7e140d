"""Put a trained adapter into the package: weights, the library's own settings, the recipe and the chats."""

import json
import shutil
from dataclasses import astuple
from pathlib import Path

from studies.adapters.asking import load
from studies.adapters.chats import Diet, make_chats
from studies.adapters.making import find_made, hash_weights
from workshop.errors import WorkshopError
from workshop.tune import Recipe
from workshop.tune.lora import ADAPTERS, FILES, is_adapter
from workshop.tune.shipped import write_recipe

BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


def ship(name: str, recipe: Recipe, diet: Diet, seed: int, sha256: str, place: Path = ADAPTERS) -> None:
    """Put the adapter of a run into the package, unless it is there.

    Raises WorkshopError where neither the package nor the folder of trained ones has the run's weights.
    """
    folder = place / name
    if is_adapter(folder) and hash_weights(folder) == sha256:
        return
    made = find_made(name, astuple(recipe), astuple(diet), seed)
    if not is_adapter(made) or hash_weights(made) != sha256:
        raise WorkshopError(
            f"the weights of the adapter {name!r} that was measured are neither in {folder} nor in {made}. Train it "
            "again: delete its lines in studies/runs/adapters.jsonl, then make measure STEMS=adapters."
        )
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made / FILES[1], folder / FILES[1])
    (folder / FILES[0]).write_text(_write_settings(made), encoding="utf-8")
    write_recipe(folder, load()[1], recipe, make_chats(name, diet))


def _write_settings(made: Path) -> str:
    """Return peft's settings with the model's public name in the place of a folder of this machine, sorted."""
    plain = json.loads((made / FILES[0]).read_text(encoding="utf-8"))
    plain |= {"base_model_name_or_path": BASE, "target_modules": sorted(plain["target_modules"])}
    return json.dumps(plain, indent=1, sort_keys=True) + "\n"
