"""What beginners tried and were told wrongly, or nothing: each now gets a message that helps."""

import numpy as np
import pytest

from tests.exercises.proofs import diagnose, read_line
from workshop.checks.registry import find_exercise

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::RuntimeWarning")]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def own_pair_and_one_short(tokens, window):
    places = range(len(tokens))
    return [(tokens[i], tokens[j]) for i in places for j in range(max(0, i - window), min(len(tokens), i + window))]


def only_full_windows(tokens, window):
    pairs = []
    for i in range(window, len(tokens) - window):
        for j in range(i - window, i + window + 1):
            if j != i:
                pairs.append((tokens[i], tokens[j]))
    return pairs


def mixed_signs(c, k, N, rate):
    pull, push = 1 - sigmoid(k @ c), sigmoid(N @ c)
    return c - rate * (pull * k + push @ N), k + rate * pull * c, N - rate * np.outer(push, c)


def mixed_signs_throughout(c, k, N, rate):
    pull, push = 1 - sigmoid(k @ c), sigmoid(N @ c)
    return c - rate * (pull * k + push @ N), k - rate * pull * c, N - rate * np.outer(push, c)


def loss_subtracted(center, context, negatives, rate):
    loss = -np.log(sigmoid(context @ center)) - np.log(sigmoid(-negatives @ center)).sum()
    return center - rate * loss, context - rate * loss, negatives - rate * loss


def loop_variable_assigned(counts, x_max, alpha):
    for count in counts:
        count = (count / x_max) ** alpha if np.all(count < x_max) else 1
    return counts


def raw_products_and_first_dropped(word, words, vectors, k):
    order = np.argsort(-(vectors @ vectors[words.index(word)]))
    return [words[i] for i in order[1 : k + 1]]


def norm_without_axis(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors)
    rows = [words.index(word) for word in (a, b, c)]
    scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
    scores[rows] = -np.inf
    return words[np.argmax(scores)]


def both_ends_off_by_one(word, shortest, longest):
    marked = f"<{word}>"
    return [marked[i : i + n] for n in range(shortest, longest) for i in range(len(marked) - n)]


TWO = "two things at once. First: "
TRIED = [
    ("1.1", own_pair_and_one_short, TWO + "each word is paired with itself too", "the farthest word on the right"),
    ("1.1", only_full_windows, "only places with a full window get pairs", ""),
    ("1.3", mixed_signs, "the center moves away from its context, as from the negatives: the signs", ""),
    ("1.3", mixed_signs_throughout, "the center moves away from its context, as from the negatives: the signs", ""),
    ("1.3", loss_subtracted, "the loss itself is subtracted", ""),
    ("1.5", loop_variable_assigned, "the input is returned unchanged: assigning to a loop's variable", ""),
    ("1.6", raw_products_and_first_dropped, TWO + "the ranking is by inner products", "the first of the ranking"),
    ("1.7", norm_without_axis, "the vectors keep their lengths: nothing is divided, or all by one number", ""),
    ("1.8", both_ends_off_by_one, TWO + "the pieces of the longest size are missing", "the last piece of every size"),
]


@pytest.mark.parametrize("seed", [0, 1, 7])
@pytest.mark.parametrize(("id", "function", "likely", "then"), TRIED, ids=[one[1].__name__ for one in TRIED])
def test_what_beginners_try_is_named(id, function, likely, then, seed):
    said = read_line(diagnose(find_exercise(id), function, seed), "Likely")
    assert said.startswith(likely), said
    assert then in said


def test_an_example_of_names_and_vectors_is_a_table():
    text = str(diagnose(find_exercise("1.7"), norm_without_axis))
    assert "Expected: analogy('man', 'king', 'woman', words, vectors) returns 'queen'." in text
    assert text.splitlines()[2:8] == [
        "            words, vectors:",
        "              'man'    [2, 0, 0]",
        "              'king'   [3, 0, 4]",
        "              'woman'  [0, 5, 0]",
        "              'queen'  [0, 3, 4]",
        "              'boat'   [0, 0, 9]",
    ]
    assert "array of shape" not in text


@pytest.mark.parametrize("id", ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9"])
@pytest.mark.parametrize("seed", range(5))
def test_every_question_can_be_done_again_by_hand(id, seed):
    """No argument is cut short or named by its shape alone, whatever is asked."""
    exercise = find_exercise(id)
    for place in range(len(exercise.inputs(np.random.default_rng(seed)))):
        answers = iter([*[True] * place, *[False] * 99])

        def right_at_first(*arguments, answers=answers):
            return exercise.reference(*arguments) if next(answers) else "something else"

        text = str(diagnose(exercise, right_at_first, seed))
        assert "first values" not in text
        assert "…" not in text.partition("  Got:")[0]


def test_tuples_are_shown_as_tuples_and_what_differs_is_said():
    text = str(diagnose(find_exercise("1.1"), only_full_windows))
    assert "returns [('late', 'ferry'), ('ferry', 'late'), ('ferry', 'waits'), ('waits', 'ferry')]" in text
    assert "Got:      [('ferry', 'late'), ('ferry', 'waits')]" in text
    assert "missing: [('late', 'ferry'), ('waits', 'ferry')]" in text
    pairs = str(diagnose(find_exercise("1.9"), lambda pairs, ratings, words, vectors: (0.5, 1)))
    assert "returns (0.866, 1)" in pairs
    assert "('sun', 'sea')     8" in pairs


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hidden_messages_name_no_input(seed):
    from backstage.hidden import without_inputs

    for id, function, _, _ in TRIED:
        exercise = find_exercise(id)
        hidden = without_inputs(exercise, str(diagnose(exercise, function, seed)))
        assert len(hidden.splitlines()) == 5
        assert not [word for word in ("ferry", "tide", "sea", "[") if word in hidden.replace("tokens[", "")]
