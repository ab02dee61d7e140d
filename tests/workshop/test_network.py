"""A proxy or a file of certificates that can't work is named, with what to do, and a password is never shown."""

import pytest

from workshop import doctor
from workshop.doctor import machine
from workshop.errors import WorkshopError
from workshop.models import MODELS, network
from workshop.models.hub import fetch_model

VARIABLES = ("HF_ENDPOINT", *network.PROXIES, *network.CERTIFICATES, *network.OTHER_CERTIFICATES)
WAY_BACK = r"To go on with what is installed: workshop\.setup"
# Each with the variable that is to be named, and a piece of what is said of it.
BROKEN = [
    ({"HTTPS_PROXY": "socks5://proxy.example:1080"}, "HTTPS_PROXY", "a SOCKS proxy, which needs the library socksio"),
    ({"all_proxy": "socks5h://proxy.example:1080"}, "all_proxy", "pip install socksio"),
    ({"https_proxy": "socks5://me:hidden@proxy.example:1080"}, "https_proxy", "socks5://proxy.example:1080, a SOCKS"),
    ({"HF_ENDPOINT": "hub.example"}, "HF_ENDPOINT", "hub.example, which is no address of a hub"),
    ({"HTTPS_PROXY": "ftp://proxy.example"}, "HTTPS_PROXY", "ftp://proxy.example, which is no proxy's address"),
    ({"HTTP_PROXY": "socks4://proxy.example:1080"}, "HTTP_PROXY", "write it as http://host:port"),
    ({"HTTPS_PROXY": "http://proxy.example:port"}, "HTTPS_PROXY", "which is no proxy's address"),
    ({"SSL_CERT_FILE": "{folder}/none.pem"}, "SSL_CERT_FILE", "none.pem, which doesn't exist"),
    ({"SSL_CERT_FILE": "{folder}/notes.pem"}, "SSL_CERT_FILE", "notes.pem, which holds no certificate"),
    ({"SSL_CERT_DIR": "{folder}/none"}, "SSL_CERT_DIR", "none, which doesn't exist"),
]
OTHERS = [({name: "{folder}/none.pem"}, name, "doesn't exist") for name in network.OTHER_CERTIFICATES]
FINE = [
    {},
    {"HTTPS_PROXY": "http://proxy.example:8080", "https_proxy": "http://me:secret@proxy.example:8080"},
    {"HTTPS_PROXY": "proxy.example:8080", "ALL_PROXY": "http://[::1]:8080", "HTTP_PROXY": ""},
    {"SSL_CERT_DIR": "{folder}", "REQUESTS_CA_BUNDLE": "{folder}"},
]


@pytest.fixture
def set_variables(monkeypatch, tmp_path):
    """Give a function that sets the environment; nothing is installed for SOCKS."""
    find = network.importlib.util.find_spec
    monkeypatch.setattr(network.importlib.util, "find_spec", lambda name: None if name == "socksio" else find(name))
    (tmp_path / "notes.pem").write_text("no certificate")

    def set_them(values):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        for name, value in values.items():
            monkeypatch.setenv(name, value.format(folder=tmp_path))

    return set_them


@pytest.mark.parametrize(("values", "name", "words"), BROKEN + OTHERS)
def test_the_variable_and_the_mend_are_named(set_variables, values, name, words):
    set_variables(values)
    (finding,) = machine.check_network()
    assert (finding.name, finding.state) == (name, "warn")
    assert words in f"{finding.found}: {finding.next_step}"
    assert f"unset {name}" in finding.next_step
    assert "hidden" not in f"{finding.found}{finding.next_step}"


@pytest.mark.parametrize("values", FINE)
def test_what_can_work_is_not_named(set_variables, values):
    set_variables(values)
    assert network.find_problems() == []


def test_with_the_library_a_socks_proxy_is_fine(set_variables, monkeypatch):
    set_variables({"HTTPS_PROXY": "socks5://proxy.example:1080"})
    monkeypatch.setattr(network.importlib.util, "find_spec", lambda _: object())
    assert network.find_problems() == []


def test_the_doctors_table_shows_it(set_variables, monkeypatch):
    set_variables({"HTTPS_PROXY": "socks5://proxy.example:1080", "SSL_CERT_FILE": "{folder}/none.pem"})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = {finding.name: finding.state for finding in doctor.examine()}
    assert (found["HTTPS_PROXY"], found["SSL_CERT_FILE"]) == ("warn", "warn")


@pytest.fixture
def _fresh_session(monkeypatch, tmp_path):
    """Let huggingface_hub read the environment anew, with an empty cache and a hub that isn't there."""
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import close_session

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    close_session()
    yield
    close_session()


@pytest.mark.usefixtures("_fresh_session")
@pytest.mark.parametrize(("values", "name", "words"), BROKEN)
def test_fetching_names_it_instead_of_the_libraries_error(set_variables, values, name, words):
    set_variables(values)
    with pytest.raises(WorkshopError, match=rf"can't reach .*{name} is .*{WAY_BACK}") as caught:
        fetch_model(MODELS["minilm-hub"])
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.usefixtures("_fresh_session")
@pytest.mark.parametrize("values", [{}, *(values for values, _, _ in OTHERS)])
def test_a_hub_out_of_reach_is_not_blamed_on_other_variables(set_variables, values):
    set_variables(values)
    with pytest.raises(WorkshopError, match=r"can't reach .* What was downloaded is kept"):
        fetch_model(MODELS["minilm-hub"])
