"""What has been run, by what it is about; and what validation chose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studies.adapters.scores import VOICE_RULES
from studies.adapters.tasks import draw_facts
from studies.prompt_or_lora.plan import Asked, Cell, Plan
from studies.prompt_or_lora.tickets import draw_asked, score_judged, score_values
from studies.prompt_or_lora.voicing import draw_pairs, score_voice

Found = dict[str, Any]


@dataclass
class Runs:
    """All runs so far, by cell: kind, then settings; the lesson's own tuning, its folds and the encoder apart."""

    plan: Plan
    asked: Asked
    cells: dict[Cell, Found] = field(default_factory=dict)
    live: dict[Cell, Found] = field(default_factory=dict)
    bits: dict[Cell, Found] = field(default_factory=dict)
    pig: dict[Cell, Found] = field(default_factory=dict)
    encoder: dict[Cell, Found] = field(default_factory=dict)

    def of(self, kind: str, *first: Any) -> list[Found]:
        """Return the runs of a kind whose first settings are these, in the order of their settings."""
        cells = [cell for cell in self.cells if cell[: 1 + len(first)] == (kind, *first)]
        return [self.cells[cell] for cell in sorted(cells, key=repr)]

    def prompt(self, wording: int, examples: int, split: str = "test") -> Found:
        """Return the run of a prompt for JSON."""
        return self.of("prompt", wording, examples, split)[0]

    def full(self) -> list[Found]:
        """Return full tuning, seed by seed; its cells name LoRA's loss before the seed."""
        cells = sorted((cell for cell in self.cells if cell[0] == "full"), key=lambda cell: cell[3])
        return [self.cells[cell] for cell in cells]

    def few(self, kind: str, tickets: int, steps: int) -> list[Found]:
        """Return the runs on few tickets, seed by seed."""
        return self.of("few", kind, tickets, steps)

    def losses(self) -> dict[tuple[str, int, float], float]:
        """Return the loss on dev of every arm, rank and rate that was tried."""
        return {cell[1:4]: found["loss"] for cell, found in self.cells.items() if cell[0] == "rate"}

    def choose_rates(self) -> dict[str, float]:
        """Return each arm's rate with the lowest loss on dev."""
        losses = self.losses()
        return {
            arm: min(rates, key=lambda rate, arm=arm, rank=rank: losses[arm, rank, rate])
            for arm, rank, rates in self.plan.arms
        }

    def choose_prompt(self) -> tuple[int, int]:
        """Return the wording and the number of examples with most values right on dev; of equals the first."""
        known = [cell[1:3] for cell in self.cells if cell[0] == "prompt" and cell[3] == "dev"]
        rows = draw_asked("dev", self.asked.choosing)
        scores = {
            one: np.mean(score_values(self.prompt(*one, "dev")["replies"], rows)["values right"]) for one in known
        }
        return max(sorted(known), key=lambda one: scores[one])

    def choose_voice(self) -> tuple[int, int]:
        """Return the instruction and the number of examples that kept most rules on the pairs to choose on.

        Where none keeps all of a score's rules, the single rules decide; of equals the first.
        """
        known = [cell[1:3] for cell in self.cells if cell[0] == "voice_prompt" and cell[3] == "dev"]
        pairs = draw_pairs("dev", self.asked.choosing_pairs)
        scores = {}
        for one in known:
            found = score_voice(self.of("voice_prompt", *one, "dev")[0]["replies"], pairs)
            whole = sum(np.mean(found[name]) for name in ("all six rules", "without marks", "a house word"))
            scores[one] = whole, self.count_rules(one)
        return max(sorted(known), key=lambda one: scores[one])

    def count_rules(self, one: tuple[int, int]) -> float:
        """Return which share of the six rules a prompt's replies keep, on the pairs to choose on."""
        replies = self.of("voice_prompt", *one, "dev")[0]["replies"]
        return float(np.mean([[keeps(reply) for keeps in VOICE_RULES.values()] for reply in replies]))

    def targets(self) -> list[float]:
        """Return LoRA's loss on dev after half of its steps, seed by seed."""
        return [found["half_loss"] for found in self.lora()]

    def lora(self) -> list[Found]:
        """Return LoRA on all tickets, seed by seed."""
        return self.of("lora")


def score_tickets(runs: Sequence[Found], metric: str) -> list[list[float]]:
    """Return a metric of replies to tickets of the test, of each run."""
    return [score_values(run["replies"], draw_asked("test", len(run["replies"])))[metric] for run in runs]


def score_judgement(runs: Sequence[Found], metric: str = "judgement") -> list[list[float]]:
    """Return a metric of what is likeliest for tickets of the test, of each run: a run, or what it judged at a mark."""
    judged = [run.get("judged", run) for run in runs]
    return [score_judged(one, draw_asked("test", len(one["topic"])))[metric] for one in judged]


def score_pairs(runs: Sequence[Found], metric: str) -> list[list[float | None]]:
    """Return a metric of replies to the voice's test, of each run."""
    return [score_voice(run["replies"], draw_pairs("test", len(run["replies"])))[metric] for run in runs]


def customers(count: int) -> list[str]:
    """Return the customers of so many tickets of the test."""
    return [row.customer for row in draw_asked("test", count)]


def pair_ids(count: int) -> list[str]:
    """Return the ids of so many voice pairs of the test."""
    return [one.id for one in draw_pairs("test", count)]


def fact_documents(count: int, taught: bool) -> list[str]:
    """Return the documents of so many facts, taught or never taught."""
    return [one.document or "" for one in draw_facts()[0 if taught else 1][:count]]
