"""Nobody is merged and nobody vanishes, however many folders, platforms and copies lie between."""

import io
import os
import unicodedata
import zipfile

import pytest

from backstage.grade.choice import is_handout
from backstage.grade.layout import name_person
from backstage.grade.submissions import find_submissions
from backstage.grade.systems import read_system
from backstage.lessons.notebooks import make_learner, make_solved, write_json
from tests.backstage.grade.honest import find_cell
from tests.backstage.grade.test_submissions import CALL, START, WORDS, lay, pack, who
from workshop.checks.registry import list_exercises

FILE = f"{WORDS}.ipynb"
AROUND = ["", "submissions/", "two/folders/"]
TWO = {
    "canvas": (["smithana_12345_67890_" + FILE, "jonesben_12346_67891_" + FILE], ["jonesben_12346", "smithana_12345"]),
    "canvas_groups": (
        ["team_1_12345_67890_" + FILE, "team_2_12346_67891_" + FILE],
        ["team_1_12345", "team_2_12346"],
    ),
    "canvas_late_group": (["lab_7_LATE_12345_67890_x.ipynb", "ben_12346_67891_y.ipynb"], ["ben_12346", "lab_7_12345"]),
    "canvas_anonymous": (["anon_aB1c2_6789_" + FILE, "LATE_anon_d3E4f_6790_" + FILE], ["anon_aB1c2", "anon_d3E4f"]),
    "canvas_dates": (["ana_123_4567_2024_hw.ipynb", "ben_124_4568_20240131_hw.ipynb"], ["ana_123", "ben_124"]),
    "canvas_one": (["smithana_12345_67890_" + FILE], ["smithana_12345"]),
    "moodle_flat": (
        ["Ana Doe_77_assignsubmission_file_" + FILE, "Ben Roe_78_assignsubmission_file_" + FILE],
        ["Ana Doe_77", "Ben Roe_78"],
    ),
    "moodle_folders": (
        ["Ana Doe_77_assignsubmission_file_/x.ipynb", "Ben Roe_78_assignsubmission_file/sub/y.ipynb"],
        ["Ana Doe_77", "Ben Roe_78"],
    ),
    "blackboard": (
        [
            "Words_ana_attempt_2026-01-02-03-04-05_x.ipynb",
            "Words_ben_attempt_2026-01-02-03-04-06_x.ipynb",
            "Words_ana_attempt_2026-01-02-03-04-05.txt",
        ],
        ["ana", "ben"],
    ),
    "brightspace": (
        [
            "12345-678 - Ana Doe - Jan 2, 2026 304 PM - x.ipynb",
            "12346-678 - Ben Roe - Jan 3, 2026 1104 AM - x.ipynb",
            "index.html",
        ],
        ["Ana Doe_12345", "Ben Roe_12346"],
    ),
    "exchange": (
        [f"ana+{WORDS}+2026-01-02 03:04:05 UTC+f00d/{FILE}", f"ben+{WORDS}+2026-01-02 03:04:05 UTC+beef/{FILE}"],
        ["ana", "ben"],
    ),
    "sakai": (
        ["Doe, Ana(ana1)/Submission attachment(s)/x.ipynb", "Roe, Ben(ben1)/Submission attachment(s)/x.ipynb"],
        ["Doe, Ana(ana1)", "Roe, Ben(ben1)"],
    ),
    "a_file_each": (["ana.ipynb", "ben.ipynb"], ["ana", "ben"]),
    "a_number_each": (["12.ipynb", "34.ipynb"], ["12", "34"]),
    "a_folder_each": (["ana/x.ipynb", "ben/x.ipynb"], ["ana", "ben"]),
    "letters": (["a/x.ipynb", "b/x.ipynb"], ["a", "b"]),
    "only_one_with_a_notebook": (["ana/x.ipynb", "ben/essay.pdf"], ["ana", "ben"]),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("around", AROUND, ids=["bare", "in_one", "in_two"])
@pytest.mark.parametrize("layout", TWO)
def test_more_folders_around_change_nothing(tmp_path, layout, around, zipped):
    names, students = TWO[layout]
    names = [around + name for name in names]
    path = pack(tmp_path / "class.zip", *names) if zipped else lay(tmp_path / "handed in", *names)
    found = find_submissions([path], WORDS)
    assert [one.student for one in found] == students
    assert not [doubt for one in found for doubt in one.doubts]


def test_group_names_leave_the_users_number(tmp_path):
    [found] = find_submissions([lay(tmp_path, f"in/team_1_12345_67890_{FILE}")])
    assert (found.account, found.file) == ("canvas:12345", FILE)


def test_what_only_looks_like_canvas_stays_its_folders_student(tmp_path):
    assert who(lay(tmp_path / "a", "ana/hw_1_2_final.ipynb", "ben/hw_1_2_final.ipynb")) == [
        ("ana", WORDS),
        ("ben", WORDS),
    ]
    assert who(lay(tmp_path / "b", "ana/hw_1_2_final.ipynb", "ana/hw_2_3_final.ipynb", "ben/x.ipynb"))[-1] == (
        "ben",
        WORDS,
    )


@pytest.mark.parametrize("layout", ["folders", "files"])
def test_folders_of_groups_are_looked_into_and_said(tmp_path, layout):
    names = ["north/ana", "north/ben", "south/cleo", "south/dora", "south/ana"]
    path = lay(tmp_path, *(f"{name}/x.ipynb" if layout == "folders" else f"{name}.ipynb" for name in names))
    found = find_submissions([path])
    assert [one.student for one in found] == ["ana (north)", "ana (south)", "ben", "cleo", "dora"]
    doubts = [doubt for one in found for doubt in one.doubts]
    assert "north was taken for a folder of several students: ana, ben" in doubts
    assert "there are several ana: told apart by the folder or assignment" in doubts


def test_several_peoples_notebooks_in_one_students_folder_are_said(tmp_path):
    found = find_submissions([lay(tmp_path, "ana/ana.ipynb", "ana/cleo.ipynb", "ben/x.ipynb", "dora/x.ipynb")])
    assert [one.student for one in found] == ["ana", "ben", "dora"]
    assert "ana has 2 notebooks of one lesson, perhaps of several people (ana, cleo)" in found[0].doubts


def test_one_students_own_folders_are_no_people(tmp_path):
    path = lay(tmp_path / "ana", "drafts/x.ipynb", "final/x.ipynb", "work/data.csv")
    assert who(path) == [("ana", WORDS)]
    assert who(lay(tmp_path / "b" / "ana", FILE, f"Copy of {FILE}", f"{WORDS} (1).ipynb")) == [("ana", WORDS)]
    assert who(lay(tmp_path / "c", f"ana/work/{FILE}", "ana/data/x.csv")) == [("ana", WORDS)]


def test_notebooks_that_tell_no_student_are_said(tmp_path):
    lay(tmp_path / "downloads", FILE, f"{WORDS} (1).ipynb", text=SOLVED)
    lay(tmp_path / "downloads", f"{WORDS} (2).ipynb", text=STUB)
    [found] = find_submissions([tmp_path / "downloads"])
    assert found.doubts == ("2 notebooks whose names tell no student were taken for one student's, downloads",)
    lay(tmp_path / "class", f"ana/{FILE}", f"ana/{WORDS} (1).ipynb", f"ben/{FILE}", text=SOLVED)
    assert not [one.doubts for one in find_submissions([tmp_path / "class"]) if one.doubts]


NO_NOTEBOOKS = {
    "canvas_text": ("doeana_12345_text.html", "doeana_12345"),
    "canvas_late_link": ("doeana_LATE_12345_link.html", "doeana_12345"),
    "canvas_group_text": ("team_1_12345_text.html", "team_1_12345"),
    "canvas_word": (f"doeana_12345_67892_{WORDS}.docx", "doeana_12345"),
    "canvas_renamed": (f"doeana_12345_67892_{FILE}.txt", "doeana_12345"),
    "moodle_text": ("Ana Doe_77_assignsubmission_onlinetext_onlinetext.html", "Ana Doe_77"),
    "moodle_text_folder": ("Ana Doe_77_assignsubmission_onlinetext_/onlinetext.html", "Ana Doe_77"),
    "blackboard_slip": ("Words_doeana_attempt_2026-01-02-03-04-05.txt", "doeana"),
    "word_in_a_folder": ("doeana/answers.docx", "doeana"),
    "text_beside_files": ("doeana.txt", "doeana"),
    "empty_folder": ("doeana/", "doeana"),
}

BESIDE = {
    "text_beside_files": ["ben.ipynb", "cleo.ipynb"],
    "word_in_a_folder": ["ben/x.ipynb"],
    "empty_folder": ["ben/x.ipynb"],
}


@pytest.mark.parametrize("around", AROUND, ids=["bare", "in_one", "in_two"])
@pytest.mark.parametrize("kind", NO_NOTEBOOKS)
def test_what_is_no_notebook_leaves_a_record(tmp_path, kind, around):
    name, student = NO_NOTEBOOKS[kind]
    names = BESIDE.get(kind, [f"roeben_12346_67891_{FILE}"])
    path = pack(tmp_path / "class.zip", *(around + each for each in (name, *names)))
    found = {one.student: one for one in find_submissions([path], WORDS)}
    assert len(found) == 1 + len(names)
    assert found.pop(student).load().problem.startswith("handed in, but no notebook")
    assert not [one.load().problem for one in found.values() if one.load().problem]


def test_teachers_own_files_beside_are_nobodys(tmp_path):
    names = ["ana.ipynb", "README.md", "instructions.pdf", "roster.txt", "grades.csv", "index.html"]
    assert who(lay(tmp_path, *names)) == [("ana", WORDS)]


def test_a_notebook_counts_more_than_what_lies_beside_it(tmp_path):
    names = [f"doeana_12345_67890_{FILE}", "doeana_12345_67891_notes.docx", "doeana_12345_text.html"]
    assert who(lay(tmp_path, *names)) == [("doeana_12345", WORDS)]


@pytest.mark.parametrize("encoding", ["cp437", "cp1252"])
def test_names_in_utf8_without_the_flag_are_decoded_again(tmp_path, encoding):
    wrong = (
        "Jürgen Żak".encode().decode(encoding, "replace") if encoding == "cp437" else "Jürgen".encode().decode(encoding)
    )
    right = "Jürgen Żak" if encoding == "cp437" else "Jürgen"
    assert who(lay(tmp_path, f"{wrong}/{FILE}", f"Ann/{FILE}")) == [("Ann", WORDS), (right, WORDS)]


def test_zip_without_the_flag(tmp_path):
    path = pack(tmp_path / "a.zip", f"Jürgen/{FILE}", f"Müller/{FILE}")
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset + 1] &= ~0x08
            place = content.find(mark, place + 4)
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist()[0].startswith("J├╝rgen")
    assert who(path) == [("Jürgen", WORDS), ("Müller", WORDS)]
    assert [one.load().content for one in find_submissions([path])] == [CALL.encode()] * 2


