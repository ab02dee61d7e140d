"""One loop for every model that computes its own loss: a head on tokens or spans, an encoder-decoder, a ResNet."""

import time
from collections.abc import Iterable
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.memory import trim_memory
from workshop.models.quiet import show_progress
from workshop.tune.parts import learning_rate
from workshop.tune.training import LONGEST_STEP, TRIMMED, WARMUP, Training


def fit(model: Any, batches: Iterable[Any], *, steps: int, rate: float) -> Training:
    """Train what is not frozen in a transformers model for so many steps, with AdamW, under a progress bar.

    batches: mappings of tensors, as the model's forward takes them, labels among them: without end, or at least
    `steps`. rate: the peak, after a tenth of the steps; then it falls to 0 in a line, as lesson 03's learning_rate. A
    model with rounds_products multiplies matrices in bfloat16. Returns each step's loss and the seconds in all.
    Raises WorkshopError where batches end early, where a batch brings no loss, and where the loss is no number.
    """
    torch = require("torch", "tune")
    weights = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0, fused=True)
    losses, start, source = [], time.perf_counter(), iter(batches)
    warmup = max(1, round(WARMUP * steps))
    model.train()
    with show_progress("tuning", steps) as advance:
        for step in range(1, steps + 1):
            batch = next(source, None)
            if batch is None:
                raise WorkshopError(f"expected {steps} batches, got {step - 1}. Let them begin again when they end.")
            optimizer.param_groups[0]["lr"] = learning_rate(step, steps + 1, warmup, rate)
            with torch.autocast(model.device.type, torch.bfloat16, enabled=getattr(model, "rounds_products", False)):
                loss = model(**{name: one.to(model.device) for name, one in batch.items()}).loss
            losses.append(_check(loss))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, LONGEST_STEP)
            optimizer.step()
            optimizer.zero_grad()
            if step % TRIMMED == 0:
                trim_memory()
            advance()
    model.eval()
    return Training(tuple(losses), time.perf_counter() - start)


def _check(loss: Any) -> float:
    """Return a loss as a number, where there is one."""
    if loss is None:
        raise WorkshopError("the model gave no loss: the batch has no labels. Add them under the name that it expects.")
    if not loss.isfinite():
        raise WorkshopError("the loss is no number any more: the rate is too high. Take a tenth of it.")
    return loss.item()
