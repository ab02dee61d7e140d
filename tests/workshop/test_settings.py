"""Profiles, and the user's own data folder."""

import dataclasses

import pytest

import workshop
from workshop.errors import WorkshopError
from workshop.settings import PROFILES, Settings, setup


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


def test_the_package_gives_setup_and_check():
    assert workshop.setup is setup
    assert type(workshop.check).__name__ == "Checks"
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        workshop.chekc  # noqa: B018
