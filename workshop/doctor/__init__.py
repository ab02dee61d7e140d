"""The preflight: what this machine has, what is missing, and the next step for each."""

from pathlib import Path

from workshop.doctor import libraries, machine, own_data
from workshop.doctor.finding import Finding, exit_code, show
from workshop.settings import Settings

__all__ = ["Finding", "examine", "exit_code", "preflight", "show"]


def examine(data: Path | None = None, *, teacher: bool = False) -> list[Finding]:
    """Look at this machine and return what was found; takes a few seconds at most.

    data: a folder of the user's own texts to look at as well. teacher: also look at what courses, slides and grading
    need.
    """
    tools = [machine.check_jail()] if teacher else []
    found = [*examine_machine(), *examine_libraries(staff=teacher), *tools, *examine_contents(data)]
    return [*found, *machine.check_network(), machine.check_hub()]


def preflight(settings: Settings) -> None:
    """Show in a notebook whether everything for this profile is in place."""
    findings = [*examine_machine(), *examine_libraries(staff=False), *examine_contents(settings.data)]
    show(findings if settings.profile == "small" else [*findings, *machine.check_network(), machine.check_hub()])


def examine_machine() -> list[Finding]:
    """Look at Python, disk, memory, cores and the results folder."""
    checks = (
        machine.check_python,
        machine.check_disk,
        machine.check_memory,
        machine.check_cores,
        machine.check_results,
    )
    return [check() for check in checks]


def examine_libraries(*, staff: bool) -> list[Finding]:
    """Look at the libraries of each extra; staff: also at those for teachers and maintainers."""
    extras = libraries.read_extras()
    wanted = [extra for extra in extras if staff or extra not in libraries.STAFF]
    found = [finding for extra in wanted for finding in libraries.check_extra(extra, extras[extra])]
    return [*found, libraries.check_widgets()]


def examine_contents(data: Path | None) -> list[Finding]:
    """Look at the models and texts that the small profile needs, and at the user's own folder where there is one."""
    own = own_data.examine(data) if data else []
    return [libraries.check_encoder(), libraries.check_language_model(), libraries.check_texts(), *own]
