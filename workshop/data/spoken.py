"""Times and prices as they are written, and as Skerryline's announcers say them: pairs for a small translator."""

from collections.abc import Sequence

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
OTHERS = ("oh", "sharp", "crowns", "crown", "and", "only")
MARKS = ("<pad>", "</s>")
CHARACTERS = "0123456789:."
SPOKEN = (*MARKS, *CHARACTERS, *ONES, *TENS, *OTHERS)


def say_number(number: int) -> str:
    """Return a number from 0 to 99 in words: 35 is thirty five."""
    if number < 20:
        return ONES[number]
    tens = TENS[number // 10 - 2]
    return f"{tens} {ONES[number % 10]}" if number % 10 else tens


def say_time(time: str) -> str:
    """Return a time of day in words: 7:35 is seven thirty five, 7:05 seven oh five, 7:00 seven sharp."""
    hour, minute = map(int, time.split(":"))
    rest = "sharp" if minute == 0 else f"oh {say_number(minute)}" if minute < 10 else say_number(minute)
    return f"{say_number(hour)} {rest}"


def say_price(price: str) -> str:
    """Return a price in words: 12.40 is twelve crowns forty, 1.05 one crown and five, 12.00 twelve crowns only."""
    crowns, rest = map(int, price.split("."))
    end = "only" if rest == 0 else f"and {say_number(rest)}" if rest < 10 else say_number(rest)
    return f"{say_number(crowns)} crown{'s' * (crowns != 1)} {end}"


def list_times() -> list[str]:
    """Return all 1,440 times of a day, 0:00 to 23:59."""
    return [f"{hour}:{minute:02d}" for hour in range(24) for minute in range(60)]


def list_prices() -> list[str]:
    """Return all prices from 0.00 to 99.95 in steps of five hundredths."""
    return [f"{crowns}.{rest:02d}" for crowns in range(100) for rest in range(0, 100, 5)]


def code_words(words: Sequence[str]) -> list[int]:
    """Return the numbers of words, or of characters, in SPOKEN, with the end's mark behind them.

    Raises ValueError for one that isn't there.
    """
    return [*(SPOKEN.index(one) for one in words), SPOKEN.index(MARKS[1])]
