"""What the fits keep to."""

from pipeline.schemas import IDENTIFIER, Table, boolean, number, text

FIT = text("model", "fit", pattern=IDENTIFIER)

DIAGNOSTICS = Table(
    "diagnostics",
    "The worst value of each sampler diagnostic of each fit, and the limit it has to keep to.",
    (
        FIT,
        text("quantity", "r_hat, ess_bulk, ess_tail or divergences", pattern=IDENTIFIER),
        number("value", "worst value over all parameters", "see quantity", low=0),
        number("limit", "largest (r_hat, divergences) or smallest (ess) value allowed", "see quantity", low=0),
        boolean("passed", "true where the value keeps to the limit"),
    ),
    ("model", "quantity"),
)

LOO = Table(
    "loo",
    "Leave-one-out density of each province's counts at all ages, given the others (PSIS-LOO); their sum in row `all`.",
    (
        FIT,
        text("area", "region id, or `all` for the sum over them", pattern=IDENTIFIER),
        number("elpd", "expected log predictive density", "nats", decimals=2),
        number("se", "standard error of the sum; blank for one area", "nats", low=0, nullable=True, decimals=2),
        number("p_loo", "effective number of parameters", "parameters", decimals=2),
        number("pareto_k", "shape of the tail of the importance weights; the largest in row `all`", "", decimals=2),
        boolean("reliable", "true where the shape keeps to the limit for so many draws"),
    ),
    ("model", "area"),
)
