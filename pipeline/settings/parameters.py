"""The typed model of params.yaml: its sections in the order of the file, and the layers laid over them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.settings.care import CareSettings, NeedSettings, SupplySettings
from pipeline.settings.fields import Day, Name, NamesOnce, SettingsSection, key
from pipeline.settings.forecast import CountSettings, ForecastSettings, Priors, ProjectionSettings
from pipeline.vocabulary import CENTRAL

LOCAL = "local"

Profile = Literal["full", "smoke"]
Scheduler = Annotated[str, Field(pattern=r"^(local|tcp://[A-Za-z0-9.\-\[\]:]+:[0-9]{1,5})$", max_length=300)]
Certainty = Annotated[float, Field(gt=0, lt=1)]


class Sampler(SettingsSection):
    chains: int = key(4, "chains", ge=2, le=16)
    """Chains."""
    draws: int = key(3000, "draws", ge=10, le=100_000)
    """Draws of each chain after the warm-up."""
    tune: int = key(1500, "steps", ge=10, le=100_000)
    """Warm-up steps of each chain."""
    target_accept: float = key(0.95, "probability", gt=0.5, lt=1)
    """Acceptance probability the step size aims at."""
    cores: int = key(2, "processor cores", ge=1, le=64)
    """Chains run at the same time; the draws do not depend on it."""
    accept_bad_fit: bool = key(False)
    """true lets a run go on with a fit that breaks the limits, and stamps DRAFT on every report."""


class BacktestSettings(SettingsSection):
    folds: int = key(31, "provinces", ge=1, le=31)
    """Provinces left out in turn, in the order of their ids; 31 is all."""
    chains: int = key(2, "chains", ge=2, le=16)
    """Chains of every fold."""
    draws: int = key(500, "draws", ge=10, le=100_000)
    """Draws of each chain of every fold: enough for quantiles of scores."""
    tune: int = key(500, "steps", ge=10, le=100_000)
    """Warm-up steps of each chain of every fold."""


class AtlasSettings(SettingsSection):
    draws: int = key(1000, "draws", ge=10, le=100_000)
    """Draws of every place: the first of the province's own, at most `draws` above."""
    scheduler: Scheduler = key(LOCAL)
    """Where the work is done: local (processes on this machine) or the address of a Dask scheduler such as
    tcp://10.0.0.1:8786. The numbers do not depend on it."""
    workers: int = key(2, "processes", ge=1, le=31)
    """Processes on this machine where the scheduler is local; one a province at most."""


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


class Settings(SettingsSection):
    """params.yaml after its profile and one scenario were merged in."""

    status: Literal["draft", "final"] = key("draft")
    """draft | final. Anything but `final` stamps DRAFT on every report."""
    profile: Profile = key("full")
    """full | smoke. `smoke` takes the smaller settings under `profiles.smoke`; only tests use it."""
    seed: int = key(20201101, ge=0)
    """Root of every random number: stages and regions derive their own streams from it."""
    draws: int = key(4000, "draws", ge=10, le=100_000)
    """Posterior draws carried through the pipeline."""
    as_of: Day = key("2025-12-31")
    """The day that counts as today: no observation of supply is later, and what must be added is counted from the next
    day on."""
    last_year: int = key(2035, "year", ge=2021, le=2060)
    """Last year of the projection, counted at its end. The first is the census, 1 November 2020."""
    projection: ProjectionSettings
    """The projection as it is when no scenario changes it."""
    cities: NamesOnce = key(["panzhihua", "wuhan", "xuchang"])
    """Cities that have a plan: each is drawn by itself, conditional on the stored fit of the nation and the
    provinces."""
    forecast: ForecastSettings
    """What the censuses cannot teach the forecast. An interval {low, high} holds the middle 80 % of the draws."""
    priors: Priors
    """What is believed of the past decade before its censuses speak: 80 % intervals {low, high}, normal unless another
    distribution is named. Shares are of 1, and what is "in logs" is of people after ten years: 0.05 is five percent."""
    counts: CountSettings
    """Counts since the census, and how far off they may be. The assumed error decides what a count is worth: in the
    2010s counts believed too well made the forecast of 2020 worse (mean error of 60+ 14 % against 3.2 without)."""
    sampler: Sampler
    """How every model is sampled (nutpie, the No-U-Turn sampler). r̂ above 1.01, fewer than 400 effective draws in bulk
    or tail, or one divergence stop the run."""
    backtest: BacktestSettings
    """The forecast made in 2010 of 2020, province by province left out; `sampler` above sets what is not named here."""
    care: CareSettings
    """Care: what supply is carried forward with, and how a gap in published stocks is bridged."""
    need: NeedSettings
    """Need: who is disabled, and what care that takes. An interval {low, high} holds the middle 80 % of the draws."""
    supply: SupplySettings
    """Supply: stocks and flows of beds and staff. An interval {low, high} holds the middle 80 % of the draws."""
    atlas: AtlasSettings
    """The atlas: every province, prefecture and county."""
    next_plan: NextPlanSettings
    """The next plan: what to add from now on, how much of it, and what it costs."""


class Override(SettingsSection):
    """What a scenario may change; what stands inside is checked after it was merged."""

    projection: dict[str, Any] = Field(default_factory=dict)
    counts: dict[str, Any] = Field(default_factory=dict)
    care: dict[str, Any] = Field(default_factory=dict)
    need: dict[str, Any] = Field(default_factory=dict)
    supply: dict[str, Any] = Field(default_factory=dict)


class Layers(BaseModel):
    """The parts of params.yaml that are laid over its other keys."""

    model_config = ConfigDict(strict=True)

    scenarios: dict[Name, Override] = Field(
        description="Scenarios: sparse overrides of `projection`, `counts`, `care`, `need` and `supply`. Changing one "
        "reruns that one only."
    )
    profiles: dict[Profile, dict[str, Any]] = Field(
        {}, description="Smaller settings for quick runs: each key replaces the one above."
    )


class Layer(NamedTuple):
    """Keys laid over others in the default file, and what they stand for."""

    meaning: str
    keys: Mapping[str, Any]


SCENARIOS: Final[Mapping[str, Layer]] = {
    CENTRAL: Layer("The projection as described above.", {}),
    "census_only": Layer(
        "As it was foretold from the census alone, before any later count.", {"counts": {"use": False}}
    ),
    "low_mortality": Layer(
        "Mortality falls faster: about the upper 80 % bound of WPP 2024 for the nation in 2035.",
        {"projection": {"mortality": {"extra_e0": 1.9}}},
    ),
    "high_mortality": Layer(
        "Mortality falls more slowly: about the lower 80 % bound of WPP 2024 for the nation in 2035.",
        {"projection": {"mortality": {"extra_e0": -2.5}}},
    ),
    "no_migration": Layer(
        "Nobody moves between regions after the census.", {"projection": {"migration": {"weight": 0.0}}}
    ),
    "disability_falling": Layer(
        "Disability at each age goes on falling as it fell from 2011 to 2020. Population as in `central`.",
        {"need": {"trend": "falling"}},
    ),
    "disability_rising": Layer(
        "Disability at each age rises. Population as in `central`.", {"need": {"trend": "rising"}}
    ),
}

PROFILES: Final[Mapping[Profile, Mapping[str, Any]]] = {
    "smoke": {
        "draws": 40,
        "backtest": {"folds": 3, "draws": 50, "tune": 100},
        "sampler": {"chains": 2, "draws": 100, "tune": 200, "accept_bad_fit": True},
    }
}
