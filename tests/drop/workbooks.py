#!/usr/bin/env python3
"""Workbooks as openpyxl, Excel and LibreOffice make them, whole and damaged, read by the agent's reader: workbooks.py READ_SHEET."""
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


# In the form in which Excel for Windows writes them: no program that may stand here does, so by hand. Namespaces to be passed
# over, strings shared and in runs, phonetic readings, a formula's cached value, a date as a number with a style of its own.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
EXCEL = {
    "[Content_Types].xml": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override
 PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>""",
    "_rels/.rels": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId3"
 Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15 xr xr6 xr10 xr2"
 xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="24931"/>
 <workbookPr defaultThemeVersion="166925"/><mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\Báo cáo\\"
 xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent><bookViews><workbookView xWindow="0"
 yWindow="0" windowWidth="20490" windowHeight="7755"/></bookViews><sheets><sheet name="Năm 2020" sheetId="1" r:id="rId1"/></sheets><calcPr calcId="191029"/>
 <extLst><ext uri="{{140A7094-0E35-4892-8432-C4D2E57EDEB5}}"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Relationships xmlns="{PACKAGE}/relationships"><Relationship
 Id="rId3" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="{OFFICE}/theme" Target="theme/theme1.xml"/><Relationship Id="rId1"
 Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId4" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>""",
    "xl/styles.xml": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164"
 formatCode="[$-1010000]dd/mm/yyyy;@"/></numFmts><fonts count="1"><font><sz val="11"/><name val="Times New Roman"/><family val="1"/></font></fonts>
 <cellXfs count="3"><xf numFmtId="0" fontId="0" xfId="0"/><xf numFmtId="164" fontId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="11"
 fontId="0" xfId="0" applyNumberFormat="1"/></cellXfs><dxfs count="0"/></styleSheet>""",
    "xl/sharedStrings.xml": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<sst xmlns="{MAIN}" count="9" uniqueCount="8"><si><t>DANH SÁCH
 KHEN THƯỞNG</t></si><si><t>Họ và tên</t></si><si><t>Ngày quyết định</t></si><si><t>Số lượng</t></si><si><r><rPr><b/><sz val="11"/><rFont
 val="Times New Roman"/></rPr><t xml:space="preserve">Cá nhân </t></r><r><rPr><sz val="11"/></rPr><t>0001</t></r><phoneticPr fontId="1"/></si><si><t>Cá
 nhân 0002</t></si><si><t>Cá nhân_x000D_
0003</t></si><si><t xml:space="preserve"> </t></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr xr2 xr3"
 xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
 xr:uid="{{00000000-0001-0000-0000-000000000000}}"><dimension ref="A1:C6"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>
 <sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><cols><col min="1" max="1" width="30.7109375" bestFit="1" customWidth="1"/></cols><sheetData>
 <row r="1" spans="1:3" x14ac:dyDescent="0.25"><c r="A1" t="s"><v>0</v></c><c r="B1"/><c r="C1"/></row><row r="3" spans="1:3" x14ac:dyDescent="0.25"><c
 r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="s"><v>3</v></c></row><row r="4" spans="1:3" ht="30" customHeight="1"
 x14ac:dyDescent="0.25"><c r="A4" t="s"><v>4</v></c><c r="B4" s="1"><v>44232</v></c><c r="C4"><f>1400+54</f><v>1454</v></c></row><row r="5" spans="1:3"
 x14ac:dyDescent="0.25"><c r="A5" t="s"><v>5</v></c><c r="B5" t="str"><f>"5/2/"&amp;2021</f><v>5/2/2021</v></c><c r="C5" s="2"><v>1450</v></c></row><row
 r="6" spans="1:3" x14ac:dyDescent="0.25"><c r="A6" t="s"><v>6</v></c><c r="B6" t="s"><v>7</v></c><c r="C6"><v>0.30000000000000004</v></c></row></sheetData>
 <mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>
 <extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"/></extLst></worksheet>""",
}
expect(archive({name: text.replace("\n ", " ") for name, text in EXCEL.items()}),
       [[1, "DANH SÁCH KHEN THƯỞNG"], [3, "Họ và tên", "Ngày quyết định", "Số lượng"], [4, "Cá nhân 0001", "05/02/2021", "1454"],
        [5, "Cá nhân 0002", "5/2/2021", "1450"], [6, "Cá nhân\r\n0003", "", "0,3"]])

# As LibreOffice 7.4 writes them: table() with E5 = 1400+54 and B8 = "Cá nhân "&"0003", `soffice --headless --convert-to xlsx|ods|xls`.
LIBREOFFICE = pathlib.Path(__file__).parent / "libreoffice"
expect((LIBREOFFICE / "list.xlsx").read_bytes(), [*ROWS[:5], [8, "3", "Cá nhân 0003", *ROWS[5][3:]]])
refused((LIBREOFFICE / "list.ods").read_bytes(), "LibreOffice")
refused((LIBREOFFICE / "list.xls").read_bytes(), ".xls")


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
