"""What an installation brings: every package that is needed for one, and the megabytes of their files."""

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def list_packages(names: Iterable[str]) -> dict[str, Distribution]:
    """Return what must be installed for these packages, themselves included, as far as it is installed, by name."""
    found, waiting = {}, [Requirement(name) for name in names]
    seen = set()
    while waiting:
        one = waiting.pop()
        name, extras = canonicalize_name(one.name), tuple(sorted(one.extras))
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        for line in found[name].requires or []:
            need = Requirement(line)
            if any(need.marker is None or need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append(need)
    return found


def weigh(packages: Iterable[Distribution]) -> float:
    """Return the megabytes of all files of these packages, compiled copies (.pyc) left out."""
    files = [one.locate_file(file) for one in packages for file in one.files or [] if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6
