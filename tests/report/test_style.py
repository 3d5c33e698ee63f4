"""Figures of the reports."""

import re

from pipeline.report import style
from pipeline.report.document import Pictures


def test_letters_of_figures_are_text_and_figures_fit_a_phone(spoken):
    blocks = [block for found in spoken.values() for section in found.values() for block in section]
    drawn = [picture for block in blocks if isinstance(block, Pictures) for picture in block.pictures]
    assert len(drawn) > 50
    for picture in drawn:
        assert style.written(picture.svg), picture.name
        (width,) = re.findall(r'viewBox="0 0 ([\d.]+)', picture.svg)
        assert float(width) <= style.WIDTH * 72 + 0.1
