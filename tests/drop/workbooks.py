#!/usr/bin/env python3
"""Workbooks as openpyxl makes them, whole and damaged, read by the agent's reader: workbooks.py READ_SHEET."""
import datetime
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation

reader = sys.argv[1]
folder = tempfile.TemporaryDirectory()
path = pathlib.Path(folder.name) / "Danh sách khen thưởng.xlsx"


def read(content):
    if isinstance(content, openpyxl.Workbook):
        content.save(path)
    else:
        path.write_bytes(content)
    ran = subprocess.run([reader, path], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, (ran.returncode, ran.stderr[-2000:])
    return json.loads(ran.stdout)


def expect(content, rows):
    got = read(content)
    assert got.get("rows") == rows, f"{got}\nis not\n{rows}"
    return got


def refused(content, about):
    got = read(content)
    assert about in got.get("refused", ""), (about, got)


def table():
    """A list as clerks make it: titles merged over it, a header, a column merged down, an empty row."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Năm 2020"
    page["A1"] = "DANH SÁCH CÁ NHÂN ĐƯỢC KHEN THƯỞNG"
    page.merge_cells("A1:F1")
    page["A2"] = "(Kèm theo Quyết định số 15/QĐ-UBND)"
    page.merge_cells("A2:F2")
    page.append([])
    page.append(["STT", "Họ và tên", "Số quyết định", "Ngày quyết định", "Số lượng", "Đã trao"])
    page.append([1, "Cá nhân 0001", "15/QĐ-UBND", datetime.date(2021, 2, 5), 1454, True])
    page.append([2, "Cá nhân 0002", None, datetime.datetime(2021, 2, 5, 8, 30), 1450.0, False])
    page.append([])
    page.append([3, "  Cá nhân 0003", None, "5/2/2021", 957.93, None])
    page.merge_cells("C5:C8")
    page["D5"].number_format = page["D6"].number_format = "dd/mm/yyyy"
    page["E6"].number_format = "0.00E+00"
    page["B5"].font = Font(name="Times New Roman", bold=True)
    rule = DataValidation(type="list", formula1='"GK,LDTT"')
    page.add_data_validation(rule)
    rule.add("G5:G5000")
    return book


ROWS = [
    [1, "DANH SÁCH CÁ NHÂN ĐƯỢC KHEN THƯỞNG"],
    [2, "(Kèm theo Quyết định số 15/QĐ-UBND)"],
    [4, "STT", "Họ và tên", "Số quyết định", "Ngày quyết định", "Số lượng", "Đã trao"],
    [5, "1", "Cá nhân 0001", "15/QĐ-UBND", "05/02/2021", "1454", "1"],
    [6, "2", "Cá nhân 0002", "15/QĐ-UBND", "05/02/2021", "1450", "0"],
    [8, "3", "  Cá nhân 0003", "15/QĐ-UBND", "5/2/2021", "957,93"],
]
expect(table(), ROWS)

book = table()
book.epoch = CALENDAR_MAC_1904
expect(book, ROWS)

book = table()
notes = book.create_sheet("Ghi chú", 0)
notes["A1"] = "Lưu ý"
hidden = book.create_sheet("Mã")
hidden.append(["Mã", "Tên"])
hidden.append(["GK", "Giấy khen"])
hidden.sheet_state = "hidden"
got = expect(book, ROWS)
assert "Năm 2020" in got["note"] and "Ghi chú" in got["note"], got["note"]
hidden.sheet_state = "visible"
refused(book, "«Năm 2020» và «Mã»")

book = table()
book.active["B5"] = "=A5&\"x\""  # openpyxl computes nothing
got = read(book)["rows"]
assert got[3][2] == "#CHƯA TÍNH!", got[3]

old = openpyxl.Workbook()  # typed with the font .VnTime, and with VNI-Times
old.active.append(["Họ tên", "Nơi công tác"])
for name in ("NguyÔn V¨n Thµnh", "Vò Nam", "TrÇn ThÞ Hång"):
    old.active.append([name])
got = read(old)
assert [r[1] for r in got["rows"][1:]] == ["Nguyễn Văn Thành", "Vũ Nam", "Trần Thị Hồng"], got
assert "TCVN3" in got["note"], got
old = openpyxl.Workbook()
old.active.append(["Hoï teân", "Nôi coâng taùc"])
old.active.append(["Nguyeãn Vaên AÙnh", "Tröôøng Tieåu hoïc Ñoâng Thaïnh"])
expect(old, [[1, "Họ tên", "Nơi công tác"], [2, "Nguyễn Văn Ánh", "Trường Tiểu học Đông Thạnh"]])

big = openpyxl.Workbook(write_only=True)
page = big.create_sheet("Bảng")
page.append(["Họ tên", "Năm"])
for i in range(100_001):
    page.append([f"Cá nhân {i}", 2020])
refused(big, "quá 100000 dòng")

# Cut short anywhere it says so, and nothing worse; a flipped byte is found by the archive's checksum.
whole = io.BytesIO()
table().save(whole)
whole = whole.getvalue()
for i in range(1, 24):
    got = read(whole[: len(whole) * i // 24])
    assert "refused" in got, (i, got)
for i in range(0, len(whole), len(whole) // 40):
    got = read(whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :])
    assert "refused" in got or got["rows"] == ROWS, (i, got)


def archive(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


parts = parts_of(whole)
sheet = "xl/worksheets/sheet1.xml"
bomb = parts | {sheet: b"<worksheet><sheetData>" + b"<row/>" * 80_000_000}
refused(archive(bomb), "quá lớn")  # 480 MB in half a megabyte
refused(archive(parts | {sheet: b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><worksheet>&a;</worksheet>"}), "DOCTYPE")
refused(archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "LibreOffice")
refused(archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}), "Word")
refused(archive({"danh sách.csv": "Họ tên"}), "giải nén")


def compound(*names):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + b"".join(n.encode("utf-16le") + bytes(64) for n in names)


refused(compound("Root Entry", "Workbook"), ".xls")
refused(compound("Root Entry", "EncryptionInfo", "EncryptedPackage"), "mật khẩu")
refused(compound("Root Entry", "WordDocument"), "Word")
refused(b"%PDF-1.7\n", "PDF")
refused(b"\xff\xd8\xff\xe0", "ảnh")
refused(b"Rar!\x1a\x07", "giải nén")
refused(b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "Save As")
refused("\ufeffHọ tên;Năm".encode("utf-16"), "UTF-16")
print("workbooks: all read or refused as they should be")
