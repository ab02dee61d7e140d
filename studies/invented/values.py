"""How a value of each sort is drawn: times, sums, amounts, names, things."""

from collections.abc import Callable
from random import Random

from studies.invented.kinds import load_words


def invent_name(rng: Random) -> str:
    """Invent a proper name of one to three syllables, at most 11 letters."""
    words = load_words()
    letters = [rng.choice(words["onsets"]) + rng.choice(words["vowels"]) for _ in range(rng.choice((1, 1, 2)))]
    middle = rng.choice(words["onsets"]) + rng.choice("aeiou") if rng.random() < 0.4 else ""
    return ("".join(letters) + middle + rng.choice(words["ends"]))[:11].capitalize()


def _pick(rng: Random, pool: str) -> str:
    return rng.choice(load_words()[pool])


def _number(rng: Random) -> int:
    return rng.choice((rng.randint(2, 20), rng.randint(2, 99), rng.randint(100, 999)))


def _time(rng: Random, unit: str) -> str:
    clock = f"{rng.randint(5, 23)}:{5 * rng.randint(0, 11):02d}"
    hour, minute = rng.randint(1, 12), rng.choice((10, 15, 20, 25, 30, 35, 40, 45, 50, 55))
    spoken = rng.choice((f"half past {_pick(rng, 'count')}", f"quarter to {_pick(rng, 'count')}"))
    return rng.choice((clock, clock, clock, f"{hour}.{minute} {rng.choice(('am', 'pm'))}", spoken))


def _days(rng: Random, unit: str) -> str:
    first, second = (f"{day}s" for day in rng.sample(load_words()["weekday"], 2))
    which = rng.choice(("first", "second", "third", "last", "fourth"))
    single = f"the {which} {first[:-1]} of {rng.choice(('the', 'each', 'every'))} month"
    morning = f"{first[:-1]} {rng.choice(('mornings', 'afternoons', 'evenings'))}"
    return rng.choice(
        (first, f"{first} and {second}", f"{first} and {second}", single, f"every other {first[:-1]}", morning)
    )


def _date(rng: Random, unit: str) -> str:
    day, month = rng.randint(1, 28), _pick(rng, "month")
    return rng.choice((f"{day} {month}", f"{day} {month} {rng.randint(2019, 2038)}", f"{month} {day}"))


def _monthday(rng: Random, unit: str) -> str:
    day = rng.randint(1, 28)
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    which = f"the {rng.choice(('first', 'second', 'third', 'last'))} {_pick(rng, 'weekday')} of the month"
    return rng.choice((f"the {day}{ending}", f"the {day}{ending} of the month", which))


def _duration(rng: Random, unit: str) -> str:
    period = rng.choice(("minutes", "hours", "days", "weeks", "months", "years", "working days"))
    amount = rng.choice((str(rng.randint(2, 20)), str(rng.randint(2, 90)), _pick(rng, "count")))
    if amount in ("one", "1"):
        return f"{amount} {period[:-1]}"
    half = f"{rng.randint(2, 19)} and a half {period}"
    return rng.choice((f"{amount} {period}", f"{amount} {period}", f"{amount} {period}", half))


def _frequency(rng: Random, unit: str) -> str:
    period = rng.choice(("days", "weeks", "months", "years", "hours"))
    every = f"every {rng.choice((_pick(rng, 'count'), str(rng.randint(2, 60))))} {period}".replace(
        "every one", "every 5"
    )
    rate = f"{rng.choice(('twice', 'three times', 'four times', 'five times'))} a {period[:-1]}"
    day = f"every {rng.choice(('', 'second ', 'third '))}{_pick(rng, 'weekday')}"
    return rng.choice((every, every, rate, day, f"each {_pick(rng, 'month')}"))


def _money(rng: Random, unit: str) -> str:
    whole, cents = _number(rng), rng.randint(1, 19) * 5
    sign = {"pounds": "£", "euros": "€", "dollars": "$"}.get(unit)
    big = f"{rng.randint(1, 9)},{rng.randint(0, 999):03d} {unit}"
    forms = [f"{whole} {unit}", f"{whole} {unit}", f"{whole % 60 + 1} {unit} {cents:02d}", big]
    return rng.choice([*forms, f"{sign}{whole}", f"{sign}{whole % 60}.{cents:02d}"] if sign else forms)


def _measure(rng: Random, units: tuple[str, ...]) -> str:
    number = rng.choice((str(_number(rng)), f"{rng.randint(0, 40)}.{rng.randint(1, 9)}"))
    return f"{number} {rng.choice(units)}"


def _spot(rng: Random, unit: str) -> str:
    room, pair = _pick(rng, "room"), f"{_pick(rng, 'modifier')} {_pick(rng, 'room')}"
    named = f"{invent_name(rng)} {rng.choice(('Hall', 'Room', 'Building', 'House', 'Tower', 'Square', 'Street'))}"
    coloured = f"{_pick(rng, 'colour')} {room}"
    return rng.choice(
        (pair, pair, f"{pair} by the {_pick(rng, 'place')}", named, coloured, f"{_pick(rng, 'place')} {room}")
    )


