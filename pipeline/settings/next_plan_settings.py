"""The section `next_plan`: the years a plan to come is worked out for, how certain it is to be, and prices."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from pipeline.settings.fields import SettingsSection, key

Certainty = Annotated[float, Field(gt=0, lt=1)]


class NextPlanSettings(SettingsSection):
    year: int = key(2030, "year", ge=2021, le=2060)
    """Last year of the next plan, last_year at most; additions are counted up to it, and from it to last_year."""
    mid_term: int = key(2028, "year", ge=2021, le=2060)
    """Year of its mid-term review, after as_of, on the straight line from what exists then to the plan's last year."""
    certainty: list[Certainty] = key([0.5, 0.8], "probability", min_length=1, max_length=5)
    """How certain a number is to be enough for need, over all uncertainty of need: one option each."""
    price_year: int = key(2025, "year", ge=2010, le=2060)
    """Year in whose prices costs are given; consumer prices (data/raw/consumer_prices.csv) lead from the year of each
    source to it, so that it lies among theirs."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.mid_term >= self.year:
            raise ValueError("mid_term before year")
        if sorted(set(self.certainty)) != self.certainty:
            raise ValueError("certainty in rising order, each once")
        return self
