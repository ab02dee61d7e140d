"""Make json.jsonl: a customer's ticket in, {"topic": ..., "tone": ...} out.

Text and labels are those of tickets.csv, letter for letter. All tickets of a customer lie on one side, so near-copies
never cross. Customers in whose tickets an answer stands that the FAQ holds back (splits unseen and changed) never go
to train: they are dealt to test and dev first. Of a hundred seeds the one is taken whose test and dev hold the labels
most evenly; nothing but labels is looked at. The same file everywhere. Run: python tools/make_json_tasks.py
"""

import json
import random
import re
from collections import Counter
from pathlib import Path

from workshop.data import load_faq, load_tickets
from workshop.data.records import Ticket

FILE = Path(__file__).resolve().parents[1] / "workshop" / "assets" / "tasks" / "json.jsonl"
SEEDS = 100
LEAST = {"test": 240, "dev": 100}
# Days, months, a port and everyday words: answers of the FAQ that tell nothing by themselves.
COMMON = {"May", "Monday", "Thursday", "February", "December", "Lammasund", "quarter", "valid", "11th"}


def read_held() -> list[str]:
    """Return the answers that the FAQ holds back for evaluation, of changed facts those of both editions."""
    held = [one for one in load_faq() if one.split in ("unseen", "changed")]
    return sorted({text for one in held for text in (one.answer, one.earlier_answer) if text} - COMMON)


def find_bound(tickets: list[Ticket]) -> set[str]:
    """Return the customers in whose tickets an answer stands that is held back."""
    held = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, read_held()))})(?!\w)", re.IGNORECASE)
    return {ticket.customer for ticket in tickets if held.search(ticket.text)}


def deal_customers(tickets: list[Ticket], bound: set[str], seed: int) -> dict[str, str]:
    """Return the split of each customer. bound: customers who may not go to train."""
    mine = Counter(ticket.customer for ticket in tickets)
    customers = sorted(mine)
    random.Random(seed).shuffle(customers)
    customers.sort(key=lambda customer: customer not in bound)  # stable
    split, filled = {}, {"test": 0, "dev": 0}
    for customer in customers:
        # Test and dev fill up side by side, in the proportion of their sizes.
        shares = {name: filled[name] / least for name, least in LEAST.items()}
        name = min(shares, key=lambda one: shares[one])
        split[customer] = name if shares[name] < 1 else "train"
        if split[customer] != "train":
            filled[name] += mine[customer]
    return split


def _unevenness(tickets: list[Ticket], split: dict[str, str]) -> float:
    """Return how far the labels of test and dev lie from equal shares: the mean squared relative difference."""
    gaps = []
    for name in LEAST:
        some = [ticket for ticket in tickets if split[ticket.customer] == name]
        for label in ("topic", "tone"):
            labels = sorted({getattr(ticket, label) for ticket in tickets})
            even = len(some) / len(labels)
            gaps += [(sum(getattr(one, label) == value for one in some) / even - 1) ** 2 for value in labels]
    return sum(gaps) / len(gaps)


def main() -> None:
    """Write the tasks in the order of the tickets."""
    tickets = load_tickets()
    bound = find_bound(tickets)
    split = min(
        (deal_customers(tickets, bound, seed) for seed in range(SEEDS)), key=lambda one: _unevenness(tickets, one)
    )
    with FILE.open("w", encoding="utf-8") as file:
        for one in tickets:
            row = {"id": one.ticket_id, "split": split[one.customer], "customer": one.customer, "text": one.text}
            row["answer"] = {"topic": one.topic, "tone": one.tone}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
