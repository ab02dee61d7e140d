"""What validation chose: each arm's rate and updates, with all labels and with 64."""

from collections.abc import Mapping

from sklearn.metrics import f1_score

from studies.finetune_classifier.plan import ALL, FEW, Cell, Plan, Recipes, list_choices
from studies.finetune_classifier.runs import Cell as Found
from studies.finetune_classifier.texts import labels_of


def score_validation(task: str, found: Found) -> float:
    """Return a run's macro F1 on its fold's validation."""
    said = found["validation"]
    return float(f1_score(labels_of(task)[0][said["rows"]], said["predicted"], average="macro", zero_division=0))


def choose_recipes(plan: Plan, choices: Mapping[Cell, Found]) -> Recipes:
    """Return each arm's rate and updates with all labels and with 64: the best on validation, of equals the first."""
    best: dict[tuple[str, int], tuple[float, Cell]] = {}
    for cell in list_choices(plan):
        score, key = score_validation(plan.task, choices[cell]), (cell[0], cell[3])
        if key not in best or score > best[key][0]:
            best[key] = score, cell
    return Recipes({key: (cell[4], cell[5]) for key, (_, cell) in best.items()})


def choose_live_rate(plan: Plan, choices: Mapping[Cell, Found]) -> float:
    """Return the rate of the lesson's own training: the best of all layers with the fewest updates tried."""
    full = [cell for cell in list_choices(plan) if cell[0] == "all" and cell[3] == ALL]
    short = [cell for cell in full if cell[5] == min(one[5] for one in full)]
    return max(short, key=lambda cell: score_validation(plan.task, choices[cell]))[4]


def choose_tuned(plan: Plan, choices: Mapping[Cell, Found]) -> str:
    """Return which of "all" and "top" was better on validation with 64 labels."""
    few = [cell for cell in list_choices(plan) if cell[3] == FEW]
    return max(few, key=lambda cell: score_validation(plan.task, choices[cell]))[0]


def list_own(choices: Mapping[Cell, Found], recipes: Recipes) -> dict[Cell, Found]:
    """Return the runs of choosing that are runs of the comparison too: the first fold's at the chosen rates."""
    return {cell: found for cell, found in choices.items() if cell[4] == recipes.chosen[cell[0], cell[3]][0]}
