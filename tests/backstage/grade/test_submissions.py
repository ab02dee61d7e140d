"""What was handed in is found under every name that LMSs, nbgrader and students give it, and read as bytes only."""

import io
import json
import os
import stat
import sys
import zipfile

import pytest

from backstage.grade import files
from backstage.grade.names import clean_line, count_lesson_in, distinct, file_names, name_lesson, without_lesson
from backstage.grade.submissions import find_submissions
from workshop.errors import WorkshopError

START, WORDS = "00_start_here", "01_word_embeddings"
CALL = json.dumps({"cells": [{"source": "check.word_embeddings.cosine(cosine)"}]})


def lay(folder, *names, text=CALL):
    """Write files below a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def pack(path, *names, text=CALL):
    """Write a zip of files, each a name or a ZipInfo."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return path


def who(*paths, lesson=None):
    return [(one.student, one.lesson) for one in find_submissions(paths, lesson)]


def problem(path, lesson=WORDS):
    """Return the problem of the only submission there."""
    [found] = find_submissions([path], lesson)
    submission = found.load()
    assert submission.content is None
    return submission.problem


LAYOUTS = {
    "folder_a_student": (["ana/01_word_embeddings.ipynb", "ben/01_word_embeddings.ipynb"], ["ana", "ben"]),
    "deep": (["ana/work/mine/01_word_embeddings.ipynb", "ben/01_word_embeddings.ipynb"], ["ana", "ben"]),
    "any_name": (["ana/Untitled.ipynb", "ben/final (2).ipynb"], ["ana", "ben"]),
    "a_file_each": (
        ["ana.ipynb", "ben_01_word_embeddings.ipynb", "01-word-embeddings-cleo.ipynb"],
        ["ana", "ben", "cleo"],
    ),
    "nbgrader": ([f"ana/{WORDS}/{WORDS}.ipynb", f"ben/{WORDS}/{WORDS}.ipynb", "ben/timestamp.txt"], ["ana", "ben"]),
    "wrapped": (["class/ana/01_word_embeddings.ipynb", "class/ben/01_word_embeddings.ipynb"], ["ana", "ben"]),
    "wrapped_with_more": (["class/ana/x.ipynb", "class/ben/x.ipynb", "class/README.md", "list.csv"], ["ana", "ben"]),
    "lesson_then_students": (["01_word_embeddings/ana/x.ipynb", "01_word_embeddings/ben/y.ipynb"], ["ana", "ben"]),
    "lesson_then_files": (["01 Word embeddings/ana.ipynb", "01 Word embeddings/ben.ipynb"], ["ana", "ben"]),
    "submitted": ([f"submitted/ana/{WORDS}/{WORDS}.ipynb"], ["ana"]),
    "canvas": (
        ["doeana_12_345_01_word_embeddings-1.ipynb", "roeben_LATE_13_346_work.ipynb"],
        ["doeana_12", "roeben_13"],
    ),
    "moodle": (
        [
            "Ana Doe_77_assignsubmission_file_/01_word_embeddings.ipynb",
            "Ben Roe_78_assignsubmission_file/x.ipynb",
        ],
        ["Ana Doe_77", "Ben Roe_78"],
    ),
    "moodle_flat": (["Ana Doe_77_assignsubmission_file_01_word_embeddings.ipynb"], ["Ana Doe_77"]),
    "blackboard": (["Words_ana_attempt_2026-01-02-03-04-05_01_word_embeddings.ipynb"], ["ana"]),
    "litter": (
        ["ana/01_word_embeddings.ipynb", "ana/.ipynb_checkpoints/x.ipynb", "__MACOSX/ana/._x.ipynb", "README.md"],
        ["ana"],
    ),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(tmp_path, layout, zipped):
    names, students = LAYOUTS[layout]
    path = pack(tmp_path / "class.zip", *names) if zipped else lay(tmp_path / "handed in", *names)
    assert who(path) == [(student, WORDS) for student in students]


def test_a_course_is_graded_by_its_folder(tmp_path):
    course = lay(tmp_path / "course", f"submitted/ana/{WORDS}/{WORDS}.ipynb", f"source/{WORDS}/{WORDS}.ipynb")
    ana = course / "submitted" / "ana"
    for path in (course, ana.parent, ana, ana / WORDS, ana / WORDS / f"{WORDS}.ipynb"):
        assert who(path) == [("ana", WORDS)]


def test_several_lessons_and_paths(tmp_path):
    lay(tmp_path, f"a/ana/{START}.ipynb", f"a/ana/{WORDS}.ipynb", "ben/01_word_embeddings.ipynb")
    both = [("ana", START), ("ana", WORDS), ("ben", WORDS)]
    assert who(tmp_path / "a", tmp_path / "ben") == both
    assert who(tmp_path / "a", tmp_path / "ben" / f"{WORDS}.ipynb", lesson="01") == [("ana", WORDS), ("ben", WORDS)]


def test_lesson_is_told_by_the_checks_that_are_called(tmp_path):
    lay(tmp_path, "ana/final.ipynb", text=CALL.replace("word_embeddings", "start_here"))
    lay(tmp_path, "ben/final.ipynb", text="{}")
    assert who(tmp_path) == [("ana", START), ("ben", "")]
    assert "--lesson" in find_submissions([tmp_path])[1].problem
    assert who(tmp_path, lesson="01") == [("ana", WORDS), ("ben", WORDS)]
    assert count_lesson_in(b"check.word_embeddings.cosine(f) check.start_here.x") in (START, WORDS)


def test_of_several_notebooks_the_lessons_own_name_counts_then_the_last(tmp_path):
    lay(tmp_path, f"ana/{WORDS}.ipynb", f"ana/{WORDS}-Copy1.ipynb", "ben/old.ipynb", "ben/new.ipynb")
    os.utime(tmp_path / f"ana/{WORDS}.ipynb", (1, 1))
    os.utime(tmp_path / "ben/old.ipynb", (1, 1))
    ana, ben = find_submissions([tmp_path])
    assert ana.origin.endswith(f"{WORDS}.ipynb")
    assert ben.origin.endswith("new.ipynb")
    assert ben.notes == ("handed in 2 notebooks of this lesson: new.ipynb counts",)


def test_of_canvas_attempts_the_last_counts(tmp_path):
    names = [f"doeana_12_{100 + n}_{WORDS}{suffix}.ipynb" for n, suffix in enumerate(["", "-2", "-10"])]
    [found] = find_submissions([pack(tmp_path / "a.zip", *names)])
    assert found.origin.endswith("-10.ipynb")
    assert (found.student, found.account) == ("doeana_12", "canvas:12")


def test_students_with_something_else_get_a_record(tmp_path):
    lay(tmp_path, "ana/01_word_embeddings.ipynb", "ben/essay.pdf")
    (tmp_path / "cleo").mkdir()
    found = find_submissions([tmp_path], WORDS)
    assert [one.student for one in found] == ["ana", "ben", "cleo"]
    assert [bool(one.load().problem) for one in found] == [False, True, True]
    assert ".ipynb" in found[1].problem


def test_who_handed_in_another_lesson_has_no_record_of_this_one(tmp_path):
    lay(tmp_path, f"ana/{START}/{START}.ipynb", f"ana/{START}/timestamp.txt", f"ben/{WORDS}/{WORDS}.ipynb")
    assert who(tmp_path, lesson="01") == [("ben", WORDS)]


def test_a_zip_in_a_students_folder_is_looked_into(tmp_path):
    pack(tmp_path / "work.zip", "deep/01_word_embeddings.ipynb")
    inner = (tmp_path / "work.zip").read_bytes()
    outer = pack(tmp_path / "all.zip", "ben/01_word_embeddings.ipynb")
    with zipfile.ZipFile(outer, "a") as archive:
        archive.writestr("ana/work.zip", inner)
    found = find_submissions([outer])
    assert [(one.student, one.lesson) for one in found] == [("ana", WORDS), ("ben", WORDS)]
    assert [one.load().content for one in found] == [CALL.encode()] * 2


def test_names_in_a_zip_lead_nowhere(tmp_path):
    path = pack(
        tmp_path / "a.zip", "../../ana/01_word_embeddings.ipynb", "/etc/01_word_embeddings.ipynb", "..\\x.ipynb"
    )
    before = sorted(tmp_path.rglob("*"))
    found = find_submissions([path], WORDS)
    assert [one.student for one in found] == ["ana", "etc", "x"]
    assert all(one.load().content == CALL.encode() for one in found)
    assert sorted(tmp_path.rglob("*")) == before


def test_links_are_not_followed(tmp_path):
    secret = lay(tmp_path / "elsewhere", "secret.ipynb") / "secret.ipynb"
    (tmp_path / "in" / "ana").mkdir(parents=True)
    (tmp_path / "in" / "ana" / f"{WORDS}.ipynb").symlink_to(secret)
    assert "a link" in problem(tmp_path / "in")
    (tmp_path / "in" / "ana" / f"{WORDS}.ipynb").unlink()
    (tmp_path / "in" / "ana" / "folder").symlink_to(secret.parent)
    assert "no notebook" in problem(tmp_path / "in")
    member = zipfile.ZipInfo(f"ana/{WORDS}.ipynb")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "a link" in problem(pack(tmp_path / "a.zip", member, text=str(secret)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_stops_nobody(tmp_path):
    (tmp_path / "ana").mkdir()
    os.mkfifo(tmp_path / "ana" / f"{WORDS}.ipynb")
    assert "plain file" in problem(tmp_path)


def test_large_files_are_refused_unread(tmp_path):
    (tmp_path / "ana").mkdir()
    with (tmp_path / "ana" / f"{WORDS}.ipynb").open("wb") as file:
        file.truncate(200 * 10**6)
    assert problem(tmp_path).startswith("200 MB, and at most 20 MB")
    with (tmp_path / "ana" / f"{WORDS}.ipynb").open("wb") as file:
        file.truncate(files.MOST_BYTES)
    assert len(find_submissions([tmp_path], WORDS)[0].load().content) == files.MOST_BYTES


def test_zip_bombs_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(f"ana/{WORDS}.ipynb", "w") as file:
        for _ in range(30):
            file.write(bytes(10**6))
    assert "30 MB" in problem(path)
    content = path.read_bytes()
    size = (30 * 10**6).to_bytes(4, "little")
    assert content.count(size) >= 1
    (tmp_path / "lying.zip").write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    assert "damaged" in problem(tmp_path / "lying.zip")
    monkeypatch.setattr(files, "MOST_UNPACKED", 10**6)
    assert "a zip of more than" in problem(path)


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEMBERS", 3)
    assert "a zip of more than" in problem(pack(tmp_path / "a.zip", *(f"s{n}/a.ipynb" for n in range(4))))


def test_zips_within_zips_end(tmp_path):
    content = CALL.encode()
    for depth in range(5):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(f"{WORDS}.ipynb" if depth == 0 else "more.zip", content)
        content = made.getvalue()
    (tmp_path / "ana.zip").write_bytes(content)
    assert "no notebook" in problem(tmp_path / "ana.zip")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "can't be opened"),
        (b"PK\x03\x04 not really", "can't be opened"),
        (b"PK\x05\x06" + bytes(18), "an empty zip"),
    ],
    ids=["no_bytes", "corrupt", "empty"],
)
@pytest.mark.parametrize("given", ["itself", "in_a_folder"])
def test_bad_zips_get_a_record(tmp_path, content, words, given):
    path = tmp_path / "in" / "ana.zip"
    path.parent.mkdir()
    path.write_bytes(content)
    target = path if given == "itself" else path.parent
    assert words in problem(target)
    assert find_submissions([target], WORDS)[0].student == "ana"


