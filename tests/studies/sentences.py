"""How figures stand in a lesson's sentences, and the one row that a sentence speaks of."""


def one(results, **wanted):
    """Return the only row that fits, its settings too."""
    settings = wanted.pop("settings", {})
    rows = [row for row in results.select(**wanted) if settings.items() <= row.settings.items()]
    assert len(rows) == 1, (wanted, settings, len(rows))
    return rows[0]


def number(value, digits=2):
    return f"{value:z.{digits}f}".replace("-", "−")


def interval(row, turned=False):
    low, high = (-row.high, -row.low) if turned else (row.low, row.high)
    return f"{number(-row.value if turned else row.value)} [{number(low)}, {number(high)}]"
