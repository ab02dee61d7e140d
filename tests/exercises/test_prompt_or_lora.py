"""Proofs of lesson 04's exercises; their references against torch, peft and the rooms."""

import json
import math
import re
import string
from collections import Counter

import numpy as np
import pytest

from tests.exercises.proofs import Answers, prove
from workshop.checks.edits import edit
from workshop.checks.registry import list_exercises
from workshop.exercises import prompt_or_lora as lesson

wrong, right = Answers(), Answers()


def _words(text):
    text = re.sub(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)", "", text.replace("-", " ").lower())
    return [word for word in text.split() if word not in {"a", "an", "the"}]


@wrong("4.1", "the truth is looked for within the answer")
def truth_in_answer(answer, truth):
    return " ".join(_words(truth)) in " ".join(_words(answer))


@wrong("4.1", "all punctuation is taken off")
def all_punctuation_off(answer, truth):
    cleaned = []
    for text in (answer, truth):
        text = text.lower().replace("-", " ")
        text = text.translate(str.maketrans("", "", string.punctuation))
        cleaned.append([word for word in text.split() if word not in ("a", "an", "the")])
    return cleaned[0] == cleaned[1]


@wrong("4.1", "articles are cut out of longer words")
def articles_cut_out(answer, truth):
    def clean(text):
        for article in ("the", "an", "a"):
            text = text.lower().replace(article, "")
        return _words(text)

    return clean(answer) == clean(truth)


@wrong("4.1", "a hyphen is taken off like other marks")
def hyphens_off(answer, truth):
    return _words(answer.replace("-", "")) == _words(truth.replace("-", ""))


@wrong("4.1", "marks go at the ends of words alone")
def stripped_words(answer, truth):
    lists = []
    for text in (answer, truth):
        words = [word.strip(string.punctuation) for word in text.lower().replace("-", " ").split()]
        lists.append([word for word in words if word not in ("a", "an", "the")])
    return lists[0] == lists[1]


@wrong("4.1", "punctuation stays")
def only_lower(answer, truth):
    return answer.lower().strip() == truth.lower().strip()


@right("4.1")
def one_pattern(answer, truth):
    return _words(answer) == _words(truth)


@right("4.1")
def character_by_character(answer, truth):
    def clean(text):
        result = ""
        for i in range(len(text)):
            inside = 0 < i < len(text) - 1 and text[i - 1] in "0123456789" and text[i + 1] in "0123456789"
            if text[i] == "-":
                result += " "
            elif text[i] not in string.punctuation or inside:
                result += text[i].lower()
        return " ".join(word for word in result.split() if word not in ("the", "a", "an"))

    return np.bool_(clean(answer) == clean(truth))


@wrong("4.2", "everything is written into one user turn")
def one_string(instruction, examples, question):
    text = instruction + "\n\n"
    for asked, answered in examples:
        text += f"Message: {asked}\nAnswer: {answered}\n\n"
    return [{"role": "user", "content": text + f"Message: {question}\nAnswer:"}]


@wrong("4.2", "the examples' answers come from another role")
def answers_as_user(instruction, examples, question):
    chat = [] if instruction == "" else [{"role": "system", "content": instruction}]
    for example in examples:
        for text in example:
            chat.append({"role": "user", "content": text})
    return [*chat, {"role": "user", "content": question}]


@wrong("4.2", "the question stands before the examples")
def question_first(instruction, examples, question):
    chat = [{"role": "system", "content": instruction}] if len(instruction) else []
    chat.append({"role": "user", "content": question})
    for asked, answered in examples:
        chat += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return chat


@wrong("4.2", "an empty instruction becomes a system turn")
def empty_system_turn(instruction, examples, question):
    chat = [{"role": "system", "content": instruction}]
    for asked, answered in examples:
        chat.extend([{"role": "user", "content": asked}, {"role": "assistant", "content": answered}])
    chat += [{"role": "user", "content": question}]
    return chat


@wrong("4.2", "the turns are right, but a text isn't as it was given")
def labelled_texts(instruction, examples, question):
    chat = [{"role": "system", "content": instruction}] if instruction else []
    for asked, answered in examples:
        chat += [{"role": "user", "content": f"Message: {asked}"}, {"role": "assistant", "content": answered}]
    return [*chat, {"role": "user", "content": f"Message: {question}"}]


