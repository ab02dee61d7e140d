"""Profiles, and the user's own data folder."""

import dataclasses
import subprocess
import sys

import pytest

import workshop
from workshop.errors import WorkshopError
from workshop.settings import PROFILES, Settings, choose_device, choose_dtype, setup


@pytest.fixture(autouse=True)
def _no_choices_in_the_environment(monkeypatch):
    for name in ("WORKSHOP_PROFILE", "WORKSHOP_DATA", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def test_small_is_the_default_and_needs_no_network(monkeypatch):
    monkeypatch.setattr("workshop.settings.choose_device", lambda: "cpu")
    settings = setup()
    assert (settings.profile, settings.encoder, settings.language_model) == ("small", "minilm-wheel", "smollm2-wheel")
    assert (settings.device, settings.data) == ("cpu", None)
    assert settings.dtype in ("bfloat16", "float32")


def test_environment_chooses_and_the_argument_overrules_it(monkeypatch):
    monkeypatch.setenv("WORKSHOP_PROFILE", "large")
    assert setup().profile == "large"
    assert setup("small").profile == "small"


def test_every_profile_can_be_chosen():
    assert {setup(name).profile for name in PROFILES} == {"small", "large"}


def test_one_line_says_what_was_chosen_and_nothing_goes_to_standard_error(monkeypatch, capfd):
    monkeypatch.setattr("workshop.settings.choose_device", lambda: "cpu")
    monkeypatch.setattr("workshop.settings.choose_dtype", lambda device: "bfloat16")
    monkeypatch.setattr("workshop.settings.choose_threads", lambda: 2)
    setup()
    setup("large")
    out, err = capfd.readouterr()
    small, large = out.splitlines()
    assert small == "Profile small: minilm-wheel and smollm2-wheel, on cpu in bfloat16, 2 threads."
    assert large.endswith("; it was made for a graphics card and is slow without.")
    assert err == ""


@pytest.mark.parametrize(("old", "new"), [("tiny", "small"), ("laptop", "large"), ("gpu", "large")])
def test_old_names_are_taken_with_one_line(monkeypatch, capfd, old, new):
    monkeypatch.setenv("WORKSHOP_PROFILE", old)
    assert setup().profile == new
    out, err = capfd.readouterr()
    assert out.splitlines()[0] == f"The profile {old!r} is called {new!r} now."
    assert len(out.splitlines()) == 2
    assert err == ""


def test_unknown_profile_names_the_nearest():
    with pytest.raises(WorkshopError, match=r"unknown profile 'larg'\. Did you mean 'large'\? Known: large, small\."):
        setup("larg")


def test_setup_imports_no_torch_where_no_graphics_card_shows_itself():
    code = "import sys; from workshop import settings; settings.GRAPHICS_CARDS = (); settings.sys.platform = 'linux'; "
    code += "settings.setup(); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False"
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("cuda", "apple", "expected"),
    [(True, False, "cuda"), (True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_device_is_cuda_else_mps_else_cpu(monkeypatch, tmp_path, cuda, apple, expected):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr("workshop.settings.GRAPHICS_CARDS", (tmp_path,))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: apple)
    assert choose_device() == expected


@pytest.mark.parametrize(("capability", "expected"), [((7, 5), "float16"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")])
def test_a_t4_gets_float16_and_newer_cards_bfloat16(monkeypatch, capability, expected):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    assert choose_dtype("cuda") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor : 0\nflags\t\t: fpu avx512_bf16 sse", "bfloat16"),
        ("flags : amx_bf16 amx_tile", "bfloat16"),
        ("Features\t: fp asimd bf16", "bfloat16"),
        ("flags : fpu avx2", "float32"),
        ("model name : bf16 special\nflags : sse", "float32"),
        ("", "float32"),
    ],
)
def test_the_processor_says_whether_it_computes_in_bfloat16(tmp_path, text, expected):
    (tmp_path / "cpuinfo").write_text(text)
    assert choose_dtype("cpu", tmp_path / "cpuinfo") == expected
    assert choose_dtype("cpu", tmp_path / "missing") == "float32"
    assert choose_dtype("mps") == "float32"


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
        setup().profile = "large"
    assert len(dataclasses.fields(Settings)) <= 8


def test_the_package_gives_setup_and_check():
    assert workshop.setup is setup
    assert type(workshop.check).__name__ == "Checks"
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        workshop.chekc  # noqa: B018
