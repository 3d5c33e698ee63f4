"""Care: who needs it, what it takes, and what there is.

The need side turns older people, `old` (draw, year, sex, group) in persons, into care:

    transition      healthy/disabled/dead model: how disability rises with age
    disability      definitions of disability, their calibration to the nation, trends, severity, dementia
    need            people by severity and setting, beds by kind, caregivers
    demand          all of these for the nation, drawn once for every region
    care_tables     parameters by name, from tables that were read elsewhere

and sets beside it what a plan or a norm asks for (`yardstick`, `requirement`) and what there is (`published`,
`stocks`, `supply`, `flow`).

Sexes are (male, female); the nine age groups are `axes.OLD_GROUPS`. Years are year-ends, the first the
census day of 2020. A draw axis of length 1 stands for a deterministic run.
"""
