#!/usr/bin/env python3
"""Writes the seeds of fuzz_xlsx: whole workbooks, small ones, and single parts behind the byte that places them.

Run by hand; the seeds are kept with the sources. What fuzzing found beside them (found-*) is left alone.
"""
import io
import pathlib
import zipfile

corpus = pathlib.Path(__file__).resolve().parent / "corpus" / "xlsx"
corpus.mkdir(parents=True, exist_ok=True)
ROOT, BOOK, RELATIONS, STRINGS, STYLES, PAGE = range(6)


def part(name, place, text):
    (corpus / name).write_bytes(bytes([place]) + text.encode())


def archive(name, parts, how=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for path, text in parts.items():
            made.writestr(zipfile.ZipInfo(path), text, how)
    (corpus / name).write_bytes(out.getvalue())
    return out.getvalue()


def page(rows, after=""):
    return f"<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>"


book = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>",
    "xl/workbook.xml": "<workbook><workbookPr date1904='1'/><sheets><sheet name='Một' r:id='r1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='w.xml'/>"
    "<Relationship Id='r2' Type='x/sharedStrings' Target='s.xml'/></Relationships>",
    "xl/s.xml": "<sst><si><t>Họ tên</t></si><si><r><t>Nă</t></r><rPh><t>x</t></rPh><r><t>m</t></r></si></sst>",
    "xl/w.xml": page("<row r='2'><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row r='4'><c><v>2020</v></c></row>"),
}
whole = archive("whole", book)
archive("stored", book, zipfile.ZIP_STORED)
archive("no_strings", {k: v for k, v in book.items() if k != "xl/s.xml"})
archive("ods", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, zipfile.ZIP_STORED)
archive("word", {"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"})
(corpus / "cut").write_bytes(whole[: len(whole) // 2])
(corpus / "flipped").write_bytes(whole[:300] + bytes([whole[300] ^ 0x10]) + whole[301:])
(corpus / "text").write_bytes("P;Họ tên\nP;NguyÔn V¨n Thµnh\n".encode())
(corpus / "bare_end").write_bytes(b"PK\5\6" + bytes(18))

part("root", ROOT, "<Relationships><Relationship Type='officeDocument' Target='../x'/></Relationships>")
part("book", BOOK, "<x:workbook><x:sheet name='a' state='hidden' x:id='r2'/><x:sheet name='&#241;' x:id='r1'/></x:workbook>")
part("relations", RELATIONS, "<R><Relationship Id='r1' Type='/worksheet' Target='/xl/worksheets/sheet1.xml'/></R>")
part("strings", STRINGS, "<sst><si><t>_x000D_ _x1EC7_</t></si><si/><si><t>'=1</t></si></sst>")
part("styles", STYLES, "<s><numFmts><numFmt numFmtId='164' formatCode='[$-42A]dd\\/mm\\/yyyy;@'/>"
     "<numFmt numFmtId='165' formatCode='00000'/><numFmt numFmtId='166' formatCode='\"a'/></numFmts>"
     "<cellXfs><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/></cellXfs></s>")
cells = ("<c r='A1' t='inlineStr'><is><t>Họ tên</t></is></c><c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c>"
         "<c t='str'><f>A1</f><v>x</v></c><c><f>A1</f></c><c t='d'><v>2021-02-05T00:00</v></c>"
         "<c s='0'><v>44232.5</v></c><c s='1'><v>0.75</v></c><c><v>1.45E+3</v></c><c><v>-1e-9</v></c><c><v>60</v></c>")
part("page", PAGE, page(f"<row r='1'>{cells}</row>"))
part("merges", PAGE, page("<row r='1'><c><v>1</v></c></row><row r='3'><c r='B3'><v>2</v></c></row>",
                          "<mergeCells><mergeCell ref='A1:A9'/><mergeCell ref='B3:B1048576'/></mergeCells>"))
part("doctype", PAGE, "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>")
part("far", PAGE, page("<row r='1'><c r='XFD1'><v>1</v></c></row>"))
part("backwards", PAGE, page("<row r='9'/><row r='1'/>"))
