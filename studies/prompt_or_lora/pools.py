"""The parts of the study, each a function of its own: run_cells keeps of a function only what its last call listed.

Each does one run by its name, so that runs of several kinds share a pool of processes.
"""

from typing import Any

from studies.prompt_or_lora import other_runs, runs
from studies.prompt_or_lora.runs import Cell


def choose_on_tickets(kind: str, *fields: Any) -> Cell:
    """Do a run that rates and prompts are chosen by."""
    return runs.RUNS[kind](*fields)


def tune_on_tickets(kind: str, *fields: Any) -> Cell:
    """Do a run on all tickets, of random weights or of a prompt's test."""
    return runs.RUNS[kind](*fields)


def tune_whole(kind: str, *fields: Any) -> Cell:
    """Do a run of full tuning."""
    return runs.RUNS[kind](*fields)


def tune_on_few(kind: str, *fields: Any) -> Cell:
    """Do a run on few tickets."""
    return runs.RUNS[kind](*fields)


def tune_on_quality(kind: str, *fields: Any) -> Cell:
    """Do a run on narrow, clean or wrong tickets."""
    return runs.RUNS[kind](*fields)


def tune_beside(kind: str, *fields: Any) -> Cell:
    """Do a run that no verdict hangs on."""
    return runs.RUNS[kind](*fields)


def try_voice_and_handbook(kind: str, *fields: Any) -> Cell:
    """Do a run of the switch, the handbook or the voice."""
    return other_runs.RUNS[kind](*fields)


def ask_for_voice(kind: str, *fields: Any) -> Cell:
    """Do the test of a prompt for the voice."""
    return other_runs.RUNS[kind](*fields)


def let_fade(kind: str, *fields: Any) -> Cell:
    """Do a run of fading."""
    return other_runs.RUNS[kind](*fields)


def tune_on_pairs(kind: str, *fields: Any) -> Cell:
    """Do a run on few voice pairs."""
    return other_runs.RUNS[kind](*fields)


TICKETS = (choose_on_tickets, tune_on_tickets, tune_whole, tune_on_few, tune_on_quality, tune_beside)
OTHERS = (try_voice_and_handbook, ask_for_voice, let_fade, tune_on_pairs)
