"""The folder that a jail sees as the workshop, and the places of this machine that it may read."""

import os
import shutil
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
COPIED = ("__init__.py", "errors.py", "settings.py", "data", "checks/local.py", "checks/protocol.py")
COPIED_GRADE = ("child", "confine", "quiet", "warm", "wire")
COPIED_ASSETS = ("assets/skerryline",)
CHECKS = (
    '"""Checks that say nothing."""\n\nfrom workshop.grade.quiet import check, ready\n\n__all__ = ["check", "ready"]\n'
)
SYSTEM = ("/lib", "/lib32", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
VENV, BOX, SCRATCH = "/venv", "/box", "/scratch"


def fill_box(folder: Path) -> None:
    """Write the workshop without checks, references and tools into a folder.

    Anybody may read it: in the jail it belongs to nobody.
    """
    names = [*COPIED, *(f"grade/{name}.py" for name in COPIED_GRADE), *COPIED_ASSETS]
    for name in names:
        source, target = PACKAGE / name, folder / "workshop" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copyfile(source, target)
    (folder / "workshop" / "checks" / "__init__.py").write_text(CHECKS, encoding="utf-8")
    (folder / "workshop" / "grade" / "__init__.py").write_text("", encoding="utf-8")
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
    checkout = PACKAGE.parent
    hidden = [checkout / name for name in ("solutions", "tests", "build", ".git") if (checkout / "solutions").is_dir()]
    arguments = []
    for path in (PACKAGE, *filter(Path.is_dir, hidden)):
        for source, target in shown.items():
            if path.is_relative_to(source):
                arguments += ["--tmpfs", str(Path(target) / path.relative_to(source))]
    return arguments


def environment() -> dict[str, str]:
    """Return every variable that a jail sees."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    home = {"HOME": SCRATCH, "TMPDIR": SCRATCH, "MPLCONFIGDIR": SCRATCH, "IPYTHONDIR": f"{SCRATCH}/ipython"}
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    quiet = {"WORKSHOP_RESULTS": "memory", "WORKSHOP_PROFILE": "small", "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"}
    who = {"USER": "student", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return one | home | offline | quiet | who | {"PYTHONDONTWRITEBYTECODE": "1"}
