"""The heads of the circuits set by hand, and how a model's width is shared out among what they read and write."""

import math
from dataclasses import dataclass
from typing import Any

from workshop.errors import require

# Heights of attention's scores, before the softmax. One place back, against any other; the same word as noted.
NEXT_TO = 10.0
ALIKE = 16.0
# Sums of the topics of the same words; a rare token where an answer begins, and how far the one before takes that back;
# how many times as much a mark of a turn elsewhere, where nothing is to be found.
ABOUT = 60.0
RARE = 20.0
FIRST = 0.4
AWAY = 2.0
# How much lower tokens outside the window of a sum score, the token itself, and places too near to be in a passage.
WINDOW, OUTSIDE, ITSELF = 14, 6.0, 4.0
NEAREST, NEAR = 30, 14.0
# Scores by distance are fitted so far back, best for the closest; a ridge keeps the weights small.
FURTHEST, CLOSE, RIDGE = 700, 60, 0.5
# Lengths of what is written into the residual stream, where a word has the length 1.
SUM = 4.0
COPIED = 6.0
FOUND = 5.0


@dataclass(frozen=True)
class Rooms:
    """Which numbers of a residual stream hold what: `half` a word, `half` the one before, `size` a topic, one a 1.

    The last number of a word is how rare it is, so that the rarity of the one before is noted with it.
    head: a head's width. heads: how many it takes to copy. compared: numbers of a word that are compared.
    size: 0 in a model that has no head left to look for topics.
    """

    width: int
    head: int
    half: int
    heads: int
    compared: int
    size: int

    @property
    def topics(self) -> slice:
        """Return where topics stand."""
        return slice(2 * self.half, 2 * self.half + self.size)

    @property
    def rarity(self) -> int:
        """Return where a token's rarity stands; that of the one before stands `half` further on."""
        return self.half - 1

    @property
    def first_scale(self) -> float:
        """Return how long the norm before the first layer makes what has the length 1: a word and a 1 stand there."""
        return math.sqrt(self.width / 2)

    @property
    def second_scale(self) -> float:
        """Return the same before the second layer, about: the word before has come, and the sum of topics."""
        return math.sqrt(self.width / (4 if self.size else 3))


