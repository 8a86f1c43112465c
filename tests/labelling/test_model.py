import csv
import json
import pickle
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import labelled_state

from alutils.corpus.reviews import Reviews
from alutils.features.phrases import beside, lsa, tfidf
from alutils.features.vectorizer import vectorizer_of
from alutils.labelling.__main__ import main
from alutils.labelling.known_texts import text_hash
from alutils.labelling.model import keep_model, kept_model
from alutils.labelling.outcome import outcome_of
from alutils.labelling.predictions import COLUMNS
from alutils.learners.from_words import FromWords
from alutils.learners.linear import LinearLearner
from alutils.strategies.scores import margin

ROOT = Path(__file__).parents[2]
N = 1_200


@pytest.fixture(scope="module")
def reviews(imdb):
    """IMDB reviews in four classes: the verdict, and whether the text is long."""
    rows = np.random.default_rng(0).permutation(len(imdb))[:N]
    long = np.array([len(text) > 1_000 for text in imdb.texts[rows]])
    names = ("short and bad", "short and good", "long and bad", "long and good")
    labels = imdb.labels[rows] + 2 * long
    return Reviews(imdb.texts[rows], labels, "IMDB", names)


@pytest.fixture(scope="module")
def two_classes(reviews):
    labels = reviews.labels % 2
    return Reviews(reviews.texts, labels, reviews.name, ("negative", "positive"))


def linear(features, n_classes, rng):
    return LinearLearner(features, n_classes=n_classes)


def made(reviews, features):
    """What came of labels for these reviews, with a learner on these features."""
    state = labelled_state(reviews, tested=100, rounds=[60, 60])
    return outcome_of(reviews, state, partial(linear, features))


@pytest.fixture(scope="module")
def vocabulary_rows():
    return np.arange(0, N, 2)


KINDS = ("four classes", "two classes", "LSA")


@pytest.fixture(scope="module")
def all_kept(reviews, two_classes, vocabulary_rows, tmp_path_factory):
    """Reviews, the outcome, and the folder that its model is kept in, by kind."""
    found = {}
    for kind in KINDS:
        corpus = two_classes if kind == "two classes" else reviews
        phrases, given = tfidf(corpus, vocabulary_rows), {}
        features = phrases
        if kind == "LSA":
            places = lsa(phrases, np.arange(N), dimensions=20, seed=3)
            features = beside(phrases, places, weight=0.5)
            given = {"lsa_rows": np.arange(N), "dimensions": 20, "seed": 3}
            given["weight"] = 0.5
        outcome = made(corpus, features)
        vectorizer = vectorizer_of(corpus, vocabulary_rows, **given)
        folder = tmp_path_factory.mktemp("kept") / "model"
        keep_model(folder, outcome, corpus, vectorizer, about="Sorts reviews.")
        found[kind] = corpus, outcome, folder
    return found


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def kept(kind, all_kept):
    return all_kept[kind]


@pytest.fixture(scope="module")
def elsewhere(all_kept, reviews, run_python, tmp_path_factory):
    """A folder with what another process answers with each kept model: to all texts, in
    KIND.npy, and by the command to those of tickets.csv, in a folder KIND. One process,
    for scikit-learn takes seconds to start."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "texts.json").write_text(json.dumps(list(reviews.texts)))
    write_tickets(folder / "tickets.csv", reviews)
    folders = {kind: str(path) for kind, (_, _, path) in all_kept.items()}
    run_python(
        f"""
import json, os, runpy, sys
import numpy as np
from alutils.labelling.model import kept_model
os.chdir({str(folder)!r})
texts = json.load(open("texts.json"))
for kind, path in {folders!r}.items():
    np.save(f"{{kind}}.npy", kept_model(path).predict_proba(texts))
    sys.argv = ["", "apply", path, "tickets.csv", "--out", f"{{kind}}/answers.csv"]
    runpy.run_module("alutils.labelling", run_name="__main__")
