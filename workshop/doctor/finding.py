"""What the preflight says: findings, and the table of them."""

from dataclasses import dataclass

WIDTH = 96  # characters that fit beside the prompt of a notebook
STYLES = {"ok": "green", "note": "dim", "warn": "yellow", "fail": "red"}


@dataclass(frozen=True)
class Finding:
    """One line of the preflight.

    state: ok, note (nothing to do), warn (may hurt later) or fail (the small profile can't run).
    next_step: what to do about it; empty where nothing is.
    """

    name: str
    state: str
    found: str
    next_step: str = ""


def exit_code(findings: list[Finding]) -> int:
    """Return 1 where something that the small profile needs is missing, else 0."""
    return int(any(finding.state == "fail" for finding in findings))


def show(findings: list[Finding]) -> None:
    """Print the findings as a table, and one closing line."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("", "what", "found", "next step"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        mark = f"[{STYLES[finding.state]}]{finding.state}[/]"
        table.add_row(mark, *(escape(text) for text in (finding.name, finding.found, finding.next_step)))
    console = Console(highlight=False)
    width = min(console.width, WIDTH)
    console.print(table, width=width)
    count = {state: sum(finding.state == state for finding in findings) for state in STYLES}
    closing = "The small profile can't run here yet" if count["fail"] else "The small profile can run here"
    console.print(f"{closing}: {count['fail']} to mend, {count['warn']} to know about.", style="bold", width=width)
