"""Start and stop the server: in a thread beside a notebook, or as the command `workshop serve`."""

import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.prepared import own_places

HOST, PORT = "127.0.0.1", 8000
KEY = "WORKSHOP_SERVE_KEY"
START_SECONDS = 20.0


@contextmanager
def serve(
    tokenizer: Any, model: Any, encoder: Any = None, *, folder: str | Path | None = None, key: str | None = None,
    host: str = HOST, port: int = 0,
) -> Iterator[str]:  # fmt: skip
    """Serve models to OpenAI clients while a `with` block lasts; the block is given the base_url.

    tokenizer, model: of load_language_model, whose weights are used, not copied; encoder: of load_encoder, or None.
    folder: where files, jobs and tuned models are kept, by default in the user's cache. key: what clients must send.
    port: 0 takes a free one. While it lasts, clients of this process pass by the environment's proxies. On leaving, a
    job that is training has failed; those queued go on with the next server.
    Raises MissingExtra where a library is missing; WorkshopError for a host that others reach and no key, a port that
    is taken, and a folder that can't be written or that another server has.
    """
    uvicorn = require_stacks()
    check_access(host, key)
    from workshop.serve.door import LOOPBACK
    from workshop.serve.jobs import Trainer
    from workshop.serve.records import Records
    from workshop.serve.routes import build_app
    from workshop.serve.served import Models
    from workshop.serve.turns import Turns

    with ExitStack() as stack:
        door = stack.enter_context(_listen(host, port))
        records = Records(Path(folder).expanduser().absolute() if folder else own_places()[0] / "serve")
        stack.callback(records.close)
        models = Models(tokenizer, model, encoder, records, Turns())
        trainer = Trainer(records, models)
        app = build_app(models, trainer, key, (*LOOPBACK, host) if is_loopback(host) else None)
        options = {"http": "h11", "ws": "none", "lifespan": "off", "log_config": None, "access_log": False}
        server = uvicorn.Server(uvicorn.Config(app, loop="asyncio", **options, timeout_graceful_shutdown=1))
        trainer.start()
        stack.callback(trainer.stop)
        stack.enter_context(_running(server, door))
        stack.enter_context(_past_proxies(host))
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{door.getsockname()[1]}/v1"


def run_server(host: str = HOST, port: int = PORT, key: str | None = None, folder: str | Path | None = None) -> None:
    """Serve the profile's models until Ctrl-C, or until the process is told to end; says in a line how to ask.

    Raises WorkshopError as serve does.
    """
    require_stacks()
    check_access(host, key)
    _listen(host, port).close()  # said before the models are loaded
    from workshop.models import load_encoder, load_language_model
    from workshop.settings import setup

    settings = setup()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tokenizer, model = load_language_model(settings)
    with serve(tokenizer, model, load_encoder(settings), folder=folder, key=key, host=host, port=port) as address:
        sent = "your key" if key else "any text"
        print(f'Serving: OpenAI(base_url="{address}", api_key=…), with {sent} as api_key. Ctrl-C stops it.', flush=True)
        while True:
            time.sleep(1)


def require_stacks(*modules: str) -> Any:
    """Return uvicorn; raises MissingExtra where it, another of the server's or one of these modules is missing."""
    for module in ("pydantic", "python_multipart", "starlette", *(one for one in modules if not find_spec(one))):
        require(module, "stacks")
    return require("uvicorn", "stacks")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_access(host: str, key: str | None) -> None:
    """Raise WorkshopError where others could ask without a key, and for a key that can't be sent."""
    if not is_loopback(host) and not key:
        raise WorkshopError(
            f"on {host} other machines could ask without a key. Set one, {KEY}=… in the environment, or stay on {HOST}."
        )
    if key and not key.isascii():
        raise WorkshopError("the key has letters that no client can send. Take letters and digits of ASCII.")


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WorkshopError(
            f"can't listen on {host}, port {port}: {reason}. Choose another: workshop serve --port 8001."
        ) from None


@contextmanager
def _past_proxies(host: str) -> Iterator[None]:
    """Keep what this process sends to a host from the environment's proxies, keys and texts included."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    named = ",".join(dict.fromkeys(filter(None, (*before.values(), host))))
    os.environ.update(dict.fromkeys(before, named))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})


@contextmanager
def _running(server: Any, door: socket.socket) -> Iterator[None]:
    """Let a server run in a thread while a `with` block lasts."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    if not server.started:
        raise WorkshopError("the server didn't start. workshop --debug serve shows why.")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
