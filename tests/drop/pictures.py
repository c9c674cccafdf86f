"""The pictures of the clerk's guide, made by the real programs: pictures.py FOLDER (docs/vi/hinh).

A clerk drops a list with a wrong row, sees what the folder, the answer and the page say, corrects it, and sees the page turn
green. Pages are as Chromium shows them; folder and workbook are drawn from what is really in them.
"""
import html, os, pathlib, sys, tempfile

sys.path[1:1] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent / "web")]
from clerk import *
from chromium import driver

STYLE = """<meta charset="utf-8"><style>
* { font: 14px/1.5 "DejaVu Sans", sans-serif; } body { margin: 0; background: #fff; color: #222; }
.window { border: 1px solid #889; width: 760px; } .bar { background: #dde3ee; padding: 4px 10px; font-weight: bold; }
table { border-collapse: collapse; width: 100%; } .folder td { padding: 2px 10px; } .folder td:first-child { width: 26px; }
.icon { display: inline-block; width: 22px; color: #fff; font-size: 11px; text-align: center; border-radius: 2px; }
.new { background: #fff3c4; } .sheet td, .sheet th { border: 1px solid #c5c9d2; padding: 1px 5px; font-size: 12px; }
.sheet th { background: #eef0f4; font-weight: normal; color: #667; }
</style>"""
ICONS = {".xlsx": ("X", "#1f7244"), ".csv": ("a,", "#1f7244"), ".html": ("&lt;&gt;", "#2a5caa"), ".txt": ("≡", "#667"), "": ("▣", "#c79a2b")}


def folder_page(folder, new):
    lines = []
    for path in sorted(folder.iterdir(), key=lambda p: (p.is_file(), p.name)):
        if path.name.startswith("."):
            continue
        sign, colour = ICONS[path.suffix if path.is_file() else ""]
        lines.append('<tr class="%s"><td><span class="icon" style="background:%s">%s</span></td><td>%s</td></tr>' % (
            "new" if path.name in new else "", colour, sign, html.escape(path.name)))
    return STYLE + '<div class="window"><div class="bar">%s</div><table class="folder">%s</table></div>' % (html.escape(folder.name), "".join(lines))


def sheet_page(path, columns):
    """As a spreadsheet shows it: those columns, the fills that the workbook has."""
    page = openpyxl.load_workbook(path).active
    rows = list(page.iter_rows())
    at = next(i for i, r in enumerate(rows) if any(c.value == "Mã dòng" for c in r))
    shown = [i for i, c in enumerate(rows[at]) if c.value in columns]
    lines = ["<tr><th></th>%s</tr>" % "".join("<th>%s</th>" % rows[at][i].column_letter for i in shown)]
    for row in rows[at:]:
        cells = []
        for i in shown:
            fill = row[i].fill
            colour = "#" + fill.fgColor.rgb[-6:] if fill is not None and fill.fill_type == "solid" else "#fff"
            bold = "font-weight:bold" if row[i].font is not None and row[i].font.b else ""
            cells.append('<td style="background:%s;%s">%s</td>' % (colour, bold, html.escape(str(row[i].value or ""))))
        lines.append("<tr><th>%d</th>%s</tr>" % (row[0].row, "".join(cells)))
    return STYLE + '<div class="window"><div class="bar">%s</div><table class="sheet">%s</table></div>' % (html.escape(path.name), "".join(lines))


class Album:
    def __init__(self, folder):
        self.folder, self.browser = pathlib.Path(folder), driver()
        self.folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, name, page, width, selector):
        with tempfile.TemporaryDirectory() as beside:
            path = pathlib.Path(beside) / "page.html"
            path.write_text(page, encoding="utf-8")
            self.browser.set_window_size(width, 1400)
            self.browser.get(path.as_uri())
            self.browser.find_element("css selector", selector).screenshot(str(self.folder / (name + ".png")))


def make(folder):
    album = Album(folder)
    with Tree() as t:
        office = Office(t, "28162", Hub(t, "807", Hub(t, "VN")))
        office.await_page("Chưa có số liệu nào")
        office.drop("Danh sách năm 2020.xlsx", [person(1), person(2), person(3, name=""), person(4)])
        answers = ["Danh sách năm 2020 - cần sửa.xlsx", "Danh sách năm 2020 - kết quả.xlsx"]
        for name in answers:
            office.await_file(name)
        office.await_page("1 dòng chưa nhận", 'class="state wrong"')
        office.await_file("Đã báo cáo.xlsx")
        album.shoot("thu-muc", folder_page(office.folder, answers), 800, ".window")
        album.shoot("can-sua", sheet_page(office.path(answers[0]), ["STT", "Mã", "Năm", "Họ và tên", "Kết quả", "Lý do kết quả"]), 800, ".window")
        album.shoot("tinh-trang-do", office.page(), 800, "body")
        office.edit(answers[0], lambda row: setattr(row["Họ và tên"], "value", "Cá nhân 00003"))
        office.await_green()
        album.shoot("tinh-trang-xanh", office.page(), 800, "body")
    album.browser.quit()


if __name__ == "__main__":
    make(sys.argv[1])
