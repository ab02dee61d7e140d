"""What there is to load, whose it is, and under which licence."""

from dataclasses import dataclass

from workshop.data import own
from workshop.settings import Settings

OURS = "CC BY 4.0, see LICENSE-text-and-data"
WIKIPEDIA = "CC BY-SA, in gensim's test data"
PUBLISHED = "published for research, in gensim's test data"


@dataclass(frozen=True)
class DataSet:
    """One thing to load. loader: a function of workshop.data. owner: Skerryline, yours, or where it comes from."""

    name: str
    loader: str
    holds: str
    owner: str
    licence: str


_SKERRYLINE = (
    ("handbook", "load_handbook(settings, edition=1)", "64 documents; edition 2 changes 14 of them"),
    ("faq", "load_faq(settings, split=None)", "400 questions in three wordings, with answer and document"),
    ("tickets", "load_tickets(settings)", "1,000 customers' messages with topic and tone"),
    ("voice", "load_voice()", "150 plain answers beside the same in Skerryline's voice"),
    ("baskets", "load_baskets()", "what was bought together on board (generated)"),
    ("tasks", 'load_task("json", split=None)', "tasks of later lessons: json, skills, pages, followups and four more"),
    ("prices", "load_prices()", "what each item of the shop costs, in crowns"),
)
_OTHERS = (
    ("articles", "load_articles()", "106 articles as sentences of lower-case words", "Wikipedia", WIKIPEDIA),
    ("wiki passages", "load_wiki_passages()", "14,000 of their sentences", "Wikipedia", WIKIPEDIA),
    ("wiki vectors", "load_wiki_vectors()", "MiniLM's vectors of those, (14000, 384)", "Wikipedia", WIKIPEDIA),
    ("ratings", 'load_ratings("wordsim353")', "pairs of words and how alike people find them", "people", PUBLISHED),
    ("analogies", "load_analogies()", "questions a : b = c : d by category", "Mikolov et al. 2013", PUBLISHED),
    ("reviews", "load_reviews()", "200 sentences of film reviews, neg or pos", "Pang and Lee 2005", PUBLISHED),
    ("lee", "load_lee()", "50 news stories, and how alike people find each pair", "Lee et al. 2005", PUBLISHED),
    ("lee background", "load_lee_background()", "300 further news stories", "Lee et al. 2005", PUBLISHED),
)


def available(settings: Settings | None = None) -> list[DataSet]:
    """List what workshop.data can load. settings: with data, what the user's own folder replaces is marked yours."""
    folder = settings.data if settings else None
    found = []
    for name, loader, holds in _SKERRYLINE:
        mine = own.find_part(folder, name) if name in own.PARTS else None
        texts = (f"your own {name}", "yours", "yours") if mine else (holds, "Skerryline", OURS)
        found.append(DataSet(name, loader, *texts))
    return found + [DataSet(*row) for row in _OTHERS]