@right("4.2")
def by_roles(instruction, examples, question):
    texts = [("system", instruction)] * bool(instruction)
    for example in examples:
        texts += zip(("user", "assistant"), example, strict=True)
    return tuple({"content": text, "role": role} for role, text in [*texts, ("user", question)])


@right("4.2")
def by_place(instruction, examples, question):
    flat = [text for pair in examples for text in pair] + [question]
    chat = [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(flat)]
    if len(instruction) > 0:
        chat.insert(0, {"role": "system", "content": instruction})
    return chat


@wrong("4.3", "lines are counted from 0")
def lines_from_0(lines):
    found = []
    for i in range(len(lines)):
        try:
            row = json.loads(lines[i])
        except ValueError:
            found.append((i, "not json"))
            continue
        if not isinstance(row, dict) or not row.get("messages"):
            found.append((i, "no messages"))
        elif not any(m["role"] == "assistant" for m in row["messages"]):
            found.append((i, "no answer"))
    return found


@wrong("4.3", "it stops at the first line")
def stops_at_the_first(lines):
    problems = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            problems.append((number, "not json"))
            return problems
        if type(row) is not dict or len(row.get("messages", [])) == 0:
            problems.append((number, "no messages"))
        elif "assistant" not in {m["role"] for m in row["messages"]}:
            problems.append((number, "no answer"))
    return problems


@wrong("4.3", "the error of json.loads() escapes")
def error_escapes(lines):
    problems = []
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        if not isinstance(row, dict):
            problems.append((number, "not json"))
        elif not row.get("messages"):
            problems.append((number, "no messages"))
        elif all(m["role"] != "assistant" for m in row["messages"]):
            problems.append((number, "no answer"))
    return problems


@wrong("4.3", "a line may be JSON and no object")
def list_crashes(lines):
    problems = []
    for number, line in enumerate(lines, 1):
        try:
            messages = json.loads(line).get("messages", [])
        except json.JSONDecodeError:
            problems.append((number, "not json"))
            continue
        if not messages:
            problems.append((number, "no messages"))
        elif not [m for m in messages if m["role"] == "assistant"]:
            problems.append((number, "no answer"))
    return problems


@right("4.3")
def one_function_a_line(lines):
    def fault(line):
        try:
            messages = json.loads(line)["messages"]
            roles = [message["role"] for message in messages]
        except json.JSONDecodeError:
            return "not json"
        except (KeyError, TypeError):
            return "no messages"
        if len(roles) == 0:
            return "no messages"
        return "" if roles.count("assistant") else "no answer"

    return [[number + 1, fault(line)] for number, line in enumerate(lines) if fault(line)]


@right("4.3")
def numbers_by_hand(lines):
    problems = []
    for number in range(1, 1 + len(lines)):
        line = lines[number - 1]
        row, code = None, ""
        try:
            row = json.loads(line)
        except Exception:
            code = "not json"
        if not code and (not isinstance(row, dict) or "messages" not in row or row["messages"] == []):
            code = "no messages"
        if not code:
            code = "no answer"
            for message in row["messages"]:
                if message["role"] == "assistant":
                    code = ""
        if code:
            problems += [(np.int64(number), code)]
    return problems


@wrong("4.4", "the labels are shifted by one")
def shifted_labels(ids, prompt_length):
    labels = [*ids[1:], -100]
    for i in range(min(prompt_length, len(ids)) - 1):
        labels[i] = -100
    return labels


@wrong("4.4", "another number than -100 stands")
def zeros_for_ignored(ids, prompt_length):
    labels = list(ids)
    for i in range(min(prompt_length, len(ids))):
        labels[i] = 0
    return labels


@wrong("4.4", "the prompt is dropped")
def prompt_dropped(ids, prompt_length):
    return list(ids)[prompt_length:]


@wrong("4.4", "tokens of the answer are masked by their value")
def end_masked_as_padding(ids, prompt_length):
    labels = np.array(ids)
    labels[:prompt_length] = -100
    labels[labels == 2] = -100
    return labels


