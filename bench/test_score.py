"""Tests of the bench's scoring: `python -m unittest discover bench` (standard library only)."""

import random
import unittest

from score import Score, edit_distance, normalise, score


def table_distance(a, b):
    """Levenshtein distance by the plain table, to check the fast one against."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


class Normalising(unittest.TestCase):
    def test_text_is_compared_without_looks(self):
        for given, language, expected in [
            ("  two\n words ", "en", "two words"),
            ("“a” – ‘b’", "en", "\"a\" - 'b'"),
            ("„nein“", "de", '"nein"'),
            ("it´s", "en", "it's"),
            ("ﬁne １２", "en", "fine 12"),
            ("e\u0301te\u0301", "fr", "été"),
            ("你 好\n，世界", "zh", "你好,世界"),
            ("ﾌｪﾘｰ 港", "ja", "フェリー港"),
            ("", "en", ""),
        ]:
            self.assertEqual(normalise(given, language), expected, given)


class Distance(unittest.TestCase):
    def test_known_distances(self):
        for a, b, expected in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
            (["one", "two"], ["two"], 1),
        ]:
            self.assertEqual(edit_distance(a, b), expected, (a, b))

    def test_it_agrees_with_the_plain_table(self):
        source = random.Random(7)
        for _ in range(400):
            a, b = ("".join(source.choices("abcé好", k=source.randrange(90))) for _ in range(2))
            self.assertEqual(edit_distance(a, b), table_distance(a, b), (a, b))


class Scoring(unittest.TestCase):
    def check(self, truth, read, language, cer, wer, bag):
        got = score(truth, read, language)
        for name, expected in [("cer", cer), ("wer", wer), ("bag", bag)]:
            self.assertAlmostEqual(getattr(got, name), expected, msg=f"{name} of {truth!r} read as {read!r}")

    def test_rates(self):
        self.check("same text", "same\ntext", "en", 0, 0, 0)
        self.check("abcd efgh", "abcd efgx", "en", 1 / 9, 1 / 2, 1 / 2)
        self.check("left right", "right left", "en", 8 / 10, 1, 0)
        self.check("something", "", "en", 1, 1, 1)
        self.check("港の朝", "港朝", "ja", 1 / 3, 1 / 3, 1 - 4 / 5)
        self.check("", "", "en", 0, 0, 0)

    def test_a_group_weighs_by_length(self):
        group = sum([score("aaaa aaaa aaaa aaaa", "aaaa aaaa aaaa aaaa", "en"), score("b", "c", "en")], Score())
        self.assertAlmostEqual(group.cer, 1 / 20)
        self.assertAlmostEqual(group.wer, 1 / 5)


if __name__ == "__main__":
    unittest.main()
