"""Profiles, the user's own data folder, and the cores of a container."""

import dataclasses

import pytest

import workshop
from workshop.errors import WorkshopError
from workshop.settings import PROFILES, Settings, count_threads, setup


@pytest.fixture(autouse=True)
def _no_choices_in_the_environment(monkeypatch):
    for name in ("WORKSHOP_PROFILE", "WORKSHOP_DATA", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def test_tiny_is_the_default_and_needs_no_network():
    settings = setup()
    assert (settings.profile, settings.encoder, settings.language_model) == ("tiny", "minilm-wheel", "tiny-lm")
    assert (settings.device, settings.dtype, settings.data) == ("cpu", "float32", None)


def test_environment_chooses_and_the_argument_overrules_it(monkeypatch):
    monkeypatch.setenv("WORKSHOP_PROFILE", "laptop")
    assert setup().profile == "laptop"
    assert setup("gpu").profile == "gpu"
    assert setup("gpu").dtype == "float16"


def test_every_profile_can_be_chosen():
    assert {setup(name).profile for name in PROFILES} == {"tiny", "laptop", "gpu"}


def test_unknown_profile_names_the_nearest():
    with pytest.raises(WorkshopError, match=r"unknown profile 'labtop'\. Did you mean 'laptop'\? Known: gpu, laptop"):
        setup("labtop")


def test_own_data_comes_from_argument_or_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    assert setup().data == tmp_path
    other = tmp_path / "other"
    other.mkdir()
    assert setup(data=other).data == other


def test_missing_data_folder_says_what_to_do(tmp_path):
    with pytest.raises(WorkshopError, match=r"can't read the data folder .*nowhere: No such file.*unset WORKSHOP_DATA"):
        setup(data=tmp_path / "nowhere")


def test_settings_can_not_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        setup().profile = "gpu"
    assert len(dataclasses.fields(Settings)) <= 8


@pytest.mark.parametrize(
    ("content", "expected"),
    [("max 100000", 4), ("100000 100000", 1), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 4)],
)
def test_threads_come_from_the_containers_share(monkeypatch, tmp_path, content, expected):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    limit = tmp_path / "cpu.max"
    limit.write_text(content)
    assert count_threads(limit) == expected


@pytest.mark.parametrize("content", [None, "", "rubbish", "1 2 3"])
def test_threads_without_a_readable_share_are_the_cores(monkeypatch, tmp_path, content):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    limit = tmp_path / "cpu.max"
    if content is not None:
        limit.write_text(content)
    assert count_threads(limit) == 3


def test_setup_sets_threads_but_respects_a_choice(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    setup()
    assert __import__("os").environ["OMP_NUM_THREADS"] == "7"


def test_the_package_gives_setup_and_check():
    assert workshop.setup is setup
    assert type(workshop.check).__name__ == "Checks"
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        workshop.chekc  # noqa: B018
