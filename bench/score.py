"""How far a text is from the truth: character and word error rate, and an order-free word error.

Both texts are normalised first: NFKC, one kind of quote and dash, white space collapsed (dropped where the script has
no spaces). Errors of a group are summed over its images and divided by the summed length of the truth, so that long
pages weigh more than short ones.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

UNSPACED = ("zh", "ja")
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″"), '"') | dict.fromkeys(map(ord, "‘’‚‛‹›′`´"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
# NFKC turns the spacing acute accent into space + combining acute, so quotes are unified before and after it.
_UNIFIED = _QUOTES | _DASHES


def normalise(text, language):
    """The text as it is compared."""
    text = unicodedata.normalize("NFKC", text.translate(_UNIFIED)).translate(_UNIFIED)
    return re.sub(r"\s+", "" if language in UNSPACED else " ", text).strip()


def words(normalised, language):
    """The words of a normalised text; a character is a word where the script has no spaces."""
    return list(normalised) if language in UNSPACED else normalised.split()


def edit_distance(a, b):
    """Levenshtein distance of two sequences, bit-parallel after G. Myers (J. ACM 46, 1999) and H. Hyyrö (2003)."""
    if not a:
        return len(b)
    places = {}
    for i, symbol in enumerate(a):
        places[symbol] = places.get(symbol, 0) | 1 << i
    full, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    plus, minus, distance = full, 0, len(a)
    for symbol in b:
        match = places.get(symbol, 0)
        diagonal = (((match & plus) + plus) ^ plus) | match | minus
        up, down = minus | ~(diagonal | plus) & full, plus & diagonal
        distance += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & full, down << 1 & full
        plus, minus = down | ~(diagonal | up) & full, up & diagonal
    return distance


@dataclass
class Score:
    """Errors and what they are counted against; scores of several images add up."""

    char_edits: int = 0
    chars: int = 0
    word_edits: int = 0
    words: int = 0
    words_read: int = 0
    words_common: int = 0

    def __add__(self, other):
        return Score(**{name: value + vars(other)[name] for name, value in vars(self).items()})

    @property
    def cer(self):
        """Character error rate: edits per character of the truth."""
        return self.char_edits / self.chars if self.chars else 0.0

    @property
    def wer(self):
        """Word error rate: edits per word of the truth."""
        return self.word_edits / self.words if self.words else 0.0

    @property
    def bag(self):
        """Order-free word error: 1 - F1 of the two multisets of words."""
        both = self.words + self.words_read
        return 1 - 2 * self.words_common / both if both else 0.0


def score(truth, read, language):
    """Compares what was read with the truth."""
    truth, read = normalise(truth, language), normalise(read, language)
    truth_words, read_words = words(truth, language), words(read, language)
    return Score(
        edit_distance(truth, read),
        len(truth),
        edit_distance(truth_words, read_words),
        len(truth_words),
        len(read_words),
        sum((Counter(truth_words) & Counter(read_words)).values()),
    )