def test_a_damaged_member_is_its_students_problem_alone(tmp_path):
    path = pack(tmp_path / "a.zip", f"ana/{WORDS}.ipynb", f"ben/{WORDS}.ipynb", text=CALL * 50)
    content = bytearray(path.read_bytes())
    content[content.index(WORDS.encode()) + len(WORDS) + 12] ^= 0xFF
    path.write_bytes(content)
    ana, ben = (one.load() for one in find_submissions([path]))
    assert "damaged" in ana.problem
    assert ben.content == (CALL * 50).encode()


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = pack(tmp_path / "a.zip", f"ana/{WORDS}.ipynb")
    content = bytearray(path.read_bytes())
    for place in (6, content.index(b"PK\x01\x02") + 8):
        content[place] |= 1
    path.write_bytes(content)
    assert "password" in problem(path)


def test_nobody_can_pass_for_another(tmp_path):
    found = find_submissions([pack(tmp_path / "a.zip", f"ana/{WORDS}.ipynb", f"a\u200bna/{WORDS}.ipynb")])
    names = [one.student for one in found]
    assert names[0] == "ana"
    assert names[1].startswith("ana~")


@pytest.mark.skipif(sys.platform != "linux", reason="names that aren't UTF-8 exist on Linux only")
def test_a_name_that_is_not_utf8_is_shown_as_text(tmp_path):
    folder = os.fsencode(tmp_path) + b"/M\xfcller"
    os.mkdir(folder)
    with open(folder + f"/{WORDS}.ipynb".encode(), "w") as file:
        file.write(CALL)
    [found] = find_submissions([tmp_path])
    found.student.encode("utf-8")
    assert found.load().content == CALL.encode()


