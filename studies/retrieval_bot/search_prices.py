"""What retrieving and tuning facts in cost here, all timed in one process: seconds of one thread."""

from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import TRAINED
from studies.retrieval_bot.search_runs import Clock, encoder, passages, wordings
from workshop.bot import answer, build_prompt
from workshop.data import enlarge, load_faq, load_wiki_vectors
from workshop.models import encode_texts, load_language_model
from workshop.search import top_k
from workshop.settings import Settings
from workshop.tune import adapter, add_lora, fine_tune, make_examples

# As the shipped adapter `facts` was tuned: each fact once an epoch, four a step, rank 3 beside every linear layer.
EPOCHS, BATCH, RANK, STEPS = 16, 4, 3, 8
ASKED, READ, MANY, SEARCHED = 16, 3, 100_000, 20


def run_prices(repeat: int, many: int) -> dict[str, Any]:
    """Return the seconds of each part of answering by retrieval, and by a model that was tuned on all facts.

    encode handbook; encode a question; search a handbook, and `many` vectors; an answer on three passages by the model
    as it comes, and without passages by the adapter `facts`, 16 side by side, at most 32 new tokens; tune: of 340
    facts, from eight steps. The process' own time, one thread. repeat: which questions of `train` are asked.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    asked = [text for _, kind, text in wordings(TRAINED) if kind == "question"][repeat * ASKED :][:ASKED]
    encode_texts(encoder(), asked[:1])
    clock, found = Clock(), {}
    vectors = encode_texts(encoder(), passages(0))
    found["encode handbook"] = clock.read()
    queries = np.concatenate([encode_texts(encoder(), [text]) for text in asked])
    found["encode question"] = clock.read() / len(asked)
    for name, known in (("search handbook", vectors), ("search many", enlarge(load_wiki_vectors(), many))):
        index = faiss.IndexFlatIP(known.shape[1])
        index.add(known)
        index.search(queries[:1], READ)
        clock.read()
        for row in range(SEARCHED):
            index.search(queries[row % len(queries)][None], READ)
        found[name] = clock.read() / SEARCHED
    rows = top_k(queries, vectors, READ)[0]
    prompts = [build_prompt(text, [passages(0)[one] for one in few]) for text, few in zip(asked, rows, strict=True)]
    tokenizer, model = load_language_model(Settings(device="cpu", threads=1))
    answer(tokenizer, model, asked[:1], max_new_tokens=2)
    clock.read()
    answer(tokenizer, model, prompts)
    found["answer on passages"] = clock.read() / len(asked)
    with adapter(model, "facts"):
        clock.read()
        answer(tokenizer, model, asked)
        found["answer from weights"] = clock.read() / len(asked)
    facts = [one for one in load_faq() if one.document]
    turns = [
        [{"role": "user", "content": one.question}, {"role": "assistant", "content": one.answer}]
        for one in facts[: STEPS * BATCH]
    ]
    tuned, examples = add_lora(model, RANK), make_examples(tokenizer, turns)
    fine_tune(tuned, examples[:BATCH], steps=1, batch=BATCH)
    clock.read()
    fine_tune(tuned, examples, steps=STEPS, batch=BATCH)
    found["tune"] = clock.read() / (STEPS * BATCH) * EPOCHS * len(facts)
    return {"seconds": found}