@pytest.mark.parametrize("name", ["Jürgen", "Øyvind", "Łukasz", "Zoë", "名前", "Ñuñez", "Ååå"])
def test_names_that_are_right_stay(tmp_path, name):
    assert who(lay(tmp_path, f"{name}/{FILE}", f"ann/{FILE}"))[-1] == (name, WORDS) or name < "ann"
    assert name in [student for student, _ in who(tmp_path)]


def test_decomposed_names_are_the_same_name(tmp_path):
    apart = unicodedata.normalize("NFD", "Zoë")
    first = pack(tmp_path / "a.zip", f"{apart}/{START}.ipynb", f"ann/{FILE}")
    second = pack(tmp_path / "b.zip", f"Zoë/{FILE}", f"ann/{START}.ipynb")
    assert {student for student, _ in who(first, second)} == {"ann", "Zoë"}


STUB, SOLVED = (write_json(make(WORDS)) for make in (make_learner, make_solved))


@pytest.mark.parametrize("stem", [START, WORDS])
def test_handout_is_known_by_its_stubs(stem):
    handout, solved = make_learner(stem), make_solved(stem)
    for encoding in ("utf-8", "utf-16", "utf-8-sig"):
        assert is_handout(write_json(handout).encode(encoding), stem)
        assert not is_handout(write_json(solved).encode(encoding), stem)
    joined = {**handout, "cells": [cell | {"source": "".join(cell["source"])} for cell in handout["cells"]]}
    assert is_handout(write_json(joined).encode(), stem)
    added = {**handout, "cells": [*handout["cells"], find_cell(solved, f"def {list_exercises(stem)[0].function}(")]}
    assert not is_handout(write_json(added).encode(), stem)


