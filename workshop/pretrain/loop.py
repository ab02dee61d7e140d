"""The training loop, short enough to be read in a lesson."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workshop.errors import require
from workshop.pretrain.packing import ABSTAIN_WEIGHT

torch = require("torch", "tune")


@dataclass(frozen=True)
class Report:
    """What a step tells: its number, loss on answers and on English, tokens, share of the training that is done."""

    step: int
    answers: float
    english: float
    tokens: int
    done: float


def see(batch: dict[str, Any]) -> Any:
    """Return who sees whom, bool, (B, 1, T, T): earlier tokens of one's group, in its trunk or one's own branch."""
    groups, branches = batch["groups"], batch["branches"]
    same = groups[:, :, None] == groups[:, None, :]
    near = (branches[:, None, :] == 0) | (branches[:, :, None] == branches[:, None, :])
    earlier = torch.ones(groups.shape[1], groups.shape[1], dtype=torch.bool, device=groups.device).tril()
    return (same & near & earlier)[:, None]


def token_losses(model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
    """Return the loss of each token that counts and its weight, both (n,): each is predicted from the one before."""
    hidden = model.model(
        input_ids=batch["ids"], attention_mask=see(batch), position_ids=batch["places"], use_cache=False
    ).last_hidden_state
    counts = batch["weights"][:, 1:] > 0
    logits = model.lm_head(hidden[:, :-1][counts])
    losses = torch.nn.functional.cross_entropy(logits.float(), batch["ids"][:, 1:][counts], reduction="none")
    return losses, batch["weights"][:, 1:][counts]


def make_optimizers(model: Any, matrix_rate: float, other_rate: float) -> list[Any]:
    """Return Muon for the layers' matrices and AdamW for the rest: embeddings and norms."""
    matrices = [weights for name, weights in model.named_parameters() if weights.ndim == 2 and "embed" not in name]
    known = {id(weights) for weights in matrices}
    others = [weights for weights in model.parameters() if id(weights) not in known]
    return [
        torch.optim.Muon(matrices, lr=matrix_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def rate_at(step: int, done: float, warmup: int = 300, decay: float = 0.7) -> float:
    """Return the share of the peak rate: rising for `warmup` steps, level, falling to 0 in the last `decay` share."""
    return min(1.0, (step + 1) / warmup, max(0.0, 1 - done) / decay)


def train_step(model: Any, optimizers: list[Any], batch: dict[str, Any], rate: float) -> tuple[float, float]:
    """Take one step on a batch; returns the mean loss on answers and on English before it."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group.setdefault("peak", group["lr"]) * rate
    with torch.autocast(batch["ids"].device.type, dtype=torch.bfloat16):
        losses, weights = token_losses(model, batch)
    ((losses * weights).sum() / weights.sum()).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    return losses[weights == 1].mean().item(), losses[weights < ABSTAIN_WEIGHT].mean().item()


def train(
    model: Any,
    optimizers: list[Any],
    batches: Any,
    done_at: Callable[[int], float],
    after: Callable[[Report], None],
) -> None:
    """Train on batches, an iterable of (step, batch), until done_at(step) reaches 1; `after` is told of every step."""
    device = next(model.parameters()).device
    model.train()
    for step, arrays in batches:
        done = done_at(step)
        if done >= 1:
            return
        batch = {name: torch.as_tensor(array, device=device) for name, array in arrays.items()}
        answers, english = train_step(model, optimizers, batch, rate_at(step, done))
        after(Report(step + 1, answers, english, batch["ids"].numel(), done_at(step + 1)))
