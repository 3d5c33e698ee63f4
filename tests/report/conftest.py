"""Reports made once for all tests of them."""

import pytest
from frozen_results import shared_for
from report_case import FORMULA, STAMP, every_block, marked

from pipeline.report.build import reports
from pipeline.report.wording import LANGUAGES


@pytest.fixture(scope="session")
def drawn():
    """Facts with intervals, Xuchang's plan bearing a title that looks like markup and like a formula."""
    return shared_for(title=FORMULA)


@pytest.fixture(scope="session")
def files():
    """Every file, made by one process from settings that let a bad fit through."""
    return reports(marked(), STAMP, workers=1)


@pytest.fixture(scope="session")
def spoken(drawn):
    """Every section of every plan's report, by language and by plan and section."""
    return {language: dict(every_block(drawn, language)) for language in LANGUAGES}
