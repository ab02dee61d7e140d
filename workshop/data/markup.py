"""Take out of Markdown and text what only machines read: comments, tags, front matter, embedded pictures."""

import html
import re
from collections import Counter

_NAMES = (
    "a abbr address article aside audio b big blockquote body br button caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img "
    "input ins kbd label li link main mark meta nav noscript object ol option p picture pre q s samp section select "
    "small source span strike strong sub summary sup svg table tbody td textarea tfoot th thead time title tr tt u ul "
    "var video wbr path o:p"
)
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)|\s+(?:open|hidden|checked|controls|disabled|nowrap)"""
_MARKUP = re.compile(
    rf"""
    (?P<code>^(?P<fence>`{{3,9}}|~{{3,9}})[^\n]*\n.*?^(?P=fence)[`~]*[ \t]*$ | `[^`\n]+`)
    | (?P<comment><!--(?:(?!<!--).)*?-->)
    | (?P<script><(?P<element>script|style)\b[^<>]*>.*?</(?P=element)\s*>)
    | (?P<picture>!\[(?P<alt>[^\]\n]*)\]\(\s*<?data:[^)]*\) | ^\[[^\]\n]+\]:[ ]*<?data:\S+
      | data:[\w/+.-]+;base64,[\w+/=%-]+)
    | (?P<blob>(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{{1000,}} | (?:^[A-Za-z0-9+/=]{{60,}}[ \t]*\n){{4,}})
    | (?P<entity>&(?:\#\d{{1,7}}|\#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,30}});)
    | (?P<tag></?(?P<name>{"|".join(_NAMES.split())})(?:{_ATTRIBUTE})*\s*/?> | <!doctype[^<>]*> | <\?xml[^<>]*\?>)
    """,
    re.MULTILINE | re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_FRONT = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(?P<body>.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(r"\s*(?:#.*|- .*|[\w\"' .-]+\s*[:=].*)?|\s+\S.*")
_WITHIN_LINE = re.compile(
    "a|abbr|b|big|cite|code|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u"
    "|var|wbr"
)
KINDS = {
    "comment": "HTML comments",
    "script": "HTML tags",
    "tag": "HTML tags",
    "picture": "embedded pictures",
    "blob": "embedded pictures",
}
FRONT_MATTER = "front matter"


def strip_markup(text: str) -> tuple[str, Counter[str]]:
    """Return a Markdown text without what no reader sees, and how many of each kind were taken out.

    Comments, tags, scripts, front matter, and pictures or other files that are written out in base64 go; what stands
    between tags stays, and so do a picture's description, code, and angle brackets that are no HTML. Entities become
    their letters.
    """
    removed: Counter[str] = Counter()
    front = _FRONT.match(text)
    if front and all(_FRONT_LINE.fullmatch(line) for line in front["body"].split("\n")):
        removed[FRONT_MATTER] += 1
        text = text[front.end() :]
    return _MARKUP.sub(lambda found: _replace(found, removed), text), removed


def _replace(found: re.Match[str], removed: Counter[str]) -> str:
    """Return what stands in the place of a piece of markup."""
    kind = next(name for name in ("code", "entity", *KINDS) if found[name] is not None)
    if kind == "entity":
        return html.unescape(found[0])
    if kind == "code" or (kind == "blob" and _is_plain(found[0])):
        return found[0]
    embedded = kind == "tag" and "base64," in found[0]
    removed[KINDS["picture" if embedded else kind]] += 1
    if kind == "picture":
        return found["alt"] or ""
    if kind != "tag":
        return ""
    name = (found["name"] or "").lower()
    if name in ("img", "svg") and (alt := _ALT.search(found[0])):
        return alt[1] or alt[2] or ""
    if name in ("td", "th"):
        return " "
    return "" if _WITHIN_LINE.fullmatch(name) else "\n"


def _is_plain(text: str) -> bool:
    """Return whether a long run of letters is something else than a file in base64, such as a ruled line."""
    return not all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