def _person(rng: Random, unit: str) -> str:
    first, last = invent_name(rng), invent_name(rng)
    return rng.choice((f"{first} {last}", f"{first} {last}", f"Ms {last}", f"Mr {last}", f"Dr {last}", first))


def _code(rng: Random, unit: str) -> str:
    letters = "".join(rng.sample("ABCDEFGHJKLMNPRSTUVWXZ", rng.choice((1, 2, 3))))
    return f"{letters}{rng.choice(('-', '', ' ', '/'))}{rng.randint(1, 999)}"


def _signal(rng: Random, unit: str) -> str:
    number, sound = rng.choice(load_words()["count"][1:]), _pick(rng, "sound")
    plain = f"{number} {_pick(rng, 'length')} {sound}"
    return rng.choice((plain, plain, f"{number} {sound} and a {_pick(rng, 'sound').rstrip('s')}", f"{number} {sound}"))


def _thing(rng: Random, unit: str) -> str:
    one, two = rng.sample(load_words()["thing"], 2)
    shaped = f"{_pick(rng, 'thingform')} {one}"
    return rng.choice((_a(shaped), f"{_a(shaped)} and {_a(two)}", f"{_a(two)} and {_a(shaped)}", _a(one)))


def _a(noun: str) -> str:
    """Return a noun with the article that its first letter takes."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _channel(rng: Random, unit: str) -> str:
    return rng.choice(
        (
            f"through the {_pick(rng, 'modifier')} letter box",
            f"by post to {invent_name(rng)} {rng.choice(('Street', 'Road', 'Square'))}",
            f"in the {invent_name(rng)} app",
            f"by telephone on {rng.choice(load_words()['weekday'])}s",
            f"at the {_pick(rng, 'modifier')} {_pick(rng, 'place')}",
            f"on {_a(_pick(rng, 'colour'))} card",
            f"by message to the {_pick(rng, 'field')} {_pick(rng, 'role')}",
        )
    )


def _joined(first: str, second: str, alone: float = 0.2) -> Callable[[Random, str], str]:
    """Return how to draw a word of the second pool, mostly with one of the first before it."""
    return lambda rng, unit: _pick(rng, second) if rng.random() < alone else f"{_pick(rng, first)} {_pick(rng, second)}"


SORTS: dict[str, Callable[[Random, str], str]] = {
    "time": _time,
    "days": _days,
    "date": _date,
    "monthday": _monthday,
    "duration": _duration,
    "frequency": _frequency,
    "money": _money,
    "percent": lambda rng, unit: (
        f"{rng.choice((rng.randint(2, 95), rng.randint(1, 19) * 5))}{rng.choice(('%', ' per cent', ' percent'))}"
    ),
    "people": lambda rng, unit: (
        f"{rng.choice((str(_number(rng)), rng.choice(load_words()['count'][1:])))} {_pick(rng, 'person')}"
    ),
    "pieces": lambda rng, unit: (
        f"{rng.choice((str(_number(rng)), rng.choice(load_words()['count'][1:])))} {_pick(rng, 'piece')}"
    ),
    "weight": lambda rng, unit: _measure(rng, ("kilos", "kg", "tonnes", "kilograms", "grams", "stone")),
    "length": lambda rng, unit: _measure(rng, ("metres", "centimetres", "cm", "feet", "m", "inches")),
    "temperature": lambda rng, unit: (
        f"{rng.choice(('', '', 'minus '))}{rng.randint(2, 80)} {rng.choice(('degrees', '°C', 'degrees Celsius'))}"
    ),
    "speed": lambda rng, unit: _measure(rng, ("kilometres an hour", "km/h", "miles an hour", "metres a minute")),
    "distance": lambda rng, unit: _measure(rng, ("kilometres", "km", "metres", "miles", "steps", "yards")),
    "age": lambda rng, unit: (
        f"{rng.choice((str(rng.randint(3, 30)), _pick(rng, 'count')))}{rng.choice(('', ' years'))}"
    ),
    "data": lambda rng, unit: _measure(rng, ("megabytes", "MB", "gigabytes", "GB")),
    "person": _person,
    "role": _joined("field", "role", 0.0),
    "firm": lambda rng, unit: f"{invent_name(rng)} {_pick(rng, 'firmform')}",
    "name": lambda rng, unit: rng.choice(
        (invent_name(rng), f"{_pick(rng, 'shade').capitalize()} {_pick(rng, 'animal').capitalize()}")
    ),
    "code": _code,
    "phone": lambda rng, unit: "".join(rng.choices("0123456789", k=rng.choice((3, 4, 4, 5)))),
    "animal": _joined("look", "animal"),
    "pin": lambda rng, unit: "".join(rng.choices("0123456789", k=rng.choice((4, 4, 5, 6)))),
    "colour": _joined("shade", "colour"),
    "material": _joined("finish", "material"),
    "spot": _spot,
    "signal": _signal,
    "thing": _thing,
    "channel": _channel,
    "dish": _joined("taste", "dish", 0.0),
    "town": lambda rng, unit: rng.choice(
        (invent_name(rng), f"{rng.choice(('Port', 'Upper', 'Saint', 'New', 'Old'))} {invent_name(rng)}")
    ),
}
