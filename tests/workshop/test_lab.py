"""Copies of the lessons, and the arguments of JupyterLab."""

import json
import os

import pytest

from workshop import lab
from workshop.errors import WorkshopError


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here.ipynb", "01_word_embeddings.ipynb"):
        (folder / name).write_text(f"original {name}")
    return folder


def test_missing_notebooks_are_copied(source, tmp_path):
    work = tmp_path / "deep" / "work"
    made = lab.copy_missing(source, work)
    assert [path.name for path in made] == ["00_start_here.ipynb", "01_word_embeddings.ipynb"]
    assert (work / "00_start_here.ipynb").read_text() == "original 00_start_here.ipynb"


def test_answers_are_never_overwritten(source, tmp_path):
    work = tmp_path / "work"
    lab.copy_missing(source, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    (source / "00_start_here.ipynb").write_text("a newer original")
    (source / "02_text_embeddings.ipynb").write_text("a new lesson")
    made = lab.copy_missing(source, work)
    assert [path.name for path in made] == ["02_text_embeddings.ipynb"]
    assert (work / "00_start_here.ipynb").read_text() == "my answers"


def test_without_a_checkout_it_says_where_notebooks_come_from(tmp_path):
    with pytest.raises(WorkshopError, match=r"no notebooks in .*Clone the repository"):
        lab.copy_missing(tmp_path / "notebooks", tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_a_file_in_the_way_gets_one_line(source, tmp_path):
    (tmp_path / "work").write_text("a file, not a folder")
    with pytest.raises(WorkshopError, match=r"can't write into .*work.*--work DIR"):
        lab.copy_missing(source, tmp_path / "work")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_gets_one_line(source, tmp_path):
    work = tmp_path / "work"
    work.mkdir(mode=0o500)
    with pytest.raises(WorkshopError, match=r"can't write into .*Permission denied"):
        lab.copy_missing(source, work)


def test_arguments_open_the_first_lesson_in_the_work_folder(tmp_path):
    arguments = lab.lab_arguments(tmp_path)
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in arguments
    assert "--no-browser" not in arguments


def test_a_named_port_is_used_or_nothing(tmp_path):
    arguments = lab.lab_arguments(tmp_path, browser=False, port=9123)
    assert {"--no-browser", "--ServerApp.port=9123", "--ServerApp.port_retries=0"} <= set(arguments)


@pytest.mark.parametrize(("user", "expected"), [(0, True), (1000, False)])
def test_root_in_a_container_may_run_it(monkeypatch, tmp_path, user, expected):
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    assert ("--allow-root" in lab.lab_arguments(tmp_path)) == expected


def test_closing_a_notebook_stops_its_kernel_and_nothing_asks_the_network():
    overrides = json.loads((lab.LAB_SETTINGS / "overrides.json").read_text())
    assert overrides["@jupyterlab/notebook-extension:tracker"]["kernelShutdown"] is True
    assert overrides["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}


def test_open_lab_copies_then_hands_over(monkeypatch, source, tmp_path, capsys):
    launched = []

    class LabApp:
        @staticmethod
        def launch_instance(arguments):
            launched.append(arguments)

    monkeypatch.setattr(lab, "NOTEBOOKS", source)
    monkeypatch.setattr(lab, "require", lambda name, extra: type("labapp", (), {"LabApp": LabApp}))
    lab.open_lab(tmp_path / "work", browser=False, port=9123)
    assert launched == [lab.lab_arguments(tmp_path / "work", browser=False, port=9123)]
    assert (tmp_path / "work" / "01_word_embeddings.ipynb").is_file()
    assert "2 new, the others left as they were" in capsys.readouterr().out