@wrong("4.4", "a prompt as long as all the ids, or longer")
def longer_than_the_ids(ids, prompt_length):
    return prompt_length * [-100] + [*ids][prompt_length:]


@right("4.4")
def numpy_where(ids, prompt_length):
    return np.where(np.arange(len(ids)) < prompt_length, -100, ids)


@right("4.4")
def torch_clone(ids, prompt_length):
    import torch

    labels = torch.tensor(ids)
    labels[:prompt_length] = -100
    return labels


@right("4.4")
def appended(ids, prompt_length):
    labels = []
    for token in ids:
        labels.append(token if len(labels) >= prompt_length else -100)
    return tuple(labels)


@wrong("4.5", "the update isn't divided by r")
def alpha_alone(x, W, A, B, alpha):
    return np.matmul(x, W.T) + np.matmul(np.matmul(x, A.T), B.T) * alpha


@wrong("4.5", "the update alone is returned")
def without_base(x, W, A, B, alpha):
    scale = alpha / A.shape[0]
    return x @ (scale * B @ A).T


@wrong("4.5", "r is a fixed number")
def rank_fixed_at_8(x, W, A, B, alpha):
    h = np.einsum("ni,ri->nr", x, A)
    return x @ W.transpose() + (alpha / 8) * np.einsum("nr,or->no", h, B)


