import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from alutils.evidence.rare import labels_to_first_positive, with_rare_measures


def one_round(true, said, tuned, **more) -> dict:
    true, said, tuned = map(np.array, (true, said, tuned))
    return {
        "arm": "random",
        "seed": 0,
        "round": 0,
        "labels": 10,
        "asked_positive": 0,
        "reviews_positive": int(true.sum()),
        "false_negatives": int((true & ~said).sum()),
        "false_positives": int((~true & said).sum()),
        "tuned_found": int((true & tuned).sum()),
        "tuned_named": int(tuned.sum()),
    } | more


answers = st.lists(st.tuples(*[st.booleans()] * 3), min_size=1, max_size=20).map(
    lambda rows: [*rows, (True, False, True)]  # at least one is positive
)


@given(answers)
def test_measures_are_those_of_scikit_learn_at_both_thresholds(rows):
    labels, said, tuned = zip(*rows, strict=True)
    found = with_rare_measures(pd.DataFrame([one_round(labels, said, tuned)])).iloc[0]
    for prefix, answer in (("", said), ("tuned_", tuned)):
        assert found[f"{prefix}f1"] == pytest.approx(f1_score(labels, answer))
        assert found[f"{prefix}recall"] == pytest.approx(recall_score(labels, answer))
        precision = precision_score(labels, answer, zero_division=np.nan)
        assert found[f"{prefix}precision"] == pytest.approx(precision, nan_ok=True)


def test_positives_add_up_run_by_run_whatever_the_order_of_the_rows():
    runs = pd.DataFrame(
        one_round([True], [True], [True], seed=seed, round=k, labels=10 * (k + 1))
        | {"asked_positive": asked}
        for seed, queries in enumerate([(0, 2, 1), (1, 0, 0), (0, 0, 0)])
        for k, asked in enumerate(queries)
    )
    found = with_rare_measures(runs.sample(frac=1, random_state=1)).sort_index()
    assert found["found"].tolist() == [0, 2, 3, 1, 1, 1, 0, 0, 0]
    assert labels_to_first_positive(found).tolist() == [20, 10, np.inf]


def test_runs_that_tuned_no_threshold_lack_what_follows_from_one():
    runs = pd.DataFrame([one_round([True, False], [True, True], [True, True])])
    plain = runs.drop(columns=["tuned_found", "tuned_named"])
    assert not [name for name in with_rare_measures(plain) if name.startswith("tuned")]
    assert with_rare_measures(plain)["f1"].tolist() == [2 / 3]


def test_more_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="two classes"):
        with_rare_measures(pd.DataFrame({"arm": ["random"], "asked_0": [3]}))
