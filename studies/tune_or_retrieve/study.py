"""Measure lesson 06: the grid, what each of its columns costs, and claims C16 to C20."""

from collections.abc import Callable
from typing import Any

from studies.tune_or_retrieve.asking import ask_shipped, choose_prompt
from studies.tune_or_retrieve.plan import ASKED_INPUTS, STUDY_INPUTS
from studies.tune_or_retrieve.studying import study

KINDS: dict[Callable[..., Any], tuple[str, ...]] = {
    choose_prompt: ASKED_INPUTS,
    ask_shipped: ASKED_INPUTS,
    study: STUDY_INPUTS,
}
