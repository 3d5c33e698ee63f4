"""Why need moves, and what it depends on."""

from pipeline.results.tables.shared_columns import DEFINITION, RESOURCE, YARDSTICK
from pipeline.schemas import IDENTIFIER, REGION, Table, integer, number, text
from pipeline.shortfall.why import DRIVERS

WATERFALL = Table(
    "waterfall",
    "Why need asks for more or less in the target year than in the base year, under the headline definition. Each "
    "driver alone, and their interaction: base, drivers and interaction sum to the target, as shown and in every draw. "
    "Base and target are the medians that need.csv shows.",
    (
        REGION,
        RESOURCE,
        YARDSTICK,
        integer("base_year", "first year", low=2000, high=2100),
        integer("target_year", "last year", low=2000, high=2100),
        text(
            "driver",
            "base, the driver that moves alone, interaction, or target",
            ("base", *DRIVERS.values(), "interaction", "target"),
        ),
        integer("order", "place of the step", low=0),
        number("shown", "the step as shown", "see resource", decimals=0),
        number("q10", "its 0.1 quantile", "see resource", decimals=1),
        number("q90", "its 0.9 quantile", "see resource", decimals=1),
    ),
    ("region", "resource", "yardstick", "order"),
)

SENSITIVITY = Table(
    "sensitivity",
    "What need depends on: Sobol indices of the uncertain inputs, and what is required with one input at its 0.1 and "
    "0.9 quantile and all others at their medians.",
    (
        REGION,
        RESOURCE,
        YARDSTICK,
        DEFINITION,
        integer("year", "year of the requirement", low=2000, high=2100),
        integer("rank", "place by the total index", low=1),
        text("input", "uncertain input", pattern=IDENTIFIER),
        text("index", "which index `value` is", ("total",)),
        number("value", "share of the variance, interactions included", "ratio", decimals=4),
        number("value_conf", "half the width of its 95 % interval", "ratio", decimals=4),
        number("first_order", "share of the variance by the input alone", "ratio", decimals=4),
        number("low", "required with the input at its 0.1 quantile", "see resource", decimals=1),
        number("high", "required with the input at its 0.9 quantile", "see resource", decimals=1),
        number("input_low", "the input's 0.1 quantile; a standard normal where it has no unit", "see input"),
        number("input_high", "the input's 0.9 quantile", "see input"),
    ),
    ("region", "resource", "yardstick", "rank"),
)
