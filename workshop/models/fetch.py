"""Fetch a profile's models before they are needed: `workshop fetch`."""

from collections.abc import Iterator

from workshop.models.catalogue import MODELS, WEIGHTS, ModelEntry, list_models, read_pin
from workshop.models.hub import fetch_model, pin_model


def fetch_profile(profile: str, *, pin: bool = False, again: bool = False) -> Iterator[str]:
    """Fetch the models of a profile, a line before and after each.

    pin: write the hub's present commit and hashes into the table of pins. again: ask the hub even for what is cached.
    Raises WorkshopError for an unknown profile and for what can't be fetched.
    """
    entries = list_models(profile)
    if not entries:
        yield f"The profile {profile} takes nothing from a hub: its models come with the installation."
    for entry in entries:
        yield f"{entry.repository}: {entry.licence}, about {entry.megabytes} MB"
        yield f"  {_fetch(entry, pin, again)}"


def describe_models() -> Iterator[str]:
    """Say of each model where it comes from, its licence, its size, what it is pinned to and how sure that is."""
    for entry in MODELS.values():
        size = f"{entry.parameters:g} million parameters, " if entry.parameters else ""
        yield f"{entry.name}: {entry.repository or 'comes with the workshop'}, {entry.licence}"
        yield f"  {size}about {entry.megabytes} MB, reads {entry.context:,} tokens, {_state(entry)}"
        yield f"  {entry.certainty}"


def _state(entry: ModelEntry) -> str:
    """Return what a model is held to."""
    pin = read_pin(entry.name)
    if pin.revision:
        return f"pinned to {pin.revision[:12]}"
    if WEIGHTS in pin.sha256:
        return "its weights are held to a known hash"
    return "not pinned" if entry.repository else "installed"


def _fetch(entry: ModelEntry, pin: bool, again: bool) -> str:
    """Fetch or pin one model and return what is to be said of it."""
    if pin:
        made = pin_model(entry)
        return f"pinned to {made.revision[:12]} with the sha256 of {len(made.sha256)} files"
    folder = fetch_model(entry, again=again)
    known = read_pin(entry.name)
    held = "held to its pinned hashes" if known.revision else "not pinned: held to the hashes that the hub gave"
    return f"in {folder}, {held}"