@pytest.mark.parametrize("made", [None, "folder", "text"], ids=["missing", "empty_folder", "no_notebook"])
def test_nothing_to_grade_is_said(tmp_path, made):
    path = tmp_path / "x.txt"
    if made == "folder":
        path.mkdir()
    elif made:
        path.write_text("hello")
    with pytest.raises(WorkshopError, match=r"there is no|nothing to grade"):
        find_submissions([path])


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("01_word_embeddings", WORDS),
        ("Copy of 01-Word Embeddings (3)", WORDS),
        ("word_embeddings", WORDS),
        ("homework", ""),
        ("swordembeddings", ""),
    ],
)
def test_lessons_are_known_by_name(name, stem):
    assert name_lesson(name) == stem


@pytest.mark.parametrize(
    ("name", "left"),
    [("ana_01_word_embeddings", "ana"), ("01_word_embeddings (2) ana", "ana"), ("01_word_embeddings-Copy1", "")],
)
def test_a_students_name_is_what_is_left(name, left):
    assert without_lesson(name) == left


HOSTILE = [
    "../../x",
    "a/b",
    "a\\b",
    "con",
    "CON.txt",
    ".",
    "..",
    "",
    "a\x00b",
    "-rf",
    "x" * 300,
    "名前",
    "O'Neil",
    "a:b",
    "é",
    "Ana",
    "ana",
    "ana ",
]


def test_file_names_are_safe_and_no_two_alike():
    made = file_names(HOSTILE)
    assert len(made) == len(HOSTILE)
    assert len({name.casefold() for name in made.values()}) == len(HOSTILE)
    for name in made.values():
        assert name == name.strip(". ")
        assert not set(name) & set('/\\:*?"<>|\0')
        assert 0 < len(name.encode()) < 250
        assert name.casefold() not in ("con", "con.txt")
        assert not name.startswith("-")
    assert made["名前"] == "名前"


def test_clean_names_are_one_line_and_distinct():
    assert clean_line("a\u202eb\x1b[31m\n c\ud800") == "ab[31m c?"
    made = distinct(["ana", "ana\x07", "\x07"])
    assert made["ana"] == "ana"
    assert len(set(made.values())) == 3
    assert made["\x07"] == "unnamed"
