#!/usr/bin/env python3
"""Fills forms with the real command, and opens what it wrote again: check_files.py FORM_LEDGER HUB"""
import csv
import json
import os
import subprocess
import sys
import tempfile

import openpyxl

make_ledger, hub = sys.argv[1:]
failures = []


def check(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: {got!r} instead of {wanted!r}")


def form(*arguments, lang="vi"):
    environment = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    done = subprocess.run([hub, "form", *arguments, "--dir", folder + "/hub", "--lang", lang],
                          capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def fill(name, place, out, *more, lang="vi"):
    code, _, errors = form(name, "--place", place, "--period", "2024", "--out", out, *more, lang=lang)
    check(f"{name} at {place}", (code, errors), (0, ""))


def sheet_of(name, place, *more):
    path = f"{folder}/{name}-{place}.xlsx"
    fill(name, place, path, *more)
    book = openpyxl.load_workbook(path)
    check("sheets", book.sheetnames, [name])
    return book[name]


def row_of(sheet, code):
    for row in sheet.iter_rows(min_row=1):
        if row[1].value == code and row[0].value is not None:
            return row
    raise SystemExit(f"no row of the code {code}")


def values(sheet, code):
    return [cell.value for cell in row_of(sheet, code)[2:]]


def circular():
    sheet = sheet_of("0602", "80")
    check("form number", sheet["A1"].value, "Biểu số 0602.N/BNV-TĐKT")
    check("order", sheet["A2"].value, "Ban hành theo Thông tư số 2/2023/TT-BNV")
    check("due", sheet["A3"].value, "Ngày nhận báo cáo: 15/12 năm báo cáo")
    check("title", sheet["B1"].value, "SỐ LƯỢNG KHEN THƯỞNG CẤP NHÀ NƯỚC")
    check("period", sheet["B3"].value, "Năm 2024")
    check("header of two columns", sheet["D5"].value, "Huân chương")
    check("below it", [sheet["D6"].value, sheet["E6"].value], ["Tập thể", "Cá nhân"])
    merged = {str(r) for r in sheet.merged_cells.ranges}
    for wanted in ("A5:A6", "B5:B6", "C5:C6", "D5:E5", "F5:G5", "H5:H6", "L5:M5", "O5:O6"):
        check(f"{wanted} is merged", wanted in merged, True)
    check("letters and numbers", [cell.value for cell in sheet[7]],
          ["A", "B"] + [str(n) for n in range(1, 14)])
    check("row 01", values(sheet, "01"), [1262, 3, 3, 4, 5, 1, 2, 6, 10, 9, 1200, 9, 10])
    check("row 07", values(sheet, "07"), [4, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0])
    for cell in row_of(sheet, "02")[2:]:
        check(f"{cell.coordinate} is a number", cell.data_type, "n")
        check("a zero shows as a dash", cell.number_format, '[$-42A]#,##0;[$-42A]-#,##0;"–"')
    check("a code is a text", row_of(sheet, "01")[1].data_type, "s")
    check("landscape", sheet.page_setup.orientation, "landscape")
    check("A4", str(sheet.page_setup.paperSize), "9")
    check("fits the page's width (1 when not said)",
          (sheet.page_setup.fitToWidth in (None, 1), sheet.sheet_properties.pageSetUpPr.fitToPage), (True, True))
    check("headings on every page", sheet.print_title_rows, "$5:$7")
    text = "\n".join(str(row[0].value) for row in sheet.iter_rows() if row[0].value)
    for wanted in ("Mức độ đầy đủ: 1/1 đơn vị", "theo chỉ thị ", "mốc ", "Ký hiệu: – không phát sinh"):
        check(f"foot says {wanted!r}", wanted in text, True)
    signatures = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    check("signatures", ("Người lập biểu" in signatures, "Thủ trưởng đơn vị" in signatures), (True, True))


def missing_and_zero():
    sheet = sheet_of("DP01", "807")
    check("reported", values(sheet, "28159"), [50, 50])
    check("declared nil", values(sheet, "28162"), [0, 0])
    check("silent", values(sheet, "28168"), ["…", "…"])


def shares():
    sheet = sheet_of("DP02", "807")
    cells = row_of(sheet, "GK")[2:]
    check("a share", (cells[11].value, cells[11].data_type, cells[11].number_format),
          (0.351, "n", "[$-42A]0.0%"))


def no_formulas():
    sheet = sheet_of("DP03", "80")
    cells = row_of(sheet, "=Chuyển đổi số")
    check("a text that looks like a formula", [c.data_type for c in cells[:2]], ["s", "s"])
    path = folder + "/DP03.csv"
    fill("DP03", "80", path)
    raw = open(path, "rb").read()
    check("byte order mark", raw[:3], b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    found = [row for row in rows if len(row) == 11 and "Chuyển" in row[0]]
    check("CSV", found, [["'=Chuyển đổi số", "'=Chuyển đổi số", "7", "0", "7", "0", "0", "0", "0", "7", "0"]])


def as_json():
    path = folder + "/0603.json"
    fill("0603", "80", path, lang="en")
    told = json.load(open(path))
    check("schema", told["schema"], "lienthong.form/1")
    check("columns", [c["code"] for c in told["columns"]], ["1", "2", "3", "4", "5"])
    rows = {row["code"]: row["values"] for row in told["rows"] if row["code"]}
    check("row 05", rows["05"], [186, 161, 11, 0, 14])
    check("completeness", told["completeness"]["units"], 1)
    check("lengths", [len(told["cut"]), len(told["directives"])], [64, 64])
    check("label", told["columns"][4]["label"], "Commemorative Medal")
    code, out, _ = form("0603", "--place", "30", "--period", "2024", "--json")
    check("silent place", (code, json.loads(out)["rows"][0]["values"]), (0, [None] * 5))


def refused():
    bad = folder + "/bad.json"
    open(bad, "w").write('{"form": "X", "version": "1", "title": "X", "rows": [{"code": "1", "text": "a",'
                         ' "where": ["recipient=crowd"]}], "columns": [{"code": "1", "text": "b"}]}')
    code, out, errors = form(bad, "--place", "80", "--period", "2024", lang="en")
    check("a bad form", (code, out), (2, ""))
    check("says where and why", "bad.json: rows[0].where[0]: recipient has no value \"crowd\"" in errors, True)
    code, _, errors = form("0699", "--place", "80", "--period", "2024", lang="en")
    check("no such form", (code, "0602 (2/2023/TT-BNV)" in errors), (1, True))
    check("no such file type", form("0602", "--place", "80", "--period", "2024", "--out", "x.doc")[0], 64)
    code, _, errors = form("0602", "--place", "80", "--period", "2024", "--out", folder + "/none/x.xlsx")
    check("nowhere to write", (code, "none/x.xlsx" in errors), (2, True))


def own_forms():
    os.mkdir(folder + "/forms")
    text = open(os.path.join(os.path.dirname(__file__), "../../hub/forms/0603.json")).read()
    new = text.replace('"version": "2/2023/TT-BNV"', '"version": "18/2025/TT-BNV", "valid_from": 2024')
    open(folder + "/forms/0603-2025.json", "w").write(new)
    for period, version in (("2023", "2/2023/TT-BNV"), ("2024", "18/2025/TT-BNV")):
        code, out, _ = form("0603", "--place", "80", "--period", period, "--json", "--forms", folder + "/forms")
        check(f"version for {period}", (code, json.loads(out)["version"]), (0, version))
    code, out, _ = form("--list", "--forms", folder + "/forms")
    check("list", (code, out.count("0603")), (0, 2))
    code, out, _ = form("--list", "--json")
    forms = {one["form"]: (one["rows"], one["columns"]) for one in json.loads(out)["forms"]}
    check("list as JSON", (code, forms["0602"], forms["DP04"]), (0, (22, 13), (2, 19)))


with tempfile.TemporaryDirectory() as folder:
    os.mkdir(folder + "/hub")
    subprocess.run([make_ledger, folder + "/hub"], check=True)
    for test in (circular, missing_and_zero, shares, no_formulas, as_json, refused, own_forms):
        test()
for failure in failures:
    print("check_files:", failure)
print("check_files:", "failed" if failures else "all files are as they should be")
sys.exit(1 if failures else 0)
