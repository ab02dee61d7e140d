"""Nothing that lesson 08 runs asks anybody outside: tried in a network of its own, in which every packet is seen."""

import contextlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HERE = "tests.workshop.test_stacks_phone_nobody"
STACKS = ("chromadb", "langchain_community", "langchain_openai", "langchain_qdrant", "openai", "qdrant_client")
DENIED = r"^bwrap: |Operation not permitted|Permission denied|not supported"
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58


def route_everything(family):
    """Make every address one of this machine's: what is sent to it becomes a packet, whoever sends it and by what.

    Without a route nothing would be sent, and nothing seen. Source: rtnetlink(7), `ip route add local default dev lo`.
    """
    table, protocol, scope, kind = 255, 3, 254 if family == socket.AF_INET else 0, 2
    body = struct.pack("=BBBBBBBBI", family, 0, 0, 0, table, protocol, scope, kind, 0)
    body += struct.pack("=HHI", 8, 4, socket.if_nametoindex("lo"))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.send(struct.pack("=IHHII", 16 + len(body), 24, 0x605, 1, 0) + body)
        (code,) = struct.unpack_from("=i", kernel.recv(4096), 16)
    if code:
        raise OSError(-code, os.strerror(-code))


def read_packet(packet):
    """Return what an Ethernet frame asks for, such as "tcp 1.2.3.4:443"; None for one that goes on or answers."""
    is_old, packet = packet[12:14] == b"\x08\x00", packet[14:]
    if is_old:
        protocol, rest, address = (
            packet[9],
            packet[packet[0] % 16 * 4 :],
            socket.inet_ntop(socket.AF_INET, packet[16:20]),
        )
    else:
        protocol, rest, address = packet[6], packet[40:], f"[{socket.inet_ntop(socket.AF_INET6, packet[24:40])}]"
    if protocol == TCP:
        return f"tcp {address}:{int.from_bytes(rest[2:4], 'big')}" if rest[13] & 0x12 == 0x02 else None
    if protocol == UDP:
        port = int.from_bytes(rest[2:4], "big")
        return f"udp {address}:{port}{read_name(rest[20:]) if port == 53 else ''}"
    refusals = {ICMP: 3, ICMP6: 1}
    return None if rest[:1] == bytes([refusals.get(protocol, -1) % 256]) else f"protocol {protocol} {address}"


def read_name(asked):
    """Return the name that a question to a name server asks for."""
    labels = []
    while asked and asked[0]:
        labels.append(asked[1 : 1 + asked[0]].decode("ascii", "replace"))
        asked = asked[1 + asked[0] :]
    return " " + ".".join(labels)


def watch(report, *command):
    """Run a command in a network in which all addresses are this machine's; write what was asked of which address."""
    route_everything(socket.AF_INET)
    with contextlib.suppress(OSError):  # a kernel without it can't reach anybody by it
        route_everything(socket.AF_INET6)
    ear, seen, is_over = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)), [], []
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**24)
    ear.settimeout(0.3)

    def listen():
        while True:
            try:
                seen.append(read_packet(ear.recv(2**17)))
            except TimeoutError:
                if is_over:
                    return

    thread = Thread(target=listen)
    thread.start()
    status = subprocess.run(command, check=False).returncode
    is_over.append(True)
    thread.join()
    lost = struct.unpack("II", ear.getsockopt(263, 6, 8))[1]  # SOL_PACKET, PACKET_STATISTICS
    Path(report).write_text(json.dumps({"seen": sorted({*seen} - {None}), "lost": lost, "status": status}))


