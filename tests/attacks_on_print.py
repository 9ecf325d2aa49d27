"""Every kind of edit of the printed tables, as text."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from attacking import Attack, Row, Target, whole
from conftest import ROOT
from value_portrait.paper.certifying.beside_print import SOURCE_OF_TABLE
from value_portrait.paper.certifying.material import Material
from value_portrait.paper.certifying.printed import PRINTED, read_printed
from value_portrait.paper.certifying.rows import COMPARED
from value_portrait.paper.certifying.stated import OF_TABLE_8, ORDER


def quantity(name: str, labels: list[str], column: str) -> Row:
    """The certificate's row of a cell."""
    source = {**SOURCE_OF_TABLE, "query_funnel": "Appendix D.1", "counts": "Text"}.get(name, "")
    text = {
        "topics": f"queries on {labels[0]}, %",
        "reliability": f"alpha of {labels[0]}",
        "counts": labels[0],
        "cross_loading": f"{labels[0]} direction: {column}",
    }.get(name, ": ".join([*labels, column]))
    return source, text


def printed_edits(
    rng: np.random.Generator, header: list[str], rows: list[list[str]], n_labels: int, columns: list[int]
):
    """Every kind of edit of a printed table, at a random place: its name, and the rows as they are then."""
    row, other = rng.choice(len(rows), 2, replace=False)
    column = int(rng.choice(columns))
    text = rows[row][column]

    def with_cell(new: str) -> list[list[str]]:
        return [[new if (i, j) == (row, column) else cell for j, cell in enumerate(own)] for i, own in enumerate(rows)]

    another = next((own[column] for own in rng.permutation(rows).tolist() if own[column] != text), text)
    swapped = with_cell(rows[other][column])
    swapped[other][column] = text
    labels = [list(own) for own in rows]
    labels[row][:n_labels], labels[other][:n_labels] = rows[other][:n_labels], rows[row][:n_labels]
    reordered = [*rows[:row], rows[other], *rows[row + 1 :]]
    reordered[other] = rows[row]
    renamed = [list(own) for own in rows]
    renamed[row][n_labels - 1] += "x"
    yield "another valid value", header, with_cell(another)
    yield "two cells swapped", header, swapped
    yield "two labels swapped", header, labels
    yield "rows in another order", header, reordered
    yield "a row deleted", header, rows[:row] + rows[row + 1 :]
    yield "a row twice", header, [*rows, rows[row]]
    yield "a cell emptied", header, with_cell("")
    yield "a column deleted", header[:column] + header[column + 1 :], [own[:column] + own[column + 1 :] for own in rows]
    yield "a label misspelt", header, renamed
    yield "source line", header, rows
    if text.replace(".", "").replace("-", "").isdigit():
        yield "last digit", header, with_cell(text[:-1] + str((int(text[-1]) + 1) % 10))
        yield "sign", header, with_cell(text.removeprefix("-") if text.startswith("-") else f"-{text}")
        yield "a digit dropped", header, with_cell(text[:-1])
        yield "a digit added", header, with_cell(text + "0")
        yield "first digit", header, with_cell(("-" if text[0] == "-" else "") + "7" + text.lstrip("-")[1:])


def uncorrected(target: Target, name: str, rows: list[list[str]], n_labels: int) -> list[tuple[int, int, str]]:
    """The numbers that we had without any cause, where those in print need one: row, column, text."""
    found = []
    for number, row in enumerate(rows):
        for place, (column, digits) in enumerate(PRINTED[name].digits.items(), n_labels):
            known = target.rows.get(quantity(name, row[:n_labels], column), {"status": ""})
            if known["status"] in ("explained", "conjectured") and digits is not None:
                text = f"{known['ours']:.{digits}f}"
                if abs(float(text) - float(known["ours_with_causes"])) > 0.5 * 10.0**-digits + 1e-9:
                    found.append((number, place, text))
    return found