def test_a_stub_with_code_above_its_last_line_is_changed():
    text = write_json(make_learner(START))
    changed = text.replace("    raise NotImplementedError", '    return {}\\n",\n    "    raise NotImplementedError')
    assert changed != text
    assert not is_handout(changed.encode(), START)


@pytest.mark.parametrize(
    "copy",
    [
        f"Copy of {FILE}",
        f"{WORDS} (1).ipynb",
        f"{WORDS}-Copy1.ipynb",
        f"{WORDS}_final.ipynb",
        "work.ipynb",
        f"{WORDS} 2.ipynb",
    ],
)
@pytest.mark.parametrize("newer", ["copy", "handout"])
def test_an_unchanged_handout_never_beats_a_changed_notebook(tmp_path, copy, newer):
    lay(tmp_path, f"ana/{FILE}", text=STUB)
    lay(tmp_path, f"ana/{copy}", text=SOLVED)
    lay(tmp_path, f"ben/{FILE}", text=SOLVED)
    os.utime(tmp_path / "ana" / (FILE if newer == "copy" else copy), (1, 1))
    ana, _ = find_submissions([tmp_path])
    assert ana.load().content == SOLVED.encode()
    assert (ana.student, ana.file) == ("ana", copy)
    assert ana.notes == (
        f"handed in 2 notebooks of this lesson: {copy} counts",
        f"left out: {FILE} (an unchanged handout)",
    )


