"""`workshop serve` answers the real openai client: models, vectors, chats, streams, and the protocol's own errors."""

import json
import os
import re
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from tests.workshop.serving import ANSWER, BERT, CHAT, LLAMA, QUESTION, ask, connect, load_tiny, openai, text_of
from workshop.bot import answer, encode_chats
from workshop.models import encode_texts
from workshop.serve import serve
from workshop.tune import adapter, add_lora, fine_tune, make_examples

pytestmark = pytest.mark.slow

OTHER = "When does it sail?"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_tiny(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def address(tiny, tmp_path_factory):
    with serve(*tiny, folder=tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def client(address):
    return connect(address)


def send(address, path, body, headers=None, method="POST"):
    """Send bytes as no client would; return status and answer."""
    request = urllib.request.Request(address + path, data=body, headers=headers or {}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_models_are_listed_and_shown(client):
    assert [one.id for one in client.models.list()] == [BERT, LLAMA]
    assert client.models.retrieve(LLAMA).owned_by == "workshop"


def test_an_unknown_model_is_said_with_the_nearest(client):
    with pytest.raises(openai.NotFoundError, match="Did you mean 'tiny-llama'") as raised:
        client.models.retrieve("tiny-lama")
    assert (raised.value.code, raised.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError, match="unknown model 'gpt-4o-mini'"):
        ask(client, model="gpt-4o-mini")


def test_a_model_that_is_not_tuned_stays(client):
    with pytest.raises(openai.PermissionDeniedError, match="it stays"):
        client.models.delete(LLAMA)


def test_the_answer_is_the_workshops_own_and_its_tokens_are_counted(client, tiny):
    tokenizer, model, _ = tiny
    reply = ask(client)
    assert text_of(reply).strip() == answer(tokenizer, model, [QUESTION], max_new_tokens=16)[0]
    (ids,) = encode_chats(tokenizer, [QUESTION])
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (len(ids), 16)
    assert reply.usage.total_tokens == len(ids) + 16
    assert (reply.choices[0].finish_reason, reply.model, reply.object) == ("length", LLAMA, "chat.completion")


def test_a_stream_has_the_role_the_text_the_reason_and_the_usage(client):
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert (deltas[0].role, deltas[0].content) == ("assistant", "")
    assert all(delta.role is None for delta in deltas[1:])
    assert "".join(delta.content or "" for delta in deltas) == text_of(ask(client))
    assert [chunk.choices[0].finish_reason for chunk in chunks[-3:-1]] == [None, "length"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage == ask(client).usage
    assert {chunk.usage for chunk in chunks[:-1]} == {None}
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_later_name_of_the_limit_counts_and_the_context_is_the_default(client):
    assert ask(client, max_tokens=None, max_completion_tokens=3).usage.completion_tokens == 3
    reply = ask(client, max_tokens=None)
    assert reply.usage.total_tokens == 128 or reply.choices[0].finish_reason == "stop"


def test_a_stop_ends_the_answer_before_it_in_one_piece_and_in_many(client):
    # Random weights write much that is no letter: a draw that has three in a row.
    for seed in range(40):
        options = {"max_tokens": 40, "temperature": 1, "seed": seed}
        whole = text_of(ask(client, **options))
        if found := re.search(r".+?([ -~]{3})", whole, re.DOTALL):
            break
    stop = found[1]
    reply = ask(client, **options, stop=[stop, "never"])
    assert text_of(reply) == whole[: whole.index(stop)]
    assert reply.choices[0].finish_reason == "stop"
    streamed = [chunk.choices[0] for chunk in ask(client, **options, stop=stop, stream=True)]
    assert "".join(choice.delta.content or "" for choice in streamed) == text_of(reply)
    assert streamed[-1].finish_reason == "stop"


def test_temperature_samples_by_its_seed_and_without_it_nothing_is_drawn(client):
    drawn = [text_of(ask(client, temperature=1.5, seed=seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert text_of(ask(client, temperature=0)) == text_of(ask(client, seed=3)) == text_of(ask(client))
    assert text_of(ask(client, temperature=1e-9, top_p=0.5)) == text_of(ask(client))
    assert len({text_of(ask(client, top_p=0.999)) for _ in range(4)}) > 1


def test_parts_and_the_developer_are_read_as_text_and_system(client, tiny):
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi there"}]
    others = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi "}, {"type": "text", "text": "there"}]},
    ]
    replies = [client.chat.completions.create(model=LLAMA, messages=one, max_tokens=8) for one in (turns, others)]
    assert replies[0].usage == replies[1].usage
    assert text_of(replies[0]) == text_of(replies[1])


def test_what_changes_nothing_is_ignored(client):
    harmless = {"user": "me", "n": 1, "logprobs": False, "store": False, "metadata": {"a": "b"}, "presence_penalty": 0}
    assert text_of(ask(client, **harmless)) == text_of(ask(client))


@pytest.mark.parametrize(
    ("options", "param", "code"),
    [
        ({"n": 2}, "n", "unsupported_parameter"),
        ({"tools": [{"type": "function"}]}, "tools", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "unsupported_parameter"),
        ({"logprobs": True}, "logprobs", "unsupported_parameter"),
        ({"extra_body": {"top_k": 5}}, "top_k", "unsupported_parameter"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"top_p": 0}, "top_p", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"max_tokens": 1000}, "messages", "context_length_exceeded"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content", "invalid_value"),
        ({"messages": [{"role": "user"}]}, "messages.0.content", "missing_required_parameter"),
        ({"messages": [{"role": "user", "content": "x" * 200}]}, "messages", "context_length_exceeded"),
        ({"model": BERT}, "model", "invalid_value"),
    ],
)
def test_what_would_change_the_answer_is_refused_by_name(client, options, param, code):
    plain = {"model": LLAMA, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 4}
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as raised:
            client.chat.completions.create(**plain | options, stream=stream)
        assert (raised.value.param, raised.value.code, raised.value.type) == (param, code, "invalid_request_error")


@pytest.mark.filterwarnings("ignore::workshop.data.files.DataWarning")  # a tiny encoder of no wisdom
def test_vectors_are_the_encoders_in_both_forms(client, tiny):
    texts = ["one boat", "two", "three of them"]
    plain = client.embeddings.create(model=BERT, input=texts, encoding_format="float")
    coded = client.embeddings.create(model=BERT, input=texts)
    expected = encode_texts(tiny[2], texts)
    np.testing.assert_allclose([one.embedding for one in plain.data], expected, atol=1e-6)
    np.testing.assert_allclose([one.embedding for one in coded.data], expected, atol=1e-6)
    assert [one.index for one in coded.data] == [0, 1, 2]
    assert coded.usage.prompt_tokens == sum(map(len, tiny[2].tokenizer(texts)["input_ids"]))
    assert len(client.embeddings.create(model=BERT, input="one").data) == 1


@pytest.mark.parametrize(
    ("options", "param", "code", "match"),
    [
        ({"dimensions": 8}, "dimensions", "unsupported_parameter", "dimensions=8"),
        ({"input": [[1, 2]]}, "input", "invalid_value", "check_embedding_ctx_length=False"),
        ({"input": [3, 4]}, "input", "invalid_value", "tokens of another model"),
        ({"input": []}, "input", "invalid_value", "at least 1"),
        ({"input": ["a", ""]}, "input.1", "invalid_value", "at least 1"),
        (
            {"input": ["a", "b" * 99]},
            "input",
            "context_length_exceeded",
            "text 1 has 99 tokens, and the model reads 64",
        ),
        ({"model": LLAMA}, "model", "invalid_value", "Ask tiny-bert"),
    ],
)
def test_vectors_that_would_be_others_are_refused(client, options, param, code, match):
    with pytest.raises(openai.BadRequestError, match=match) as raised:
        client.embeddings.create(**{"model": BERT, "input": ["a"]} | options)
    assert (raised.value.param, raised.value.code) == (param, code)


def test_without_an_encoder_there_are_answers_and_no_vectors(tiny, tmp_path):
    with serve(*tiny[:2], folder=tmp_path) as address:
        client = connect(address)
        assert [one.id for one in client.models.list()] == [LLAMA]
        with pytest.raises(openai.BadRequestError, match="no encoder"):
            client.embeddings.create(model=LLAMA, input="a")


def test_two_clients_at_once_get_their_own_answers(address):
    alone = {text: text_of(ask(connect(address), text, max_tokens=60)) for text in (QUESTION, OTHER)}
    found = {}

    def stream(text):
        chunks = ask(connect(address), text, max_tokens=60, stream=True)
        found[text] = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

    threads = [threading.Thread(target=stream, args=(text,)) for text in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone
    assert alone[QUESTION] != alone[OTHER]


def test_a_stream_that_nobody_reads_on_keeps_nobody_waiting(client):
    with ask(client, stream=True, max_tokens=100) as slow:
        next(iter(slow))
        start = time.perf_counter()
        client.models.list()
        ask(client, OTHER)
        assert time.perf_counter() - start < 5
    assert text_of(ask(client))


def test_with_a_key_only_who_has_it_is_answered(tiny, tmp_path):
    with serve(*tiny, folder=tmp_path, key="sesame") as address:
        assert len(list(connect(address, "sesame").models.list())) == 2
        for wrong in ("none", "sesam"):
            with pytest.raises(openai.AuthenticationError, match="wants its key") as raised:
                connect(address, wrong).models.list()
            assert raised.value.code == "invalid_api_key"
        for headers in ({}, {"Authorization": "sesame2"}, {"Authorization": "Bearer s\u00e9same"}):
            assert send(address, "/models", None, headers, "GET")[0] == 401


def test_web_pages_and_strange_names_are_refused(address):
    for headers in ({"Origin": "http://example.org"}, {"Host": "example.org:80"}, {"Origin": "null"}):
        status, reply = send(address, "/models", None, headers, "GET")
        assert (status, reply["error"]["code"]) == (403, "forbidden")
    assert send(address.replace("127.0.0.1", "localhost"), "/models", None, method="GET")[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model": NaN}', b"\xff", b"[" * 5000])
def test_what_is_no_json_object_is_an_error_object(address, body):
    status, reply = send(address, "/chat/completions", body)
    assert (status, reply["error"]["code"]) == (400, "invalid_json")


def test_what_is_too_large_is_said(client, monkeypatch):
    monkeypatch.setattr("workshop.serve.door.MOST_BYTES", 100_000)
    with pytest.raises(openai.APIStatusError, match="at most") as raised:
        ask(client, "x" * 3_000_000)
    assert raised.value.status_code == 413
    assert text_of(ask(client))


def test_an_address_that_is_not_served_is_named(client, address):
    with pytest.raises(openai.NotFoundError, match="nothing answers POST /v1/images/generations"):
        client.images.generate(prompt="a boat", model=LLAMA)
    assert send(address, "/models", b"", method="PUT")[0] == 405


def test_a_fault_of_the_servers_is_an_error_object_too(client, monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("workshop.serve.served.Models.open", fail)
    with pytest.raises(openai.InternalServerError, match="RuntimeError: broken"):
        ask(client)


def test_a_fault_in_the_middle_of_a_stream_is_told(client, monkeypatch):
    monkeypatch.setattr("workshop.serve.writing._count_ready", lambda *_: 1 / 0)
    with pytest.raises(openai.APIError, match="ZeroDivisionError"):
        list(ask(client, stream=True))


def test_the_notebooks_model_and_the_served_one_keep_apart(tiny, tmp_path):
    tokenizer, model, encoder = tiny
    tuned = add_lora(load_tiny(tmp_path / "other")[1])
    fine_tune(tuned, make_examples(tokenizer, [CHAT]), steps=60, rate=2e-2)
    tuned.save_pretrained(tmp_path / "adapter")
    before = {name: weights.clone() for name, weights in model.named_parameters()}
    with serve(tokenizer, model, encoder, folder=tmp_path / "served") as address:
        client, plain = connect(address), text_of(ask(connect(address)))
        with adapter(model, tmp_path / "adapter"):
            assert answer(tokenizer, model, [QUESTION], max_new_tokens=len(ANSWER)) == [ANSWER]
            assert text_of(ask(client)) == plain
    assert all(weights.equal(before[name]) for name, weights in model.named_parameters())


def test_leaving_closes_the_address_and_ends_the_threads(tiny, tmp_path):
    before = set(threading.enumerate())
    with serve(*tiny, folder=tmp_path) as address:
        ask(connect(address))
    with pytest.raises(openai.APIConnectionError):
        connect(address).models.list()
    until = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < until:
        time.sleep(0.01)
    assert set(threading.enumerate()) - before == set()


@pytest.mark.parametrize("before", [None, "example.org"])
def test_texts_and_key_pass_by_the_environments_proxies(before, tiny, tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    if before:
        monkeypatch.setenv("NO_PROXY", before)
    with serve(*tiny, folder=tmp_path) as address:
        assert openai.OpenAI(base_url=address, api_key="none", max_retries=0).models.list().data
        assert os.environ["no_proxy"].split(",") == [*([before] if before else []), "127.0.0.1"]
    assert os.environ.get("NO_PROXY") == before
    assert "no_proxy" not in os.environ
