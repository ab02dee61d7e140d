"""The folder that a jail sees as the workshop, and the places of this machine that it may read."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parents[3]
COPIED_WORKSHOP = (
    *("__init__.py", "errors.py", "settings.py", "threads.py", "data", "checks/local.py", "checks/protocol.py"),
    "assets/skerryline",
)
COPIED_JAIL = ("child", "confine", "imports", "notebook", "quiet", "warm", "wire")
# What holds answers, or what answers can be worked out from: covered wherever it lies.
MASKED = ("workshop", "backstage", "studies", "solutions", "tests", "build", ".git")
CHECKS = '''"""Checks that say nothing."""

from backstage.grade.jail.quiet import check, ready

__all__ = ["check", "ready"]
'''
SYSTEM = ("/lib", "/lib32", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
VENV, BOX, SCRATCH = "/venv", "/box", "/scratch"


def fill_box(folder: Path) -> None:
    """Write the workshop without checks, references and tools into a folder.

    Anybody may read it: in the jail it belongs to nobody.
    """
    names = [f"workshop/{name}" for name in COPIED_WORKSHOP]
    names += [f"backstage/grade/jail/{name}.py" for name in COPIED_JAIL]
    for name in names:
        source, target = HERE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copyfile(source, target)
    (folder / "workshop" / "checks" / "__init__.py").write_text(CHECKS, encoding="utf-8")
    for package in ("backstage", "backstage/grade", "backstage/grade/jail"):
        (folder / package / "__init__.py").write_text("", encoding="utf-8")
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o755)
        for name in files:
            os.chmod(Path(place) / name, 0o644)


def find_python() -> str:
    """Return where this process's interpreter lies in the jail."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return f"{VENV}/{Path(sys.executable).relative_to(sys.prefix).as_posix()}"


def mounts(box: Path) -> list[str]:
    """Return bubblewrap's arguments for what the jail may read: interpreter, libraries, the box, and nothing else."""
    shown = {"/usr": "/usr", sys.base_prefix: sys.base_prefix}
    if sys.prefix != sys.base_prefix:
        shown[sys.prefix] = VENV
    arguments = []
    for source, target in shown.items():
        if source == "/usr" or not Path(source).is_relative_to("/usr"):
            arguments += [*_open_way(target), "--ro-bind", source, target]
    for place in SYSTEM:
        if os.path.islink(place):
            arguments += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            arguments += ["--ro-bind", place, place]
    for place in SETTINGS:
        arguments += ["--ro-bind-try", place, place]
    return [*arguments, *_masks(shown), "--ro-bind", str(box), BOX]


def _open_way(target: str) -> list[str]:
    """Return bubblewrap's arguments for folders above a target that a child's user may pass; /root's can't be."""
    above = [str(path) for path in reversed(Path(target).parents) if path != Path("/")]
    return [word for path in above for word in ("--perms", "0755", "--dir", path)]


def _masks(shown: dict[str, str]) -> list[str]:
    """Return bubblewrap's arguments that cover the real workshop wherever it lies below what is shown."""
    arguments = []
    for path in list_masked([HERE, *map(Path, sys.path)]):
        for source, target in shown.items():
            if path.is_relative_to(source):
                arguments += ["--tmpfs", str(Path(target) / path.relative_to(source))]
    return arguments


def list_masked(places: Iterable[Path]) -> list[Path]:
    """Return the folders to cover in places that hold a copy of the workshop: a checkout, site-packages, or both.

    A place counts where it has workshop/checks: others may have a folder of tests that is nobody's secret.
    """
    homes = dict.fromkeys(place.resolve() for place in places if (place / "workshop" / "checks").is_dir())
    return [home / name for home in homes for name in MASKED if (home / name).is_dir()]


def environment() -> dict[str, str]:
    """Return every variable that a jail sees."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    home = {"HOME": SCRATCH, "TMPDIR": SCRATCH, "MPLCONFIGDIR": SCRATCH, "IPYTHONDIR": f"{SCRATCH}/ipython"}
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    quiet = {"WORKSHOP_RESULTS": "memory", "WORKSHOP_PROFILE": "small", "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"}
    who = {"USER": "student", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return one | home | offline | quiet | who | {"PYTHONDONTWRITEBYTECODE": "1"}