assert "keras" not in sys.modules and "tensorflow" not in sys.modules
""",
        PYTHONPATH=str(ROOT),
    )
    return folder


def test_a_kept_model_gives_the_same_probabilities_bit_for_bit(kept):
    reviews, outcome, folder = kept
    model = kept_model(folder)
    before = outcome.learner.predict_proba(np.arange(N))
    assert np.array_equal(model.predict_proba(reviews.texts), before)

    @settings(max_examples=20)
    @given(st.lists(st.integers(0, N - 1), max_size=12))
    def in_any_company(rows):
        found = model.predict_proba(reviews.texts[rows])
        assert np.array_equal(found, before[np.array(rows, dtype=int)])

    in_any_company()


def test_so_it_does_in_another_process(kind, kept, elsewhere):
    before = kept[1].learner.predict_proba(np.arange(N))
    assert np.load(elsewhere / f"{kind}.npy").tobytes() == before.tobytes()


def test_new_texts_are_answered_whatever_is_in_them(kept):
    _, _, folder = kept
    model = kept_model(folder)

    @settings(max_examples=30)
    @given(st.lists(st.text(), max_size=4))
    def answered(texts):
        found = model.predict_proba(texts)
        assert found.shape == (len(texts), len(model.classes))
        assert np.allclose(found.sum(axis=1), 1)

    answered()


def test_a_model_that_learns_around_another_is_kept_as_the_inner_one(
    two_classes, vocabulary_rows, tmp_path
):
    from alutils.features.words import held_words

    features = tfidf(two_classes, vocabulary_rows)
    words = [["awful", "worst", "boring"], ["great", "excellent", "wonderful"]]
    held = held_words(two_classes.texts, words, two_classes.classes)

    def from_words(n_classes, rng):
        return FromWords(LinearLearner(features), held, np.arange(1_000), rng)

    state = labelled_state(two_classes, tested=50, rounds=[30])
    outcome = outcome_of(two_classes, state, from_words)
    vectorizer = vectorizer_of(two_classes, vocabulary_rows)
    keep_model(tmp_path, outcome, two_classes, vectorizer)
    card = (tmp_path / "card.md").read_text()
    assert "negative: awful, worst, boring; positive: great, " in card
    found = kept_model(tmp_path).predict_proba(two_classes.texts)
    assert np.array_equal(found, outcome.learner.predict_proba(np.arange(N)))


@pytest.mark.parametrize(
    ("other", "why"),
    [({"vocabulary_rows": np.arange(N - 7)}, r"X has \d+ features"), ({}, "differ")],
)
def test_features_that_are_not_the_learners_own_are_refused(
    reviews, vocabulary_rows, tmp_path, other, why
):
    outcome = made(reviews, 2 * tfidf(reviews, vocabulary_rows))
    given = {"vocabulary_rows": vocabulary_rows} | other
    with pytest.raises(ValueError, match=f"not the learner's own \\(.*{why}"):
        keep_model(tmp_path / "m", outcome, reviews, vectorizer_of(reviews, **given))
    assert not (tmp_path / "m").exists()


def test_a_learner_of_another_kind_is_refused(reviews, vocabulary_rows, tmp_path):
    outcome = made(reviews, tfidf(reviews, vocabulary_rows))
    with pytest.raises(TypeError, match="object with a Vectorizer cannot be kept"):
        keep_model(
            tmp_path,
            replace(outcome, learner=object()),
            reviews,
            vectorizer_of(reviews, vocabulary_rows),
        )


class Foreign:
    """A type of nobody's that a file might bring along."""

    def __getstate__(self):
        return {"harm": 1}

    def __setstate__(self, state):
        raise AssertionError("was built")


def forged(folder, parts):
    """Put other parts into a kept model, as somebody might who also mends its sums."""
    import hashlib

    import skops.io

    data = skops.io.dumps(parts)
    (folder / "model.skops").write_bytes(data)
    facts = json.loads((folder / "facts.json").read_text())
    facts["files"]["model.skops"] = hashlib.sha256(data).hexdigest()
    (folder / "facts.json").write_text(json.dumps(facts))


