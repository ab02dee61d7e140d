"""What reading costs: the seconds of an answer behind few passages and behind many, one question at a time."""

import time
from typing import Any

from studies.adapters.asking import load
from studies.retrieval_bot.answer_inputs import make_asked, write_prompt
from studies.retrieval_bot.answer_plan import Plan
from workshop.bot import answer, encode_chats


def run_waits(repeat: int, count: int, sizes: tuple[Any, ...]) -> dict[str, Any]:
    """Return the plain model's seconds an answer for each number of passages, and the prompts' tokens.

    repeat: which `count` of the questions behind many passages are asked. One prompt at a time, one thread, the
    process' own time; all numbers of passages in turn, for each question.
    """
    plan = Plan(*(tuple(one) if isinstance(one, list) else one for one in sizes))
    tokenizer, model = load()
    passages = sorted({1, 3, *plan.many})
    prompts = {
        k: [write_prompt(one, "contract") for one in make_asked(plan, "pasting", "MiniLM", k)][repeat * count :][:count]
        for k in passages
    }
    answer(tokenizer, model, prompts[1][:1], max_new_tokens=2)
    spent = dict.fromkeys(passages, 0.0)
    for place in range(len(prompts[1])):
        for k in passages:
            start = time.process_time()
            answer(tokenizer, model, [prompts[k][place]], max_new_tokens=plan.tokens)
            spent[k] += time.process_time() - start
    tokens = {k: sum(map(len, encode_chats(tokenizer, some))) / len(some) for k, some in prompts.items()}
    return {
        "seconds": {str(k): seconds / len(prompts[k]) for k, seconds in spent.items()},
        "tokens": {str(k): value for k, value in tokens.items()},
    }
