"""The preflight: what this machine has, what is missing, and the next step for each."""

from pathlib import Path

from workshop.doctor import libraries, machine
from workshop.doctor.finding import Finding, exit_code, show

__all__ = ["Finding", "examine", "exit_code", "show"]


def examine(data: Path | None = None) -> list[Finding]:
    """Look at this machine and return what was found; takes a few seconds at most.

    data: a folder of the user's own texts to look at as well.
    """
    findings = [machine.check_python(), machine.check_disk(), machine.check_memory(), machine.check_cores()]
    for extra, requirements in libraries.read_extras().items():
        findings += libraries.check_extra(extra, requirements)
    findings += [libraries.check_widgets(), libraries.check_encoder(), libraries.check_texts()]
    findings += [machine.check_results(), machine.check_hub()]
    return [*findings, libraries.check_data(data)] if data else findings