@pytest.fixture
def copied(kept, tmp_path):
    """A kept model in a folder of its own, to be tampered with."""
    import shutil

    return shutil.copytree(kept[2], tmp_path / "copy")


def test_a_file_with_foreign_types_is_refused_with_their_names(copied):
    forged(copied, {"phrases": Foreign()})
    with pytest.raises(ValueError, match=r"holds .*Foreign: expected nothing but"):
        kept_model(copied)


def test_a_file_of_known_types_that_is_no_model_is_refused(copied):
    forged(copied, {"phrases": [1, 2], "models": []})
    with pytest.raises(ValueError, match="no model of ours"):
        kept_model(copied)


def test_nothing_in_the_folder_is_a_pickle(kept):
    for path in kept[2].iterdir():
        with pytest.raises(pickle.UnpicklingError):
            pickle.loads(path.read_bytes())
    with zipfile.ZipFile(kept[2] / "model.skops") as inside:
        assert {name.rpartition(".")[2] for name in inside.namelist()} == {
            "json",
            "npy",
        }


def test_a_damaged_model_is_refused(copied):
    data = bytearray((copied / "model.skops").read_bytes())
    data[len(data) // 2] ^= 1
    (copied / "model.skops").write_bytes(bytes(data))
    with pytest.raises(ValueError, match="is not as it was written"):
        kept_model(copied)


def test_a_folder_that_holds_no_model_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="is no alutils model"):
        kept_model(tmp_path)
    (tmp_path / "facts.json").write_text('{"kind": "something else"}')
    with pytest.raises(ValueError, match="that of no alutils model"):
        kept_model(tmp_path)


def test_other_versions_are_told(copied):
    facts = json.loads((copied / "facts.json").read_text())
    facts["versions"]["scikit-learn"] = "0.1"
    (copied / "facts.json").write_text(json.dumps(facts))
    with pytest.warns(UserWarning, match=r"made with scikit-learn 0\.1 \(here "):
        kept_model(copied)


def test_a_licence_may_be_written_into_the_card_and_then_it_is_not_replaced(
    kept, copied, vocabulary_rows
):
    reviews, _outcome, _ = kept
    with (copied / "card.md").open("a") as card:
        card.write("CC BY 4.0\n")
    kept_model(copied)  # works as before
    with pytest.raises(FileExistsError, match=r"card\.md was changed since"):
        keep_model(
            copied,
            made(reviews, tfidf(reviews, vocabulary_rows)),
            reviews,
            vectorizer_of(reviews, vocabulary_rows),
        )
    assert (copied / "card.md").read_text().endswith("CC BY 4.0\n")


def test_the_card_says_what_whoever_uses_the_model_must_know(kept):
    reviews, outcome, folder = kept
    card = (folder / "card.md").read_text()
    for heading in ("What it is for", "Labels", "How good it is", "Limits", "Licence"):
        assert f"\n## {heading}\n" in card
    for name in reviews.classes:
        assert f"| {name} |" in card
    last = outcome.curve.iloc[-1]
    assert f"| {last.accuracy:.3f} | {last.accuracy_low:.3f} to" in card
    assert "Sorts reviews." in card
    assert "60 by random, 60 by Doubt()" in card
    assert reviews.digest in card
    assert "100 labelled texts, drawn at random" in card