@wrong("4.5", "it is divided by another number than r")
def other_axis(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[-1] * x @ A.T @ B.T


@right("4.5")
def merged_first(x, W, A, B, alpha):
    return x @ (W + B @ A * (alpha / B.shape[1])).T


@right("4.5")
def torch_layers(x, W, A, B, alpha):
    import torch

    x, W, A, B = (torch.tensor(each, dtype=torch.float32) for each in (x, W, A, B))
    linear = torch.nn.functional.linear
    return linear(x, W) + alpha / A.shape[0] * linear(linear(x, A), B)


@right("4.5")
def by_loops(x, W, A, B, alpha):
    def dot(u, v):
        return sum(a * b for a, b in zip(u, v, strict=True))

    rows = []
    for vector in x.tolist():
        hidden = [dot(vector, row) for row in A.tolist()]
        rows.append(
            [dot(vector, w) + alpha * dot(hidden, b) / len(hidden) for w, b in zip(W.tolist(), B.tolist(), strict=True)]
        )
    return rows


@wrong("4.6", "the function writes into its input")
def changes_the_weights(W, A, B, alpha):
    W += alpha / len(A) * B @ A
    return W


@wrong("4.6", "a matrix is turned")
def transposed(W, A, B, alpha):
    return W.T + alpha / A.shape[0] * A.T @ B.T


@wrong("4.6", "the update isn't scaled by alpha / r")
def no_scale(W, A, B, alpha):
    return W + B @ A


@wrong("4.6", "A and B stand in the wrong order")
def wrong_order(W, A, B, alpha):
    return W + (alpha / A.shape[0]) * np.dot(A, B)


@right("4.6")
def sum_of_outer_products(W, A, B, alpha):
    merged = W.astype(np.float32)
    for i in range(len(A)):
        merged += alpha / len(A) * np.outer(B[:, i], A[i])
    return merged


@wrong("4.7", "rows and columns are multiplied")
def rank_times_matrix(shapes, rank):
    return sum(int(np.prod(shape)) * rank for shape in shapes)


@wrong("4.7", "only A, or only B")
def only_a(shapes, rank):
    total = 0
    for shape in shapes:
        total += rank * shape[1]
    return total


@wrong("4.7", "W is counted too")
def weights_too(shapes, rank):
    total = 0
    for out, size in shapes:
        total += out * size
        total += rank * size
        total += out * rank
    return total


@wrong("4.7", "A and B are taken as equally large")
def as_if_square(shapes, rank):
    return sum([2 * rank * columns for rows, columns in shapes])


@right("4.7")
def made_and_counted(shapes, rank):
    return sum(np.zeros((rank, size)).size + np.zeros((out, rank)).size for out, size in shapes)


@right("4.7")
def by_array(shapes, rank):
    return rank * np.array(shapes, dtype=int).sum()


def _log_softmax(rows):
    rows = rows - rows.max(1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(1, keepdims=True))


@wrong("4.8", "nothing is shifted")
def not_shifted(logits, labels):
    keep = labels != -100
    return math.exp(-_log_softmax(logits[keep])[range(keep.sum()), labels[keep]].mean())


@wrong("4.8", "-100 is used as a place")
def ignored_as_index(logits, labels):
    logs = _log_softmax(logits[:-1])
    return np.exp(np.mean([-logs[i, label] for i, label in enumerate(labels[1:])]))


@wrong("4.8", "the exponentials are averaged")
def mean_of_exponentials(logits, labels):
    logs, values = _log_softmax(logits), []
    for i in range(len(labels) - 1):
        if labels[i + 1] != -100:
            values.append(np.exp(-logs[i][labels[i + 1]]))
    return np.mean(values)


@wrong("4.8", "ignored places are taken out before the shift")
def filtered_first(logits, labels):
    keep = labels != -100
    logits, labels = logits[keep][:-1], labels[keep][1:]
    return np.exp(-_log_softmax(logits)[np.arange(len(labels)), labels].mean())


@wrong("4.8", "it is divided by all places")
def over_all_places(logits, labels):
    logs, total = _log_softmax(logits), 0
    for i in range(1, len(labels)):
        if labels[i] >= 0:
            total -= logs[i - 1, labels[i]]
    return np.exp(total / (len(labels) - 1))


@right("4.8")
def torch_loss(logits, labels):
    import torch

    logits, labels = torch.tensor(logits), torch.tensor(labels, dtype=torch.long)
    return torch.nn.functional.cross_entropy(logits[:-1], labels[1:], ignore_index=-100).exp()


@right("4.8")
def token_by_token(logits, labels):
    total = count = 0
    for row, label in zip(logits[:-1], labels[1:], strict=True):
        if label != -100:
            top = max(row)
            total += math.log(sum(math.exp(each - top) for each in row)) + top - row[label]
            count += 1
    return math.exp(total / count)


@right("4.8")
def scipy_and_float32(logits, labels):
    from scipy.special import log_softmax

    logs = log_softmax(logits.astype(np.float32), axis=-1)
    places = np.flatnonzero(labels[1:] != -100)
    return float(np.exp(-np.mean(logs[places, labels[places + 1]])))


@wrong("4.9", "keys are looked for in the text")
def keys_as_substrings(answers, truths):
    if not answers:
        return 0, 0
    valid = [all(key in answer for key in truth) for answer, truth in zip(answers, truths, strict=True)]
    good = [
        ok and all(value in answer for value in truth.values())
        for ok, answer, truth in zip(valid, answers, truths, strict=True)
    ]
    return sum(valid) / len(answers), sum(good) / len(answers)


@wrong("4.9", "JSON may be a list, a number or null")
def no_keys(answers, truths):
    valid = good = 0
    for i, answer in enumerate(answers):
        try:
            got = json.loads(answer)
        except ValueError:
            continue
        if set(got.keys()) == set(truths[i]):
            valid += 1
        if got == truths[i]:
            good += 1
    return (valid / len(answers), good / len(answers)) if answers else (0, 0)


@wrong("4.9", "additional keys pass")
def extra_keys(answers, truths):
    valid, good = [], []
    for answer, truth in zip(answers, truths, strict=True):
        try:
            got = json.loads(answer)
        except json.JSONDecodeError:
            got = None
        valid.append(isinstance(got, dict) and all(key in got for key in truth))
        good.append(got == truth)
    return (np.mean(valid), np.mean(good)) if valid else (0.0, 0.0)


@wrong("4.9", "what stands around the object is taken off")
def fences_off(answers, truths):
    valid = good = 0
    for answer, truth in zip(answers, truths, strict=True):
        answer = answer.replace("```json", "").replace("```", "").strip()
        try:
            got = json.loads(answer)
        except ValueError:
            continue
        if type(got) is dict and sorted(got) == sorted(truth):
            valid += 1
            good += int(got == truth)
    n = len(answers) or 1
    return valid / n, good / n


@wrong("4.9", "right is a share of the valid")
def right_of_valid(answers, truths):
    parsed = [_parse(answer) for answer in answers]
    kept = [(p, t) for p, t in zip(parsed, truths, strict=True) if isinstance(p, dict) and set(p) == set(t)]
    good = sum(p == t for p, t in kept)
    return (len(kept) / len(answers) if answers else 0, good / len(kept) if kept else 0)


def _parse(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


@right("4.9")
def arrays_of_flags(answers, truths):
    parsed = [_parse(answer) for answer in answers]
    same_keys = [isinstance(p, dict) and set(p) == set(t) for p, t in zip(parsed, truths, strict=True)]
    same = [p == t for p, t in zip(parsed, truths, strict=True)]
    return np.array([np.mean(same_keys), np.mean(same)]) if answers else [0, 0]


@right("4.9")
def by_index(answers, truths):
    counts = [0, 0]
    for i in range(len(answers)):
        try:
            got = dict(json.loads(answers[i]).items())
        except (ValueError, AttributeError):
            continue
        if len(got) == len(truths[i]) and all(key in got for key in truths[i]):
            counts[0] += 1
            if all(got[key] == truths[i][key] for key in got):
                counts[1] += 1
    return tuple(count / len(answers) for count in counts) if answers else (0, 0)


def _softmax(values):
    values = np.exp(values - np.max(values))
    return values / values.sum()


@wrong("4.10", "the token that crosses top_p is dropped")
def crossing_dropped(logits, temperature, top_p):
    if temperature == 0:
        return (np.arange(len(logits)) == np.argmax(logits)).astype(float)
    p = _softmax(logits / temperature)
    kept, total = np.zeros_like(p), 0
    for place in sorted(range(len(p)), key=lambda i: -p[i]):
        if total + p[place] > top_p and total > 0:
            break
        kept[place] = p[place]
        total += p[place]
    return kept / kept.sum()


@wrong("4.10", "the probabilities come back sorted")
def sorted_order(logits, temperature, top_p):
    if temperature == 0:
        return [float(i == np.argmax(logits)) for i in range(len(logits))]
    p = np.sort(_softmax(logits / temperature))[::-1].copy()
    p[1:][np.cumsum(p)[:-1] >= top_p] = 0
    return p / np.sum(p)


@wrong("4.10", "what is left isn't divided by its sum")
def not_renormalised(logits, temperature, top_p):
    result = np.zeros(len(logits))
    if temperature == 0:
        result[np.argmax(logits)] = 1
        return result
    p, total = _softmax(logits / temperature), 0
    for place in np.argsort(p)[::-1]:
        result[place] = p[place]
        total += p[place]
        if total >= top_p:
            break
    return result


@wrong("4.10", "with temperature 0 it divides by 0")
def zero_divides(logits, temperature, top_p):
    p = _softmax(logits / temperature)
    order = np.argsort(p)[::-1]
    count = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    p[order[count:]] = 0
    return p / p.sum()


@wrong("4.10", "the temperature comes after the cut")
def temperature_last(logits, temperature, top_p):
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    p = _softmax(logits)
    order = np.argsort(-p)
    left = np.full(len(p), -np.inf)
    places = order[: np.searchsorted(np.cumsum(p[order]), top_p) + 1]
    left[places] = logits[places]
    return _softmax(left / temperature)


@right("4.10")
def logits_at_minus_infinity(logits, temperature, top_p):
    if temperature <= 0:
        return np.where(logits == logits.max(), 1.0, 0.0)
    p = _softmax(np.asarray(logits) / temperature)
    order = p.argsort()[::-1]
    count = int((np.cumsum(p[order]) < top_p).sum()) + 1
    left = np.full(len(p), -np.inf)
    left[order[:count]] = logits[order[:count]] / temperature
    return _softmax(left)


@right("4.10")
def taken_one_by_one(logits, temperature, top_p):
    values = logits.tolist()
    if temperature == 0:
        return [int(value == max(values)) for value in values]
    weights = [math.exp((value - max(values)) / temperature) for value in values]
    p, kept = [weight / sum(weights) for weight in weights], []
    while sum(p[i] for i in kept) < top_p and len(kept) < len(p):
        kept.append(max((i for i in range(len(p)) if i not in kept), key=lambda i: p[i]))
    return [p[i] / sum(p[j] for j in kept) if i in kept else 0 for i in range(len(p))]


@right("4.10")
def in_torch(logits, temperature, top_p):
    import torch

    logits = torch.tensor(logits, dtype=torch.float32)
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(), len(logits))
    p = torch.softmax(logits / temperature, dim=0)
    sums, places = torch.sort(p, descending=True)
    outside = torch.cumsum(sums, 0) - sums >= top_p
    p[places[outside]] = 0
    return p / p.sum()


def _scorer(keep, drop, change=str.lower):
    """Return exact_match by hand. keep: of a character, its text and place, what is left; drop: of the words."""

    def words(text):
        text = change(text.replace("-", " "))
        return drop("".join(keep(each, text, i) for i, each in enumerate(text)))

    return lambda answer, truth: words(answer) == words(truth)


def _kept(character, text, i, test=str.isalnum, gap=""):
    in_number = text[:i][-1:].isdigit() and text[i + 1 :][:1].isdigit()
    return character if test(character) or character.isspace() or in_number else gap


def _wrapped(character, text, i):
    in_number = text[i - 1].isdigit() and text[i + 1 : i + 2].isdigit()
    return character if character.isalnum() or character.isspace() or in_number else ""


def _without(out, blank=None):
    return lambda text: [word for word in text.split(blank) if word not in out]


def _removed(text):
    words = text.split()
    for word in words:
        if word in ("a", "an", "the"):
            words.remove(word)
    return words


def _without_the_first(text):
    words = text.split()
    return words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words


ALL_THREE = _without(("a", "an", "the"))
for _likely, _answer in (
    ("digits go like marks", _scorer(lambda *at: _kept(*at, test=str.isalpha), ALL_THREE)),
    ('"he" goes like "the"', _scorer(_kept, _without("a an the"))),
    ("articles stay", _scorer(_kept, _without_the_first)),
    ("of two articles in a row one stays", _scorer(_kept, _removed)),
    ("at i = 0, i - 1 is the last place", _scorer(_wrapped, ALL_THREE)),
    ("upper-case and lower-case", _scorer(_kept, ALL_THREE, change=str)),
    ("a mark becomes a blank", _scorer(lambda *at: _kept(*at, gap=" "), ALL_THREE)),
    ("there are empty words", _scorer(_kept, _without(("a", "an", "the"), " "))),
):
    wrong("4.1", _likely)(_answer)

BOTH = "probabilities[np.arange(len(targets)), targets]"
FILLED, ZERO = "kept[order[{0}]] = probabilities[order[{0}]]", lesson.ZERO
WARM = (lesson.WEIGHTS, "np.exp(logits - logits.max())", "weights / weights.sum()")
for _id, _likely, *_pieces in (
    ("4.2", "the turns are right, but a text isn't as it was given", "question))", "question.strip()))"),
    (
        "4.2",
        "the turns are right, but a text isn't as it was given",
        '"assistant", answered',
        '"assistant", answered.strip()',
    ),
    (
        "4.2",
        "all turns are one and the same dict",
        "} for role, text in turns]",
        "} for role, text in turns[-1:] * len(turns)]",
    ),
    ("4.2", "an example, or half of one, is missing", "in examples:", "in examples[:1]:"),
    ("4.3", "messages are counted, or one of them decides", "in messages]", "in messages[-1:]]"),
    ("4.3", "an empty text counts as none", "in messages]", 'in messages if message["content"] != ""]'),
    ("4.3", "a line may be JSON and no object", "isinstance(row, dict)", "not isinstance(row, list)"),
    ("4.3", "a line may be JSON and no object", "isinstance(row, dict)", "isinstance(row, (dict, str))"),
    ("4.4", "tokens are masked by value", "place < prompt_length", "token in ids[:prompt_length]"),
    ("4.5", "the update isn't scaled by alpha / r", "alpha / len(A) * ", ""),
    ("4.5", "A and B are exchanged", "A.T @ B.T", "B.T @ A.T"),
    ("4.6", "* multiplies number by number", "B @ A", "B * A"),
    ("4.8", "all rows lose one number", "predicted.max(axis=1, keepdims=True)", "predicted.max()"),
    ("4.8", "a small number is added before log()", BOTH, f"{BOTH} + 1e-12"),
    ("4.8", "the minus before log() is missing", "-np.log", "np.log"),
    ("4.9", "JSON may be a list, a number or null", "isinstance(found, dict)", "not isinstance(found, list)"),
    ("4.9", "the first truth's keys are used for all", "== truth.keys()", "== truths[0].keys()"),
    ("4.10", "a token more is kept", FILLED.format("before < top_p"), FILLED.format("before <= top_p")),
    ("4.10", "a small number stands for temperature 0", ZERO, "    temperature = max(temperature, 1e-3)\n"),
    ("4.10", "the probabilities are divided by", *WARM, f"{WARM[2]} / temperature"),
):
    _exercise = next(one for one in list_exercises("04") if one.id == _id)
    wrong(_id, _likely)(edit(_exercise.reference, tuple(zip(_pieces[::2], _pieces[1::2], strict=True))))


@wrong("4.7", "only one matrix is counted")
def last_matrix(shapes, rank):
    total = 0
    for rows, columns in shapes:
        total = rank * columns + rank * rows
    return total


@right("4.7")
def counted_by_shape(shapes, rank):
    return sum(count * rank * (rows + columns) for (rows, columns), count in Counter(shapes).items())


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "04_prompt_or_lora", wrong, right
)


