"""What the environment says about the network, and what of it can't work: proxies and files of certificates."""

import importlib.util
import os
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from workshop.errors import WorkshopError

PROXIES = tuple(name for big in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY") for name in (big, big.lower()))
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
# Not the hub's, but pip's and other programs'.
OTHER_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
SCHEMES = ("http", "https", "socks5", "socks5h")


def find_problems(certificates: Iterable[str] = (*CERTIFICATES, *OTHER_CERTIFICATES)) -> list[tuple[str, str, str]]:
    """Return the variable, what is wrong and what to do, for each that stops downloads; nothing is asked for."""
    return [*_find_endpoint(), *_find_proxies(), *_find_certificates(certificates)]


@contextmanager
def explain_network(where: str, way_back: str) -> Iterator[None]:
    """Name the variable that can't work where the hub can't be reached: the libraries' own errors mislead."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except (WorkshopError, OfflineModeIsEnabled, HfHubHTTPError):
        raise
    except Exception:
        problems = find_problems(CERTIFICATES)
        if not problems:
            raise
        told = " ".join(f"{name} is {what}: {step}." for name, what, step in problems)
        raise WorkshopError(f"can't reach {where}. {told} {way_back}.") from None


def _find_endpoint() -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the hub's address."""
    value = os.environ.get("HF_ENDPOINT", "")
    if value and not re.match(r"https?://[^/\s]+", value, re.IGNORECASE):
        yield "HF_ENDPOINT", f"{value}, which is no address of a hub", "write it as https://host, or unset HF_ENDPOINT"


def _find_proxies() -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with proxies; their passwords are not shown."""
    for name in PROXIES:
        value = os.environ.get(name)
        if not value or (os.name == "nt" and name.islower()):
            continue
        shown, scheme, fits = _read_proxy(value)
        if not fits or scheme not in SCHEMES:
            yield name, f"{shown}, which is no proxy's address", f"write it as http://host:port, or unset {name}"
        elif scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
            step = f"install what SOCKS needs (pip install socksio), name an http:// proxy, or unset {name}"
            yield name, f"{shown}, a SOCKS proxy, which needs the library socksio", step


def _read_proxy(value: str) -> tuple[str, str, bool]:
    """Return a proxy's address without its password, its scheme, and whether it has a host and a valid port."""
    address = value if "://" in value else f"http://{value}"
    scheme, _, rest = address.partition("://")
    shown = f"{scheme}://{rest.rpartition('@')[2]}"
    try:
        parts = urlsplit(address)
        return shown, scheme.lower(), bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return shown, scheme.lower(), False


def _find_certificates(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the files of certificates that the environment names."""
    for name in names:
        value = os.environ.get(name)
        if not value:
            continue
        step = f"name the file that your network's administrator gives (PEM), or unset {name}"
        if not Path(value).exists():
            yield name, f"{value}, which doesn't exist", step
        elif Path(value).is_file() and not _holds_certificates(value):
            yield name, f"{value}, which holds no certificate that can be read", step


def _holds_certificates(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError):
        return False
    return True
