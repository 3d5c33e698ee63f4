"""Care: who needs it, what it takes, and what there is.

Older people are `old` (draw, year, sex, group) in persons: sexes (male, female), the nine groups `axes.OLD_GROUPS`.
Years are year-ends, the first the census day of 2020. A draw axis of length 1 stands for a deterministic run.
"""