def write_tickets(path, reviews):
    """New texts in a CSV file, without labels."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["text"])
        lines.writerows([text] for text in reviews.texts[:40])


@pytest.fixture
def texts_csv(reviews, tmp_path):
    path = tmp_path / "tickets.csv"
    write_tickets(path, reviews)
    return path


def test_a_command_applies_it_to_new_texts(kind, kept, elsewhere, texts_csv):
    reviews, outcome, _ = kept
    out = elsewhere / kind / "answers.csv"
    with out.open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    assert tuple(header) == COLUMNS
    expected = outcome.learner.predict_proba(np.arange(40))
    assert [int(line[0]) for line in lines] == list(range(40))
    assert [line[1] for line in lines] == [text_hash(t) for t in reviews.texts[:40]]
    named = [reviews.classes[k] for k in expected.argmax(axis=1)]
    assert [line[2] for line in lines] == named
    assert [float(line[3]) for line in lines] == expected.max(axis=1).tolist()
    assert [float(line[4]) for line in lines] == margin(expected).tolist()
    assert (elsewhere / "tickets.csv").read_bytes() == texts_csv.read_bytes()


def test_answers_are_replaced_only_on_request_and_other_files_never(
    kept, texts_csv, tmp_path
):
    out, mine = tmp_path / "answers.csv", tmp_path / "mine.csv"
    command = ["apply", str(kept[2]), str(texts_csv), "--out"]
    main([*command, str(out)])
    with pytest.raises(SystemExit, match=r"say --replace"):
        main([*command, str(out)])
    main([*command, str(out), "--replace"])
    mine.write_text("text,label\n")
    for name in (mine, texts_csv):
        before = name.read_bytes()
        with pytest.raises(
            SystemExit, match=r"left as it is|where the texts come from"
        ):
            main([*command, str(name), "--replace"])
        assert name.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nowhere.csv", None, r"nowhere\.csv cannot be opened"),
        ("a.csv", b"a,b\n1,2\n", r"no column .* here that is --text-column$"),
        ("a.csv", b"text\n\x80\n", r"not UTF-8 .* here that is --encoding$"),
        ("a.csv", b"", r"a\.csv is empty"),
        ("a.parquet", b"junk", r"a\.parquet is damaged"),
    ],
)
def test_what_is_wrong_with_the_texts_is_said_in_a_line(
    kept, tmp_path, name, content, said
):
    texts, out = tmp_path / name, tmp_path / "answers.csv"
    if content is not None:
        texts.write_bytes(content)
    with pytest.raises(SystemExit, match=said) as caught:
        main(["apply", str(kept[2]), str(texts), "--out", str(out)])
    assert "\n" not in str(caught.value)
    assert not out.exists()


@pytest.mark.parametrize(
    "lost", [["learner"], ["classes"], ["versions"], ["files"], ["model.skops"]]
)
def test_what_is_wrong_with_the_model_is_said_in_a_line(
    copied, texts_csv, tmp_path, lost
):
    facts = json.loads((copied / "facts.json").read_text())
    for part in lost:
        facts.pop(part, None)
        facts.get("files", {}).pop(part, None)
    (copied / "facts.json").write_text(json.dumps(facts))
    with pytest.raises(SystemExit, match=r"^ValueError: .*(model|facts)") as caught:
        main(["apply", str(copied), str(texts_csv), "--out", str(tmp_path / "a.csv")])
    assert "\n" not in str(caught.value)


def test_classes_that_are_not_the_models_are_refused(copied):
    facts = json.loads((copied / "facts.json").read_text())
    facts["classes"] += ["one more"]
    (copied / "facts.json").write_text(json.dumps(facts))
    with pytest.raises(ValueError, match=r"names \d classes and its model has \d"):
        kept_model(copied)


def test_a_model_that_nobody_tested_can_be_kept_and_its_card_says_so(
    two_classes, vocabulary_rows, tmp_path
):
    features = tfidf(two_classes, vocabulary_rows)
    state = labelled_state(two_classes, tested=0, rounds=[30])
    outcome = outcome_of(two_classes, state, partial(linear, features))
    vectorizer = vectorizer_of(two_classes, vocabulary_rows)
    keep_model(tmp_path, outcome, two_classes, vectorizer)
    assert "Nobody has measured it" in (tmp_path / "card.md").read_text()
    assert kept_model(tmp_path).facts["accuracy"] is None


def test_before_there_is_a_model_none_is_kept(two_classes, vocabulary_rows, tmp_path):
    state = labelled_state(two_classes, tested=10, rounds=[])
    outcome = outcome_of(two_classes, state, partial(linear, None))
    vectorizer = vectorizer_of(two_classes, vocabulary_rows)
    with pytest.raises(ValueError, match="there is no model yet"):
        keep_model(tmp_path / "m", outcome, two_classes, vectorizer)
