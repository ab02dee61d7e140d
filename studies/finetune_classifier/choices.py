"""The runs that choose each arm's rate: their validation decides; the chosen one's test is the first fold's."""

from studies.finetune_classifier.runs import Cell, run_network


def run_choice(arm: str, task: str, fold: int, labels: int, rate: float, updates: int, seed: int) -> Cell:
    """Train one arm on one fold, as run_network does."""
    return run_network(arm, task, fold, labels, rate, updates, seed)
