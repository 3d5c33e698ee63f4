"""Care: who needs it, what it takes, and what there is.

    disability               how it rises with age; definitions, calibration to the nation, severity, dementia
    need                     people by severity and setting, beds by kind, caregivers, drawn once for every region
    care_tables              parameters by name, from tables that were read elsewhere
    yardstick, flow, supply  what a plan asks for; how stocks move, the nation's record; what there is in a region

Older people are `old` (draw, year, sex, group) in persons: sexes (male, female), the nine groups `axes.OLD_GROUPS`.
Years are year-ends, the first the census day of 2020. A draw axis of length 1 stands for a deterministic run.
"""
