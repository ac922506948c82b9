"""Names across scripts and spellings: written in Latin letters, reduced to the sounds that spellings share, compared.

Transliteration is that of AnyAscii, the likeness of spellings Jaro-Winkler of RapidFuzz. The sounds are our own: known
phonetic keys are made for English, while one person's name here is spelt by an Arab, a German and a Russian clerk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

CACHED_NAMES = 50_000
SHORTEST_WITH_ARTICLE = 5
ARABIC_ARTICLE = re.compile(r"(?<![\u0600-\u06FF])(?:ال)(?=[\u0600-\u06FF]{2})")
ARABIC_SERVANT = re.compile(r"(?<![\u0600-\u06FF])عبد\s*(?:ال)?(?=[\u0600-\u06FF])")
NOT_LETTERS = re.compile(r"[^a-z]+")
SERVANT_OF = re.compile(r"\babd[aeiou]?[lrsnz]?[ -]+(?:[aeu][lrsnz]+[ -]+)?|\babd[aeou][lr](?=[a-z]{3})")
ARTICLES = frozenset({"al", "el", "ul", "ad", "ar", "as", "az", "an", "ash", "l"})
PARTICLES = frozenset({"bin", "ben", "ibn", "bint", "van", "von", "de", "der", "da", "di", "la"})
SOUNDS = (
    (re.compile(r"shch|schtsch|chtch|tsch|tch|sch|sh|ch|ts|tz|dzh|dsch|dj|zh|j|c(?=[eiy])|z"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"ph|v"), "f"),
    (re.compile(r"kh|gh|g"), "h"),
    (re.compile(r"ck|cq|c|q"), "k"),
    (re.compile(r"th"), "t"),
    (re.compile(r"dh"), "d"),
)
SILENT = re.compile(r"[aeiouyw]")
DOUBLED = re.compile(r"(.)\1+")
LAST_H = re.compile(r"(?<=.)h$")


def to_latin(name: str) -> str:
    """A name in Latin letters, as far as its own script says: Arabic writes no short vowels, nor does this."""
    plain = anyascii(ARABIC_ARTICLE.sub("", name))
    return " ".join(word[:1].upper() + word[1:] for word in re.sub(r"[^A-Za-z' -]", "", plain).split())


@lru_cache(maxsize=CACHED_NAMES)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name, in small plain letters, without articles; `Abd al-Rahman` and `Abdulrahman` are the same."""
    plain = anyascii(ARABIC_ARTICLE.sub("", ARABIC_SERVANT.sub("عبد", name))).lower().replace("'", "").replace("`", "")
    plain = SERVANT_OF.sub("abd", plain)
    words = [word for word in NOT_LETTERS.split(plain) if word]
    return tuple(word for word in words if word not in ARTICLES and word not in PARTICLES) or tuple(words)


@lru_cache(maxsize=CACHED_NAMES)
def sounds(word: str) -> str:
    """The consonants a word is heard by; empty for a word of vowels alone."""
    heard = word
    for pattern, sound in SOUNDS:
        heard = pattern.sub(sound, heard)
    return LAST_H.sub("", DOUBLED.sub(r"\1", SILENT.sub("", heard)))


def hearings(word: str) -> Iterator[str]:
    """The ways a word may be heard: `j` a vowel in Julija, `ch` an h in Achmed, `w` a v in Iwanow, `El` an article."""
    heard = {sounds(word)}
    if "j" in word:
        heard.add(sounds(word.replace("j", "y")))
    if "ch" in word:
        heard.add(sounds(word.replace("sch", "s").replace("ch", "h")))
    if "w" in word:
        heard.add(sounds(word.replace("w", "v")))
    if word[:2] in ("al", "el") and len(word) > SHORTEST_WITH_ARTICLE:
        heard.add(sounds(word[2:]))
    yield from sorted(heard - {""})


def likeness(one: str, other: str) -> float:
    """How alike two spellings are, 0 to 1; weighs the beginning more, where spellings differ least."""
    return float(JaroWinkler.similarity(one, other))