def test_lesson_gives_20_points_and_four_exercises_in_the_room():
    exercises = list_exercises("04")
    assert sum(exercise.points for exercise in exercises) == 20
    assert [exercise.id for exercise in exercises if exercise.room] == ["4.1", "4.2", "4.4", "4.5"]


def test_a_layer_with_a_low_rank_path_is_pefts_own():
    import peft
    import torch

    layer = torch.nn.Sequential(torch.nn.Linear(5, 3, bias=False))
    config = peft.LoraConfig(r=2, lora_alpha=6, target_modules=["0"], init_lora_weights=False)
    tuned = peft.get_peft_model(layer, config)
    inner = tuned.base_model.model[0]
    W, A, B = (
        part.weight.detach().numpy() for part in (inner.base_layer, inner.lora_A["default"], inner.lora_B["default"])
    )
    x = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    wanted = tuned(torch.tensor(x)).detach().numpy()
    assert np.abs(wanted - x @ W.T).max() > 1e-3
    assert np.allclose(lesson.low_rank_forward(x, W, A, B, 6), wanted, atol=1e-6)
    assert np.allclose(x @ lesson.merge(W, A, B, 6).T, wanted, atol=1e-6)
    trained = sum(one.numel() for one in tuned.parameters() if one.requires_grad)
    assert lesson.count_trainable([(3, 5)], 2) == trained
    assert lesson.count_trainable([(576, 576), (192, 576)] * 30, 8) == 460_800  # as the lesson says of q and v


@pytest.mark.parametrize("seed", range(20))
def test_sampling_and_perplexity_agree_with_torch_and_the_bots_own(seed):
    import torch

    from workshop.bot import sample_probabilities

    rng = np.random.default_rng(seed)
    logits, temperature, top_p = lesson.draw_logits(rng)
    wanted = sample_probabilities(torch.tensor(logits), temperature, top_p).numpy()
    assert np.allclose(lesson.sample_probabilities(logits, temperature, top_p), wanted)
    logits, labels = lesson.perplexity.draw(rng)
    loss = torch.nn.functional.cross_entropy(torch.tensor(logits[:-1]), torch.tensor(labels[1:]))
    assert lesson.perplexity(logits, labels) == pytest.approx(float(loss.exp()))


def test_the_checks_words_are_the_scorers():
    from workshop.score import exact_match

    rng = np.random.default_rng(0)
    pairs = [*lesson.exact_match.inputs(rng), *(lesson.exact_match.draw(rng) for _ in range(200))]
    found = [exact_match(*pair) for pair in pairs]
    assert found == [lesson.matcher()(*pair) for pair in pairs]
    assert 0.3 < np.mean(found) < 0.9
