import pytest

from alutils.corpus import lexicon as module
from alutils.corpus.lexicon import lexicon, strongest_words


def test_the_lexicon_is_the_published_one():
    ratings = lexicon()
    assert len(ratings) > 7000
    assert (min(ratings.values()), max(ratings.values())) == (-3.9, 3.4)
    assert ratings["excellent"] > 2 > -2 > ratings["worst"]


def test_the_strongest_words_are_those_rated_furthest_from_the_middle():
    words = ["awful", "bad", "murder", "good", "great", "table"]
    assert strongest_words(words, 2) == (("murder", "bad"), ("great", "good"))


def test_too_few_rated_words_are_counted():
    with pytest.raises(ValueError, match="rates 1 of these words negative and 2 pos"):
        strongest_words(["bad", "good", "great", "table"], 2)


def test_a_package_that_is_not_here_is_named_with_the_way_to_get_it(monkeypatch):
    def missing(name):
        raise module.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module.metadata, "distribution", missing)
    with pytest.raises(FileNotFoundError, match="pip install vaderSentiment=="):
        lexicon.__wrapped__()


def test_another_file_of_that_name_is_refused(monkeypatch, tmp_path):
    class Elsewhere:
        def locate_file(self, name):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("good\t4.0\n")
            return path

    monkeypatch.setattr(module.metadata, "distribution", lambda name: Elsewhere())
    with pytest.raises(ValueError, match="damaged or of another version"):
        lexicon.__wrapped__()
