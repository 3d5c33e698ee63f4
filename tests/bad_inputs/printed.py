"""A census table as yearbooks, spreadsheets and editors have it."""


def swapped(old, new):
    """Every `old` of a text becomes `new`."""
    return lambda text: text.replace(old, new)


def printed_tables():
    """What yearbooks, spreadsheets and editors make of a table: one cause is one fault, however many cells it is in."""

    def cells(column, change):
        def changed(text):
            head, *rows = (line.split(",") for line in text.splitlines())
            for row in rows:
                row[column] = change(row[column])
            return "".join(",".join(row) + "\n" for row in (head, *rows))

        return changed

    def merged(column):
        above: list[str] = [""]

        def blank(cell):
            above.append(cell)
            return "" if cell == above[-2] else cell

        return cells(column, blank)

    def more(row):
        return lambda text: f"{text}{row}\n"

    head = "year,sex,age,population,deaths,source\n"
    of_rows, of_people = r"rows 2, 3, 4, .* and \d+ more", r"rows 2, 3, 4, .* and 64 more, column population: found "
    yield "parted by tabs", lambda text: text.replace(",", "\t"), "row 1: found cells parted by tabs, expected cells pa"
    yield "commas full width", lambda text: text.replace(",", "，"), "row 1: found cells parted by full-width commas"
    yield "a title above", lambda text: "许昌市人口,,,,,\n" + text, "row 1: found 1 line above the header .'许昌市人口'"
    yield "a comment above", lambda text: "# from a yearbook\n\n" + text, "row 1: found 2 lines above the header"
    yield "a comment below", more("# end"), r"row 78: found a row of one cell .'# end'., expected 6 cells"
    yield (
        "a header in Chinese",
        swapped(head, "年份,性别,年龄,人口,死亡,来源\n"),
        "row 1: found the columns 年份, 性别",
    )
    yield "a header with spaces", swapped(head, head.replace(",", ", ")), "row 1: found the columns year,  sex,  age"
    yield "a header in capitals", swapped(head, head.title()), "row 1: found the columns Year, Sex, .*expected the colu"
    yield "men and women in columns", swapped("sex,age,population", "age,male,female"), "row 1: found the columns year,"
    yield "cells beyond the last", lambda text: text.replace("\n", ",,\n"), "row 1: found 2 columns without a name, exp"
    yield "blank cells below", more(",,,,,"), "row 78: found an empty row, expected 6 cells"
    yield "the header again", more(head.strip()), "row 78: found the header again, expected 6 cells"
    yield "the table twice", lambda text: text + text.removeprefix(head), "rows 78, .*found the key of row 2 again .* a"
    yield "years merged", merged(0), "rows 3, 4, 5, .*column year: found a blank, expected a whole number from 2010 to"
    yield "sexes merged", merged(1), "rows 3, 4, 5, .*column sex: found a blank, expected one of male, female"
    yield "the census before", swapped("\n2010,", "\n2000,"), rf"{of_rows}, column year: found 2000, expected a whole n"
    yield (
        "years in words",
        cells(0, "{}年".format),
        rf"{of_rows}, column year: found '2010年' and 1 other, .*without a unit",
    )
    for name, men, women in (("Chinese", "男", "女"), ("letters", "M", "F"), ("capitals", "Male", "Female")):
        wrong = cells(1, lambda sex, men=men, women=women: men if sex == "male" else women)
        yield f"sexes in {name}", wrong, rf"{of_rows}, column sex: found '{men}' and 1 other, .*did you mean male"
    yield (
        "ages in words",
        cells(2, "{}岁".format),
        rf"{of_rows}, column age: found '0岁' and 18 others, .*did you mean 0.?",
    )
    yield "ages with dashes", cells(2, lambda age: age.replace("-", "–")), r"rows 3, 4, .* column age: found '1–4' and"
    yield (
        "the open age in words",
        swapped(",85+,", ",85岁及以上,"),
        r"rows 20, .*found '85岁及以上', .*did you mean 85.?",
    )
    yield (
        "digits of full width",
        swapped(",60-64,", ",６０-６４,"),
        r"rows 15, .*found '６０-６４', .*did you mean 60-64.?",
    )
    for date in ("5月9日", "9-May", "May-09", "2024/5/9", "5/9/2024", "2024-05-09 00:00:00"):
        told = r"rows 4, 23, 42, 61, column age: found dates .*, expected ages, as 5-9: a spreadsheet took"
        yield f"an age as {date}", swapped(",5-9,", f",{date},"), told
    yield "a first group of five", swapped(",1-4,", ",0-4,"), "rows 3, 22, 41, 60: found sums .0-4., expected the singl"
    for total in ("合　计", "总 计", "TOTAL", "小计", "65岁及以上", "0-14"):
        plain = total.replace(" ", "").replace("　", "")
        yield f"a row of {total}", more(f"2020,male,{total},9,,census_county_2020"), f"row 78: found sums .{plain}., ex"
    yield "separators of thousands", cells(3, lambda n: f'"{int(n):,}"'), rf"{of_people}'27,525' and 75 others, .*thous"
    yield "spaces in thousands", cells(3, lambda n: f"{int(n):,}".replace(",", " ")), rf"{of_people}'27 525'.*thousands"
    yield "figures as 万", cells(3, lambda n: f"{int(n) / 1e4:.4f}万"), rf"{of_people}'2.7525万' .*without a unit"
    yield "figures as decimals", cells(3, "{}.0".format), rf"{of_people}'27525.0' and 75 others, expected a whole numbe"
    yield "shares", cells(3, lambda _: "3.2%"), rf"{of_people}'3.2%', expected .*without a unit"
    yield "a space that does not break", cells(3, "{}\xa0".format), rf"{of_people}.*without spaces around it"
