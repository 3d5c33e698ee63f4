"""Annex: what the results are drawn with, what is assumed and why, and what they cannot say."""

from collections.abc import Sequence

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, TextSpan, line

LIMITS = ("small", "deaths", "nominal", "definitions", "quality", "staff", "forecast")


def assumed(context: Context) -> list[tuple[str, str, str]]:
    """What is assumed of people: name, what, and why."""
    words, projection, last = context.words, context.shared.central.projection, context.last
    consistency, migration = projection.consistency, projection.migration
    values: dict[str, dict[str, str | int]] = {
        "mortality": {"years": words.exact(projection.mortality.extra_e0, 1)},
        "consistency": {"weight": words.exact(consistency.weight, 2), "age": consistency.from_age},
        "migration": {"weight": words.exact(migration.weight, 2), "years": words.exact(migration.taper_years)},
        "fertility": {"weight": words.exact(projection.fertility.weight, 2)},
    }
    return [
        (
            words(f"assumption.{name}.name"),
            words(f"assumption.{name}.what", **given),
            words(f"assumption.{name}.why", last=last, youngest=60 - (last - CENSUS_YEAR)),
        )
        for name, given in values.items()
    ]


def settings(context: Context) -> Sequence[Block]:
    """What is assumed of people, and every interval of need and supply as params.yaml has it."""
    words, column = context.words, context.column
    return [
        context.table(
            words("assumptions.table"),
            assumed(context),
            column("head.assumption", lambda row: TextSpan(row[0], mark="strong"), 18),
            column("head.what", lambda row: row[1], 41),
            column("head.why", lambda row: row[2], 41),
            small=True,
        ),
        context.table(
            words("settings.table"),
            intervals(context),
            column("head.assumption", lambda row: line(row[1], TextSpan(f" {row[0]}", mark="quiet")), 60),
            column("head.range", lambda row: row[2], 40, number=True),
            small=True,
        ),
    ]


def intervals(context: Context) -> list[tuple[str, str, str]]:
    """Every interval of the sections need and supply: key, name, its ends."""
    words, rows = context.words, []
    for section in ("need", "supply"):
        for name, interval in getattr(context.shared.central, section):
            if hasattr(interval, "low"):
                ends = words("range", low=words.exact(interval.low, 3), high=words.exact(interval.high, 3))
                rows.append((f"{section}.{name}", words(f"setting.{section}.{name}.name"), ends))
    return rows


def limitations(context: Context) -> Sequence[Block]:
    """What the results cannot say."""
    return [Bullets([line(context.words(f"limits.{name}")) for name in LIMITS])]