def run_watched(folder, *command, **environment):
    """Run a command in the box, which can write to this folder alone; return what was seen and what was said."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap (bwrap) is not installed")
    for name in ("home", "tmp", "work"):
        (folder / name).mkdir()
    report = folder / "report.json"
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\n")
    # Programs that look names up for others, and would do so outside, are reached by sockets in /run.
    box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"]
    box += ["--ro-bind", resolver, os.path.realpath("/etc/resolv.conf")] if Path("/etc/resolv.conf").exists() else []
    box += ["--bind", folder, folder, "--unshare-net", "--unshare-pid", "--die-with-parent", "--chdir", ROOT]
    box += [] if os.geteuid() == 0 else ["--unshare-user", "--uid", "0", "--gid", "0"]
    box += ["--cap-add", "CAP_NET_ADMIN", "--cap-add", "CAP_NET_RAW"]
    code = f"import sys; from {HERE} import watch; watch(*sys.argv[1:])"
    # Nothing of what this machine's environment says of proxies, keys and caches.
    told = {"PATH": os.environ["PATH"], "HOME": folder / "home", "TMPDIR": folder / "tmp", "LANG": "C.UTF-8"}
    told |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"} | environment
    whole = [*box, sys.executable, "-c", code, report, *command]
    done = subprocess.run(list(map(str, whole)), env=told, capture_output=True, text=True, check=False, timeout=300)
    if not report.exists():
        if re.search(DENIED, done.stderr, re.MULTILINE):
            pytest.skip(f"bubblewrap gives no network of its own here: {done.stderr[-200:]}")
        raise AssertionError(done.stderr[-3000:])
    found = json.loads(report.read_text())
    assert found["lost"] == 0
    return found["seen"], found["status"], done.stdout + done.stderr[-3000:]


def python(code):
    return sys.executable, "-c", code


CONTROLS = {
    "name by urllib": (python("import urllib.request as r; r.urlopen('https://example.invalid')"), "example.invalid"),
    "name by no Python": (("getent", "hosts", "example.invalid"), "example.invalid"),
    "address": (python("import socket; socket.create_connection(('198.51.100.7', 443), 5)"), "tcp 198.51.100.7:443"),
    "datagram": (
        python("import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('198.51.100.7', 8125))"),
        "udp 198.51.100.7:8125",
    ),
    "this machine": (python("import socket; socket.create_connection(('127.0.0.1', 4318))"), "tcp 127.0.0.1:4318"),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_the_trap_sees(name, tmp_path):
    command, wanted = CONTROLS[name]
    seen, _, _ = run_watched(tmp_path, *command)
    assert seen
    assert all(wanted in one for one in seen)


def test_the_trap_sees_the_newer_addresses(tmp_path):
    code = "import socket; socket.create_connection(('2001:db8::7', 443), 5)"
    seen, _, said = run_watched(tmp_path, *python(code))
    if re.search(r"unreachable|not supported|Cannot assign", said):
        pytest.skip("this kernel has no IPv6")
    assert seen == ["tcp [2001:db8::7]:443"]


def test_the_trap_sees_nothing_where_nothing_is_sent(tmp_path):
    assert run_watched(tmp_path, *python("print('quiet')"))[:2] == ([], 0)


# Chroma given texts without vectors: "no embedding function" isn't kept to, a model is brought from the network.
TEXTS_ALONE = """
import chromadb
client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
client.create_collection("pages"{}).add(ids=["1"], documents=["a boat"])
"""
TRACED = """
from langchain_core.runnables import RunnableLambda
RunnableLambda(str).invoke(1)
"""


@pytest.mark.parametrize("given", ["", ", embedding_function=None"])
def test_the_trap_sees_the_model_that_chroma_brings_by_itself(given, tmp_path):
    pytest.importorskip("chromadb")
    seen, status, _ = run_watched(tmp_path, *python(TEXTS_ALONE.format(given)))
    assert status != 0
    assert {one.rpartition(" ")[2] for one in seen} == {"chroma-onnx-models.s3.amazonaws.com"}


def test_the_trap_sees_langchain_report_where_the_environment_tells_it_to(tmp_path):
    pytest.importorskip("langchain_core")
    seen, _, _ = run_watched(tmp_path, *python(TRACED), LANGSMITH_TRACING="true", LANGSMITH_API_KEY="none")
    assert {one.rpartition(" ")[2] for one in seen} == {"api.smith.langchain.com"}


def test_the_stacks_of_lesson_08_ask_nobody_and_write_nowhere_else(tmp_path):
    for module in STACKS:
        pytest.importorskip(module)
    code = f"import sys; from {HERE} import use_everything; use_everything(sys.argv[1])"
    seen, status, said = run_watched(tmp_path, *python(code), tmp_path / "work")
    assert status == 0, said
    address = json.loads((tmp_path / "work" / "address.json").read_text())
    assert seen == [f"tcp {address}"]
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == sorted(
        ("address.json", "chroma", "faiss", "models", "qdrant", "qdrant-langchain", "served")
    )
    strays = {path.name for name in ("home", "tmp") for path in (tmp_path / name).rglob("*")}
    assert {name for name in strays if not name.startswith("torchinductor")} == set()  # torch's own, empty


def use_everything(folder):
    """Do in a folder what lesson 08 does with each stack, tiny models behind the server."""
    from tests.workshop.serving import load_tiny
    from workshop.serve import serve

    folder = Path(folder)
    with serve(*load_tiny(folder / "models"), folder=folder / "served") as address:
        (folder / "address.json").write_text(json.dumps(address.removeprefix("http://").removesuffix("/v1")))
        use_client(address)
        use_langchain(address, folder)
    use_chroma(folder / "chroma")
    use_qdrant(folder / "qdrant")


TEXTS = ["A boat leaves.", "A dog waits.", "The quay is wet.", "Tickets cost ten crowns."]
PAGES = [{"page": name} for name in ("boats", "dogs", "boats", "tickets")]


def use_client(address):
    """Ask, stream, embed, upload, tune."""
    from tests.workshop.serving import BERT, CHAT, LLAMA, QUICK, ask, connect, text_of, upload, wait_for

    client = connect(address)
    assert len(client.models.list().data) == 2
    asked = text_of(ask(client))
    assert "".join(one.choices[0].delta.content or "" for one in ask(client, stream=True)) == asked
    assert len(client.embeddings.create(model=BERT, input=TEXTS).data) == len(TEXTS)
    job = client.fine_tuning.jobs.create(model=LLAMA, training_file=upload(client, [CHAT]), hyperparameters=QUICK)
    job = wait_for(client, job.id)
    assert job.status == "succeeded"
    assert text_of(ask(client, model=job.fine_tuned_model))


def use_langchain(address, folder):
    """Fill, search and reopen its stores for FAISS and Qdrant, and answer by a chain."""
    from langchain_community.vectorstores import FAISS
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings
    from langchain_qdrant import QdrantVectorStore

    from tests.workshop.serving import BERT, LLAMA

    where = {"base_url": address, "api_key": "none"}
    embeddings = OpenAIEmbeddings(model=BERT, check_embedding_ctx_length=False, **where)
    faiss = FAISS.from_texts(TEXTS, embeddings, PAGES)
    faiss.save_local(str(folder / "faiss"))
    faiss = FAISS.load_local(str(folder / "faiss"), embeddings, allow_dangerous_deserialization=True)
    place = {"path": str(folder / "qdrant-langchain"), "collection_name": "pages"}
    qdrant = QdrantVectorStore.from_texts(TEXTS, embeddings, PAGES, **place)
    for store in (faiss, qdrant):
        assert [one.page_content for one in store.as_retriever(search_kwargs={"k": 1}).invoke(TEXTS[1])] == TEXTS[1:2]
    qdrant.client.close()
    model = ChatOpenAI(model=LLAMA, max_completion_tokens=8, **where)
    chain = ChatPromptTemplate.from_messages([("user", "{question}")]) | model | StrOutputParser()
    assert "".join(chain.stream({"question": TEXTS[0]})) == chain.invoke({"question": TEXTS[0]})


def use_chroma(folder):
    """Create, add, query, update, delete, reopen."""
    import chromadb
    import numpy as np

    settings, rows = chromadb.Settings(anonymized_telemetry=False), np.eye(4, 8, dtype=np.float32)
    names = [str(row) for row in range(4)]
    with chromadb.PersistentClient(folder, settings) as client:
        store = client.create_collection("pages", embedding_function=None)
        store.add(names, rows, PAGES, TEXTS)
        found = store.query(query_embeddings=rows[:1], n_results=3, where={"page": "boats"})
        assert found["ids"] == [["0", "2"]]
        store.update(["1"], rows[1:2], documents=["No dog waits."])
        store.delete(["0"])
    with chromadb.PersistentClient(folder, settings) as client:
        store = client.get_collection("pages", embedding_function=None)
        assert store.get(["0", "1"])["documents"] == ["No dog waits."]


def use_qdrant(folder):
    """The same by Qdrant's own client."""
    import numpy as np
    from qdrant_client import QdrantClient, models

    rows, near = np.eye(4, 8, dtype=np.float32), models.VectorParams(size=8, distance=models.Distance.COSINE)
    client = QdrantClient(path=str(folder))
    client.create_collection("pages", near)
    client.upload_collection("pages", rows, PAGES, range(4))
    fits = models.Filter(must=[models.FieldCondition(key="page", match=models.MatchValue(value="boats"))])
    assert {one.id for one in client.query_points("pages", rows[0], query_filter=fits).points} == {0, 2}
    client.set_payload("pages", {"page": "cats"}, [1])
    client.delete("pages", [0])
    client.close()
    client = QdrantClient(path=str(folder))
    assert [one.payload["page"] for one in client.retrieve("pages", [0, 1])] == ["cats"]
    client.close()
