"""docs/grading.md says what is true: its options, its files, its table of attacks."""

import dataclasses
import re

import pytest

from backstage import commands
from backstage.grade.replay import Limits
from backstage.grade.run import grade_all
from backstage.lessons.source import checkout
from studies import kills
from studies.attacks import study as stock_attacks
from studies.attacks import table as attack_table
from studies.attacks.battery import read_attacks
from studies.grader import speed_table
from studies.grader import study as grader
from studies.keep import read_measured
from tests.backstage.grade.fake_grader import FakeGrader, write
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row

PAGE = (checkout() / attack_table.PAGE).read_text(encoding="utf-8")


def test_options_are_the_commands():
    known = {name for option in commands.grade.params for name in option.opts if name.startswith("--")}
    told = set(re.findall(r"(?<![\w-])(--[a-z]+)\b", PAGE.partition("## Threat model")[0]))
    assert told == known


def test_files_are_those_that_are_written(tmp_path):
    write(tmp_path / "in", "STUDENT", {"0.1": [2], "fail": "so that the teacher has something to read"})
    grade_all([tmp_path / "in"], tmp_path / "out", make_grader=FakeGrader)
    made = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    made = {re.sub(r"^\.grading/.*", ".grading/", name).replace("00_start_here", "LESSON") for name in made}
    table = PAGE.partition("**What it writes**")[2].partition("**Options.**")[0]
    assert set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)) == made


def test_table_of_attacks_is_fresh():
    assert attack_table.place_table(PAGE, attack_table.write_table(read_measured(stock_attacks.STEM))) == PAGE


def test_every_attack_that_can_be_tried_was_tried_on_nbgrader():
    tried = {row.method for row in read_measured(stock_attacks.STEM).rows}
    assert tried == {attack.name for attack in read_attacks() if not attack.heavy}


def test_verdicts_follow_from_what_was_measured():
    names = ["tcp", "isclose_patched", "crash", "daemon", "fork_bomb"]
    attacks = {one.name: one for one in read_attacks() if one.name in names}
    measured = {"tcp": (0, 0, 1), "isclose_patched": (0, 2, 0), "crash": (1, 0, 0), "daemon": (0, 0, 0)}
    rows = [
        Row("00", name, "", metric, value)
        for name, values in measured.items()
        for metric, value in zip(("lost", "points", "found"), values, strict=True)
    ]
    results = Results(stock_attacks.STEM, "small", tuple(rows))
    verdicts = [attack_table.judge(attacks[name], results) for name in names]
    assert verdicts == ["found it", "full points", "lost", "gained nothing", "not tried"]


def test_kills_are_those_that_were_measured():
    [row] = read_measured(kills.STEM).select(metric="files that differ")
    assert (row.value, row.n) == (0, kills.TIMES)
    assert f"at {kills.TIMES} random moments" in PAGE


def test_speed_is_written_from_what_was_measured():
    results = read_measured(grader.STEM)
    assert speed_table.fill_speed(PAGE, results) == PAGE == speed_table.fill_speed(PAGE, None)
    rows = [
        dataclasses.replace(row, value=7 * row.value) if row.metric == speed_table.RATIO else row
        for row in results.rows
    ]
    [ratio] = results.select(metric=speed_table.RATIO)
    text = speed_table.write_speed(dataclasses.replace(results, rows=tuple(rows)))
    assert f"{7 * ratio.value:.1f} times the throughput" in text
    assert f"{Limits().cell:g} for a cell" in text
    with pytest.raises(WorkshopError, match="has lost its markers"):
        speed_table.fill_speed(PAGE.replace("<!-- /speed -->", ""), results)
