import dataclasses

import pandas as pd
import pytest
from report_case import PLAN, changed, of_plan

from pipeline.report.facts import MissingResult, Tables


def test_a_result_that_is_missing_is_named(drawn):
    headline, population = drawn.tables["headline"], drawn.tables["population"]
    with pytest.raises(MissingResult, match="no row for plan xuchang"):
        changed(drawn, "headline", headline[headline["plan"] != PLAN])
    with pytest.raises(MissingResult, match=r"no 80\+ of"):
        changed(drawn, "population", population[population["age_group"] != "80+"])


def test_two_values_for_one_key_stop_the_report(drawn):
    need = drawn.tables["need"]
    doubled = pd.concat([need, need[need["region"] == PLAN]])
    again = of_plan(dataclasses.replace(drawn, tables=Tables({**drawn.tables, "need": doubled})))
    with pytest.raises(MissingResult, match="two rows for one key"):
        again.value("need", year=2030, measure="dementia")
