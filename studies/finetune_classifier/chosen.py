"""What validation chose: each arm's rate, with all labels and with 64."""

from collections.abc import Mapping

from sklearn.metrics import f1_score

from studies.finetune_classifier.plan import ALL, FEW, Cell, Plan, list_choices
from studies.finetune_classifier.runs import Cell as Found
from studies.finetune_classifier.texts import labels_of


def score_validation(task: str, found: Found) -> float:
    """Return a run's macro F1 on its fold's validation."""
    said = found["validation"]
    return float(f1_score(labels_of(task)[0][said["rows"]], said["predicted"], average="macro", zero_division=0))


def choose_rates(plan: Plan, choices: Mapping[Cell, Found]) -> dict[tuple[str, int], float]:
    """Return the rate of each arm with all labels and with 64: the best on validation.

    A network from random weights was tried with all labels alone, and takes that rate everywhere.
    """
    scores = {cell: score_validation(plan.task, choices[cell]) for cell in list_choices(plan)}
    best: dict[tuple[str, int], Cell] = {}
    for cell, score in scores.items():
        key = cell[0], cell[3]
        if key not in best or score > scores[best[key]]:
            best[key] = cell
    return {key: cell[4] for key, cell in best.items()}


def choose_tuned(plan: Plan, choices: Mapping[Cell, Found], rates: Mapping[tuple[str, int], float]) -> str:
    """Return which of "all" and "top" was better on validation with 64 labels."""
    scores = {
        cell[0]: score_validation(plan.task, choices[cell])
        for cell in list_choices(plan)
        if cell[3] == FEW and cell[4] == rates[cell[0], FEW]
    }
    return max(scores, key=lambda arm: scores[arm])


def list_chosen(plan: Plan, rates: Mapping[tuple[str, int], float]) -> list[Cell]:
    """Return the runs of choosing that are the first fold's own: all labels at the chosen rate."""
    return [cell for cell in list_choices(plan) if cell[3] == ALL and cell[4] == rates[cell[0], ALL]]
