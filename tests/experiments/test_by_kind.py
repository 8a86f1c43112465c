from typing import Annotated

import pytest

from alutils.experiments.by_kind import as_table, of_its_kind
from alutils.experiments.learning import learner_section
from alutils.experiments.sections import Section


class Holder(Section):
    learner: Annotated[Section, of_its_kind("learner", learner_section)]


def test_a_kind_alone_is_the_table_that_holds_nothing_else():
    assert as_table("learner", "linear") == {"kind": "linear"}
    alone, table = (Holder(learner=given) for given in ("linear", {"kind": "linear"}))
    assert alone == table


def test_a_table_without_a_kind_is_of_the_default_one():
    assert Holder(learner={"C": 2}).learner.kind == "linear"


def test_a_section_is_taken_as_the_settings_that_it_was_given():
    section = learner_section("linear")(C=2.0)
    assert as_table("learner", section) == {"C": 2.0}
    assert as_table("data", "tfds") == "tfds"


def test_a_kind_that_is_no_text_is_refused():
    with pytest.raises(ValueError, match="kind=3: expected a text"):
        Holder(learner={"kind": 3})
