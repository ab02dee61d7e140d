"""The models that are served: the notebook's own, and tuned ones over the same weights."""

import copy
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from workshop.errors import unknown
from workshop.models import encode_texts
from workshop.serve.records import Record, Records
from workshop.serve.refusals import Refusal
from workshop.serve.turns import Turns
from workshop.tune import adapter
from workshop.tune.lora import is_adapter

# So many tuned models stay loaded, 5 MB each, and so many texts are encoded in a turn.
MOST_LOADED = 4
PART = 32
UNNAMED = "smollm2-135m-instruct"


def share_weights(model: Any) -> Any:
    """Return a copy of a model, in evaluation mode, whose modules are its own and whose weights are the same memory.

    An adapter that is put on one, or trained beside it, isn't on the other.
    """
    import torch

    same = {id(one): torch.nn.Parameter(one.detach(), requires_grad=False) for one in model.parameters()}
    same |= {id(one): one for one in model.buffers()}
    return copy.deepcopy(model, same).eval()


def name_of(path: str) -> str:
    """Name a model by the folder that it was read from: the hub's cache, a wheel's folder, or one of that name."""
    parts = [part for part in Path(path).parts if part != "model"]
    for part in reversed(parts):
        if part.startswith("models--"):
            return part.rpartition("--")[2].lower()
    return parts[-1].lower().replace("_", "-").removeprefix("gt-") if parts else UNNAMED


class Models:
    """What is served. encoder: a SentenceTransformer, or None where no vectors are to be had."""

    def __init__(self, tokenizer: Any, model: Any, encoder: Any, records: Records, turns: Turns) -> None:
        self.tokenizer, self.base, self.encoder = tokenizer, share_weights(model), encoder
        self.records, self.turns = records, turns
        self.base_name = name_of(model.name_or_path)
        self.encoder_name = name_of(encoder[0].auto_model.name_or_path) if encoder else None
        self._loaded: OrderedDict[str, Any] = OrderedDict()

    def list_all(self) -> list[Record]:
        """Return every model as the protocol shows it: the encoder, the language model, tuned ones."""
        names = [(name, 0) for name in (self.encoder_name, self.base_name) if name]
        names += [(job["fine_tuned_model"], job["finished_at"]) for job in self._tuned().values()]
        return [{"id": name, "object": "model", "created": at, "owned_by": "workshop"} for name, at in names]

    def find(self, name: str) -> Record:
        """Return a model as the protocol shows it; raises Refusal for one that isn't served."""
        known = {one["id"]: one for one in self.list_all()}
        if name not in known:
            raise Refusal(str(unknown("model", name, known)), status=404, code="model_not_found", param="model")
        return known[name]

    def open(self, name: str) -> Any:
        """Return the language model of a name; raises Refusal for one that isn't served, and for the encoder."""
        self.find(name)
        if name == self.encoder_name:
            text = f"{name} makes vectors, not answers. Ask {self.base_name}."
            raise Refusal(text, code="invalid_value", param="model")
        if name == self.base_name:
            return self.base
        with self.turns:
            if name not in self._loaded:
                self._loaded[name] = _put_on(self.base, self.folder_of(self._tuned()[name]))
                while len(self._loaded) > MOST_LOADED:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(name)
            return self._loaded[name]

    def delete(self, name: str) -> Record:
        """Delete a tuned model; raises Refusal for the others."""
        self.find(name)
        if name not in self._tuned():
            raise Refusal(f"{name} is no tuned model: it stays.", status=403, code="forbidden", param="model")
        shutil.rmtree(self.folder_of(self._tuned()[name]))
        self._loaded.pop(name, None)
        return {"id": name, "object": "model", "deleted": True}

    def folder_of(self, job: Record) -> Path:
        """Return where a job's adapter lies."""
        return self.records.folder / "models" / job["id"]

    def _tuned(self) -> dict[str, Record]:
        """Return the jobs whose models are here and belong to this language model, by the models' names."""
        jobs = self.records.newest("jobs")
        done = [one for one in jobs if one["status"] == "succeeded" and one["model"] == self.base_name]
        return {one["fine_tuned_model"]: one for one in done if is_adapter(self.folder_of(one))}

    def embed(self, name: str, texts: list[str]) -> tuple[np.ndarray, int]:
        """Return N texts' unit vectors, shape (N, D), float32, and how many tokens they have.

        Raises Refusal for a model that makes no vectors and a text that is longer than it reads.
        """
        self.find(name)
        if name != self.encoder_name:
            other = f"Ask {self.encoder_name}." if self.encoder else "This server has no encoder."
            raise Refusal(f"{name} makes answers, not vectors. {other}", code="invalid_value", param="model")
        vectors, tokens, most = [], 0, self.encoder.max_seq_length
        for start in range(0, len(texts), PART):
            with self.turns:
                some = texts[start : start + PART]
                rows = self.encoder.tokenizer(some, truncation=False, verbose=False)["input_ids"]
                for place, row in enumerate(rows, start):
                    if len(row) > most:
                        text = f"text {place} has {len(row)} tokens, and the model reads {most}. Cut it first."
                        raise Refusal(text, code="context_length_exceeded", param="input")
                tokens += sum(map(len, rows))
                vectors.append(encode_texts(self.encoder, some))
        return np.concatenate(vectors), tokens


def _put_on(base: Any, folder: Path) -> Any:
    """Return a model over the same weights that has an adapter on."""
    model = share_weights(base)
    # Kept as long as the model is: left, or collected, it would take the adapter off.
    model.worn = adapter(model, folder)
    model.worn.__enter__()
    return model