def test_two_handouts_are_one_handout(tmp_path):
    lay(tmp_path, f"ana/{FILE}", f"ana/{WORDS} (1).ipynb", f"ben/{FILE}", text=STUB)
    assert find_submissions([tmp_path])[0].file == FILE


def test_what_can_be_read_counts_before_what_cannot(tmp_path):
    lay(tmp_path, f"ana/{WORDS}_draft.ipynb", f"ben/{FILE}", text=SOLVED)
    with (tmp_path / "ana" / FILE).open("wb") as file:
        file.truncate(200 * 10**6)
    ana, _ = find_submissions([tmp_path])
    assert ana.file == f"{WORDS}_draft.ipynb"
    assert ana.notes[1] == f"left out: {FILE} (can't be read)"


STAMPED = {
    "blackboard": "Words_ana_attempt_2026-01-{:02}-03-04-05_" + FILE,
    "brightspace": "12345-678 - Ana Doe - Jan {:02}, 2026 304 PM - " + FILE,
    "exchange": f"ana+{WORDS}+2026-01-{{:02}} 03:04:05 UTC+f00d/{FILE}",
    "version": "Ana Doe/Words/Version {}/" + FILE,
    "canvas": f"doeana_12345_678{{:02}}_{WORDS}-{{}}.ipynb",
}


@pytest.mark.parametrize("system", STAMPED)
def test_attempts_in_names_outrank_the_times_of_files(tmp_path, system):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for day in (9, 11, 2):
            facts = zipfile.ZipInfo(STAMPED[system].format(day, day), (2026, 2, 28 - day, 0, 0, 0))
            archive.writestr(facts, CALL + " " * day)
    [found] = find_submissions([path])
    assert len(found.load().content) == len(CALL) + 11


def test_zip_in_a_zip_keeps_its_student(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep/x.ipynb", CALL)
    path = pack(tmp_path / "all.zip", "in/roeben_12346_67891_y.ipynb")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("in/doeana_12345_67890_work.zip", inner.getvalue())
    assert who(path) == [("doeana_12345", WORDS), ("roeben_12346", WORDS)]


@pytest.mark.parametrize(
    ("name", "person"),
    [
        (f"Copy of {FILE}", ""),
        (f"{WORDS} 2.ipynb", ""),
        ("final_v2.ipynb", ""),
        ("Untitled1.ipynb", ""),
        ("homework 3", ""),
        ("Submission attachment(s)", ""),
        ("ana_final.ipynb", "ana"),
        ("12", "12"),
        ("20231234_hw1.ipynb", "20231234"),
        ("s0001", "s0001"),
    ],
)
def test_words_for_versions_name_nobody(name, person):
    assert name_person(name) == person


@pytest.mark.parametrize(
    "name", ["ana.ipynb", FILE, "ana-maria_doe.ipynb", "2026-01-02 - notes.ipynb", "a_1.ipynb", "__.ipynb"]
)
def test_ordinary_names_are_no_platforms(name):
    assert read_system(name) is None
