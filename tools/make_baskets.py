"""Generate shop_baskets.csv: what passengers bought together in the Kettle, the shop on board.

The baskets are GENERATED, nobody bought anything. Every basket has a hidden reason to be in the shop (a breakfast, a
picnic with children, souvenirs, a rough sea, knitting, ...), at times two. Most of its items are drawn from those
reasons, the others by how well an item sells anywhere, so that there is structure to find, popularity to beat, and
noise. Which reasons come up depends on the route and the season. Reasons aren't written to the file. That items with
a reason in common are bought together is therefore true by construction, and no finding about shoppers.

Seeded with the standard library's generator: the same file on every machine. Run: python tools/make_baskets.py
"""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "workshop" / "assets" / "skerryline"
COUNT = 3000
SEED = 1926
FIRST_DAY, LAST_DAY = date(2024, 3, 9), date(2024, 9, 30)  # the handbook's first edition, whose prices hold
BRIGHT_SEASON = (date(2024, 4, 1), date(2024, 9, 27))
TUESDAY, NIGHT_BOAT_DAYS = 1, (0, 3)
ROUTES = {"K1": 40, "S2": 18, "D4": 22, "V5": 12, "N7": 40}  # where the Kettle sails, and how busy on a day
SECOND_REASON = 0.2  # share of baskets with two reasons
NOISE = 0.18  # share of items drawn by popularity alone
SIZES = {2: 22, 3: 30, 4: 24, 5: 14, 6: 7, 7: 3}

REASONS: dict[str, dict[str, float]] = {
    "breakfast": {
        "haddock roll": 7,
        "limpet breakfast": 5,
        "pot of tea": 5,
        "porridge with honey": 4,
        "mug of coffee": 4,
        "cinnamon bun": 3,
        "newspaper": 3,
    },
    "commuting": {
        "own cup refilled": 6,
        "haddock roll": 6,
        "newspaper": 4,
        "cinnamon bun": 3,
        "crossword book": 2,
    },
    "dinner": {
        "haddock roll": 8,
        "barley soup": 5,
        "hot dish of the day": 5,
        "house beer": 4,
        "glass of wine": 3,
        "tide cake": 3,
        "bottle of water": 2,
    },
    "picnic with children": {
        "child's plate": 5,
        "apple juice": 5,
        "haddock roll": 5,
        "colouring book": 3,
        "wax crayons": 3,
        "Mumble the toy seal": 3,
        "card game": 2,
        "banana": 3,
        "bag of crisps": 3,
        "liquorice ropes": 2,
    },
    "souvenirs": {
        "postcard": 6,
        "fridge magnet": 4,
        "tea towel": 3,
        "Tarve sea salt": 4,
        "salted fudge": 4,
        "jar of jam": 3,
        "model of the Hulda Grey": 1.5,
        "Mumble the toy seal": 2,
        "Skerryline jersey": 0.8,
    },
    "rough sea": {
        "seasickness tablets": 6,
        "ginger sweets": 5,
        "dry biscuits": 5,
        "bottle of water": 4,
        "ginger beer": 3,
        "peppermint drops": 3,
        "wrist band for queasy people": 2,
    },
    "knitting": {
        "ball of wool": 6,
        "knitting needles": 4,
        "pattern booklet": 4,
        "stitch markers": 3,
        "pot of tea": 3,
        "tide cake": 2,
        "wool hat": 1,
    },
    "walking and birds": {
        "island map": 5,
        "bird guide": 4,
        "haddock roll": 5,
        "rain poncho": 3,
        "cheese sandwich": 4,
        "egg sandwich": 3,
        "apple": 3,
        "oat biscuit": 3,
        "binoculars": 1.2,
        "wool hat": 1,
    },
    "a night aboard": {
        "haddock roll": 7,
        "earplugs": 5,
        "eye mask": 4,
        "hot chocolate": 5,
        "travel pillow": 2,
        "crossword book": 2,
        "oat biscuit": 2,
        "glass of wine": 2,
    },
}
# How often each reason comes up: everywhere, then what a route or a season multiplies it by.
SHARES = dict(zip(REASONS, (18, 13, 17, 14, 11, 9, 6, 9, 1), strict=True))
ON_ROUTE: dict[str, dict[str, float]] = {
    "K1": {"commuting": 2.2, "dinner": 0.6, "rough sea": 0.6},
    "S2": {"walking and birds": 1.3},
    "D4": {"picnic with children": 1.3, "knitting": 1.6, "commuting": 0.5},
    "V5": {"rough sea": 1.8, "dinner": 1.3, "commuting": 0.4},
    "N7": {"a night aboard": 45, "breakfast": 1.2, "commuting": 0, "picnic with children": 0.5},
}
IN_DIM_SEASON = {"rough sea": 2.0, "souvenirs": 0.4, "walking and birds": 0.5, "knitting": 1.4}
SELLS_ANYWHERE = {"haddock roll": 9, "pot of tea": 5, "mug of coffee": 4, "tide cake": 3, "bottle of water": 3}