def plan_rooms(config: Any) -> Rooms:
    """Share out a Llama's width."""
    width, heads = config.hidden_size, config.num_attention_heads
    head = width // heads
    # Six in ten of a head's rotations are slow enough to compare topics wherever they stand.
    size = 2 * round(0.6 * head / 2) if heads >= 4 else 0
    half = (width - 1 - size) // 2
    copying = math.ceil(half / head)
    return Rooms(width, head, half, copying, 2 * (head // 4) * copying, size)


def note_the_word_before(attention: Any, head: int, rooms: Rooms, theta: float) -> None:
    """Let a head look one place back, whatever stands there, and write a part of that word into the room for it."""
    torch = require("torch", "tune")
    rows, pairs = _clear(attention, head), rooms.head // 2
    # Only the fastest rotations are used: they alone tell a place from its neighbours.
    fast = pairs // 4
    turns = theta ** (-torch.arange(fast) / pairs)
    strength = math.sqrt(NEXT_TO * math.sqrt(rooms.head)) / rooms.first_scale
    attention.q_proj.weight[rows.start : rows.start + fast, -1] = strength * torch.cos(turns)
    attention.q_proj.weight[rows.start + pairs : rows.start + pairs + fast, -1] = -strength * torch.sin(turns)
    attention.k_proj.weight[rows.start : rows.start + fast, -1] = strength
    part = slice(rooms.head * head, min(rooms.head * (head + 1), rooms.half))
    _pass_on(attention, rows, part, slice(rooms.half + part.start, rooms.half + part.stop), 1 / rooms.first_scale)


def write_what_followed(attention: Any, head: int, rooms: Rooms) -> None:
    """Let a head look where the present word was noted as the one before, and write what stands there."""
    rows, quarter = _clear(attention, head), rooms.head // 4
    strength = math.sqrt(ALIKE * math.sqrt(rooms.head) * rooms.half / rooms.compared) / rooms.second_scale
    # Only the slower half of the rotations is used: words are to match wherever they stand.
    for part in (0, 1):
        slow = slice(rows.start + quarter * (2 * part + 1), rows.start + quarter * (2 * part + 2))
        start = 2 * quarter * head + quarter * part
        _compare(attention, slow, slice(start, start + quarter), rooms.half, strength)
    words = slice(rooms.head * head, min(rooms.head * (head + 1), rooms.half))
    _pass_on(attention, rows, words, words, COPIED / rooms.second_scale)


def sum_up_topics(attention: Any, rooms: Rooms, theta: float, length: float) -> None:
    """Let a head sum up the topics of the last dozen tokens, each of the given length in its embedding.

    That length is below 0, the sum's above: a token's own topic, taken off the sum, keeps the question's words from
    being found where they stand in a passage.
    """
    torch = require("torch", "tune")
    rows = _clear(attention, rooms.heads)
    wanted = torch.full((FURTHEST,), -OUTSIDE)
    wanted[:WINDOW] = 0
    wanted[0] = -ITSELF
    _score_distances(attention, rows, _fit(wanted, theta, rooms.head // 2, rooms.head // 2, 0.05), rooms.first_scale)
    _pass_on(attention, rows, rooms.topics, rooms.topics, SUM / (rooms.first_scale * length))


def find_what_is_asked_for(attention: Any, rooms: Rooms, theta: float, starts: Any, rarity: float) -> None:
    """Let a head look for its sum of topics further back, best at rare tokens, and write what stands there.

    starts: the words, summed up, (half,), at which an answer begins; elsewhere the head looks at a mark of a turn.
    rarity: the length of a rare token's rarity in its embedding; a mark's is as far below 0.
    """
    torch = require("torch", "tune")
    rows, pairs, slow = _clear(attention, rooms.heads), rooms.head // 2, rooms.size // 2
    # The fastest rotations keep it from its own question, the slower ones compare, the slowest is for rarity.
    fast = pairs - slow - 1
    wanted = torch.zeros(FURTHEST)
    wanted[:NEAREST] = -NEAR
    _score_distances(attention, rows, _fit(wanted, theta, pairs, fast, 0.3), rooms.second_scale)
    strength = math.sqrt(ABOUT * math.sqrt(rooms.head)) / rooms.second_scale
    for part in (0, 1):
        start = rows.start + pairs * part + fast
        topics = rooms.topics.start + slow * part
        _compare(attention, slice(start, start + slow), slice(topics, topics + slow), 0, strength)
    strength = math.sqrt(RARE / rarity * math.sqrt(rooms.head)) / rooms.second_scale
    row = rows.start + pairs - 1
    attention.q_proj.weight[row, : rooms.half] = (1 + AWAY) * strength * starts
    attention.q_proj.weight[row, -1] = -AWAY * strength
    attention.k_proj.weight[row, rooms.rarity] = strength
    attention.k_proj.weight[row, rooms.half + rooms.rarity] = -FIRST * strength
    words = slice(0, min(rooms.head, rooms.half))
    _pass_on(attention, rows, words, words, FOUND / rooms.second_scale)


def _clear(attention: Any, head: int) -> slice:
    """Set a head's weights to 0; returns its rows."""
    rows = slice(attention.head_dim * head, attention.head_dim * (head + 1))
    for projection in (attention.q_proj, attention.k_proj, attention.v_proj):
        projection.weight[rows] = 0
    attention.o_proj.weight[:, rows] = 0
    return rows


def _fit(wanted: Any, theta: float, pairs: int, count: int, far: float) -> Any:
    """Return the heights, (2, count), of cosines and sines whose sum is the wanted score, (D,), at each distance.

    By ridge regression on the `count` fastest of a head's rotations. far: how much distances count that are not close.
    """
    torch = require("torch", "tune")
    turns = theta ** (-torch.arange(count, dtype=torch.float64) / pairs)
    angles = torch.arange(len(wanted), dtype=torch.float64)[:, None] * turns
    waves = torch.cat([torch.cos(angles), torch.sin(angles)], dim=1)
    counts = torch.full((len(wanted), 1), far, dtype=torch.float64)
    counts[:CLOSE] = 1
    ridge = RIDGE * torch.eye(2 * count, dtype=torch.float64)
    heights = torch.linalg.solve((waves * counts).T @ waves + ridge, (waves * counts).T @ wanted.double()[:, None])
    return heights.reshape(2, count).float()


def _score_distances(attention: Any, rows: slice, heights: Any, scale: float) -> None:
    """Let a head's fastest rotations score by distance alone; scale: how long the norm makes a 1."""
    cosines, sines = heights * math.sqrt(attention.head_dim) / scale**2
    start, count, pairs = rows.start, len(cosines), attention.head_dim // 2
    attention.q_proj.weight[start : start + count, -1] = cosines
    attention.q_proj.weight[start + pairs : start + pairs + count, -1] = -sines
    attention.k_proj.weight[start : start + count, -1] = 1.0


def _compare(attention: Any, rows: slice, read: slice, further: int, strength: float) -> None:
    """Let rows of a head compare a part of the residual stream with the same, or one `further` on, of other tokens."""
    torch = require("torch", "tune")
    same = strength * torch.eye(rows.stop - rows.start)
    attention.q_proj.weight[rows, read] = same
    attention.k_proj.weight[rows, read.start + further : read.stop + further] = same


def _pass_on(attention: Any, rows: slice, read: slice, write: slice, strength: float) -> None:
    """Let a head write into one part of the residual stream what stands in another, `strength` times as long."""
    torch = require("torch", "tune")
    count = read.stop - read.start
    values = slice(rows.start, rows.start + count)
    attention.v_proj.weight[values, read] = torch.eye(count)
    attention.o_proj.weight[write, values] = strength * torch.eye(count)