def attack_print(target: Target, rng: np.random.Generator, name: str, kind: int) -> Attack:
    """An edit of the printed table ``name``."""
    shape = PRINTED[name]
    lines = (ROOT / shape.file).read_text(encoding="utf-8").splitlines()
    header, *rows = csv.reader(lines[1:])
    n_labels, stated = len(shape.labels), list(shape.digits)
    columns = list(range(n_labels, len(header)))
    edits = list(printed_edits(rng, header, rows, n_labels, columns))
    # Tables take their turn at the kinds of edits, after the one that every table has of its own.
    edit, new_header, new_rows = edits[(kind + 4 * list(PRINTED).index(name)) % len(edits)]
    if kind == 0 and (cells := uncorrected(target, name, rows, n_labels)):
        row, column, text = cells[rng.integers(len(cells))]
        edit, new_header, new_rows = "the uncorrected one", header, [list(own) for own in rows]
        new_rows[row][column] = text
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([new_header, *new_rows])
    source = f"{lines[0]}." if edit == "source line" else lines[0]
    text = f"{source}\n{file.getvalue()}"

    def change(m: Material) -> Material:
        path = target.folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return replace(m, printed={**m.printed, name: read_printed(name, path)})

    attack = Attack(f"{name}: {edit}", change, name)
    before, after = (
        {
            tuple(own[:n_labels]): dict(zip(stated, own[n_labels:], strict=True))
            for own in table
            if len(own) == len(header)
        }
        for table in (rows, new_rows)
    )
    labels_fixed = not isinstance(shape.rows, int) and [own[0] for own in new_rows] != [own[0] for own in rows]
    empty = sum(cell == "" for own in new_rows for cell in own)
    digits = any(
        len(cell.partition(".")[2]) != own or cell.endswith(".") or cell in ("", "-")
        for table in after.values()
        for own, cell in zip(shape.digits.values(), table.values(), strict=True)
        if own is not None and cell
    )
    attack.refused = (
        new_header != header or len(new_rows) != len(rows) or empty != shape.empty or labels_fixed or digits
    )
    if attack.refused:
        return attack
    if before == after:
        attack.silent = edit if edit == "source line" else "order of rows"
        return attack
    if name != "fingerprints":
        attack.seals = {Path(shape.file).stem}
    expect_print(target, name, before, after, attack)
    return attack


def expect_print(target: Target, name: str, before: dict, after: dict, attack: Attack) -> None:
    """What must come of cells of a printed table that are others now."""
    if name == "open_differences":
        for labels in before:
            changed = {column for column, text in before[labels].items() if after.get(labels, {}).get(column) != text}
            if changed - {"tried"}:
                attack.rows.add(labels)
                attack.checks.add("open differences")
        return
    if name == "fingerprints":
        attack.seals = {labels[0] for labels in before if before[labels] != after.get(labels)}
        return
    if name == "claims":
        sets = [{labels: set(own.values()) for labels, own in table.items()} for table in (before, after)]
        attack.rows = {
            ("Abstract", f"three {end} values, mean of the models")
            for (end,) in before
            if sets[0][end,] != sets[1][end,]
        }
        attack.may = whole("33 models of the archive", "Abstract")
        return
    for labels in before.keys() | after.keys():
        for column in PRINTED[name].digits:
            old, new = (table.get(labels, {}).get(column) for table in (before, after))
            row = quantity(name, list(labels), column)
            known = target.rows.get(row)
            if old == new or (known is None and old is not None):
                continue
            if old is not None and known["status"] not in COMPARED:
                continue
            if new is None or old is None:
                # A label that is none: the old row is gone, and the new one has nothing to stand on.
                if row[0]:
                    attack.rows.add(row)
                continue
            if new == "" or old == "":
                attack.rows.add(row)
                continue
            half = 0.5 * 10.0 ** -len(new.partition(".")[2]) if "." in new else 0
            ours = float(known["ours_with_causes"])
            other_sign = half and float(new) == 0 and new.startswith("-") != (ours < 0)
            if abs(float(new) - ours) > half + 1e-9 or other_sign:
                attack.rows.add(row)
    if name in ("items_per_value", "open_weight_scores"):
        attack.may |= whole("printed rows")
    if name == "value_scores":
        expect_orders(target, before, after, attack)
        if before.keys() != after.keys():
            # Another set of models: what is said of the models of Table 8 has nothing to stand on, or changes.
            attack.may |= whole("Appendix F", "Abstract", OF_TABLE_8, "33 models of the archive", "open differences")
    if name == "reliability":
        attack.may |= whole(OF_TABLE_8, "Appendix F", "open differences")
    if name == "counts":
        attack.may |= whole("cut to whole raters", "open differences")


def expect_orders(target: Target, before: dict, after: dict, attack: Attack) -> None:
    """The rows of the three highest and lowest values of each model whose printed numbers changed."""
    for labels, own in after.items():
        if before.get(labels) == own:
            continue
        numbers = {value: float(text) for value, text in own.items()}
        for end, sign in (("highest", 1), ("lowest", -1)):
            row = (ORDER, f"{labels[0]}: three {end} values")
            if row not in target.rows:
                continue
            third = sorted(sign * number for number in numbers.values())[-3]
            surely = {value for value, number in numbers.items() if sign * number > third}
            possibly = {value for value, number in numbers.items() if sign * number >= third}
            if not surely <= set(target.rows[row]["ours_with_causes"].split(", ")) <= possibly:
                attack.rows.add(row)
    for labels in before.keys() - after.keys():
        attack.rows |= {(ORDER, f"{labels[0]}: three {end} values") for end in ("highest", "lowest")}