def pick(random_numbers: random.Random, weights: dict[str, float]) -> str:
    """Draw one key in proportion to its weight."""
    return random_numbers.choices(list(weights), list(weights.values()))[0]


def is_bright(day: date) -> bool:
    """Say whether a day lies in the bright season."""
    return BRIGHT_SEASON[0] <= day <= BRIGHT_SEASON[1]


def sails(route: str, day: date) -> bool:
    """Say whether a route runs on a day."""
    if route == "N7":
        return is_bright(day) and day.weekday() in NIGHT_BOAT_DAYS
    return not (route == "V5" and day.weekday() == TUESDAY and not is_bright(day))


def pick_reasons(random_numbers: random.Random, route: str, day: date) -> list[str]:
    """Draw the one or two reasons for which somebody is in the shop."""
    season = {} if is_bright(day) else IN_DIM_SEASON
    shares = {name: share * ON_ROUTE[route].get(name, 1) * season.get(name, 1) for name, share in SHARES.items()}
    return [pick(random_numbers, shares) for _ in range(1 + (random_numbers.random() < SECOND_REASON))]


def fill_basket(random_numbers: random.Random, reasons: list[str], catalogue: list[str]) -> list[str]:
    """Draw 2 to 7 different items of the catalogue for these reasons, with noise."""
    size = int(pick(random_numbers, {str(items): weight for items, weight in SIZES.items()}))
    popularity = {item: SELLS_ANYWHERE.get(item, 0.5) for item in catalogue}
    basket: list[str] = []
    while len(basket) < size:
        noisy = random_numbers.random() < NOISE
        item = pick(random_numbers, popularity if noisy else REASONS[random_numbers.choice(reasons)])
        if item not in basket:
            basket.append(item)
    return basket


def make_baskets(catalogue: list[str], count: int = COUNT, seed: int = SEED) -> list[list[str]]:
    """Return rows of day (YYYY-MM-DD), route and items joined by semicolons, ordered by day.

    catalogue: the names of all items. Raises ValueError where a reason names an item that isn't in it.
    """
    unknown = {item for weights in REASONS.values() for item in weights} - set(catalogue)
    if unknown:
        raise ValueError(f"not in shop_items.csv: {', '.join(sorted(unknown))}. Add them there or drop them here.")
    random_numbers = random.Random(seed)
    days = [FIRST_DAY + timedelta(number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
    rows = []
    for day in sorted(random_numbers.choices(days, k=count)):
        route = pick(random_numbers, {name: busy for name, busy in ROUTES.items() if sails(name, day)})
        items = fill_basket(random_numbers, pick_reasons(random_numbers, route, day), catalogue)
        rows.append([day.isoformat(), route, ";".join(items)])
    return rows


def main() -> None:
    """Read shop_items.csv and write shop_baskets.csv beside it."""
    with (FOLDER / "shop_items.csv").open(encoding="utf-8", newline="") as file:
        catalogue = [row["item"] for row in csv.DictReader(file)]
    with (FOLDER / "shop_baskets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["basket_id", "date", "route", "items"])
        rows = make_baskets(catalogue)
        writer.writerows([f"B{number:04d}", *row] for number, row in enumerate(rows, 1))
    print(f"wrote {len(rows)} baskets to {FOLDER / 'shop_baskets.csv'}")


if __name__ == "__main__":
    main()
