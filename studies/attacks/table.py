"""Write the table of attacks in docs/grading.md: `python -m studies.attacks.table`."""

from typing import Any

from backstage.lessons.source import checkout
from studies.attacks.battery import read_attacks
from studies.attacks.study import STEM
from studies.keep import read_measured
from workshop.score.results import Results

PAGE = "docs/grading.md"
BEGIN, END = "<!-- attacks: made by python -m studies.attacks.table -->", "<!-- /attacks -->"
LOST, FULL, FOUND, HELD, UNTRIED = "lost", "full points", "found it", "gained nothing", "not tried"


def judge(attack: Any, results: Results) -> str:
    """Return what an attack got of stock nbgrader, in two words."""
    got = {row.metric: row.value for row in results.select(method=attack.name)}
    if not got:
        return UNTRIED
    if got["lost"]:
        return LOST
    if got["points"] and attack.points == "0":
        return FULL
    return FOUND if got["found"] else HELD


def write_table(results: Results) -> str:
    """Return the table as Markdown, with a line of counts before it."""
    attacks = read_attacks()
    verdicts = {attack.name: judge(attack, results) for attack in attacks}
    counts = {verdict: list(verdicts.values()).count(verdict) for verdict in (FULL, FOUND, LOST, HELD, UNTRIED)}
    lines = [
        f"{len(attacks)} attacks. Of the {len(attacks) - counts[UNTRIED]} that were tried on stock nbgrader "
        f"{results.versions['nbgrader']}, {counts[FULL]} got full points, {counts[FOUND]} found what they were after, "
        f"{counts[LOST]} lost the submission, {counts[HELD]} gained nothing. In `workshop grade` all gained nothing.",
        "",
        "| attack | what it tries | stock nbgrader |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {one.name.replace('_', ' ')} | {one.tries} | {verdicts[one.name]} |" for one in attacks]
    return "\n".join(lines)


def place_table(page: str, table: str) -> str:
    """Return the page with the table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    path = checkout() / PAGE
    text = path.read_text(encoding="utf-8")
    path.write_text(place_table(text, write_table(read_measured(STEM))), encoding="utf-8")
