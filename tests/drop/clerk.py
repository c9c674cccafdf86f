"""A clerk who has only a folder: clerk.py CASE. Real hub and agent, driven from the file system alone."""
import os, pathlib, re, shutil, signal, subprocess, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))
import openpyxl

import tree
from tree import Agent, Failed, Hub, Tree, main, same, until

VIETNAMESE = {**os.environ, "LANG": "vi_VN.UTF-8", "LC_ALL": "vi_VN.UTF-8"}
HEAD = ["STT", "Mã", "Số quyết định", "Ngày quyết định", "Năm", "Đối tượng", "Họ và tên", "Nơi công tác"]


class Office(Agent):
    """An agent at work on a clerk's PC, and the folder on its desktop."""

    def __init__(self, t, unit, hub, folder=None):
        super().__init__(t, unit, hub)
        self.folder = folder or t.root / "Thi đua – Khen thưởng xã Phước Lý"
        self.cmd("drop", "--folder", self.folder)
        self.log = t.root / "office.log"
        self.begin()

    def begin(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([self.program, "run", "--dir", str(self.dir)], stdout=log, stderr=log, env=VIETNAMESE)
        self.tree.processes.append(self.process)

    def end(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        return self.process.wait(tree.PATIENCE_S)

    def watched(self):
        """The inodes of which the kernel tells the agent, or wine's server, which watches for it."""
        watcher = os.environ.get("LT_WATCHER", self.process.pid)

        def told_of(descriptor):
            try:
                return descriptor.read_text()
            except FileNotFoundError:  # closed meanwhile
                return ""

        told = "".join(map(told_of, pathlib.Path("/proc/%s/fdinfo" % watcher).iterdir()))
        return {int(ino, 16) for ino in re.findall(r"inotify wd:\S+ ino:(\S+)", told)}

    def path(self, name):
        return self.folder / name

    def page(self):
        try:
            return self.path("Tình trạng.html").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def await_file(self, name, newer_than=None):
        """Its content, once it is there (and is not that one)."""
        path = self.path(name)
        read = lambda: path.read_bytes() if path.exists() else None
        until(lambda: pause() or read() not in (None, newer_than), "%s\n%s\n%s" % (name, os.listdir(self.folder), self.log.read_text()[-2000:]))
        return read()

    def await_page(self, *words):
        until(lambda: pause() or all(w in self.page() for w in words), "a page with %s\n%s\n%s" % (words, self.page(), self.log.read_text()[-2000:]))

    def await_green(self):
        self.await_page('class="state green"')

    def drop(self, name, rows, head=HEAD, title="DANH SÁCH KHEN THƯỞNG"):
        book = openpyxl.Workbook()
        page = book.active
        page["A1"] = title
        page.merge_cells("A1:H1")
        page.append([])
        page.append(head)
        for row in rows:
            page.append(row)
        book.save(self.path(name))

    def rows(self, name):
        """Of a workbook: by its header, below it."""
        cells = [[c if c is not None else "" for c in r] for r in openpyxl.load_workbook(self.path(name)).active.values]
        at = next(i for i, r in enumerate(cells) if "Mã dòng" in r)
        return [dict(zip(cells[at], r)) for r in cells[at + 1 :]]

    def edit(self, name, change):
        """As a clerk does it in Excel: `change` gets each row's cells by the header's names."""
        book = openpyxl.load_workbook(self.path(name))
        page = book.active
        rows = list(page.iter_rows())
        at = next(i for i, r in enumerate(rows) if any(c.value == "Mã dòng" for c in r))
        for row in rows[at + 1 :]:
            change({h.value: c for h, c in zip(rows[at], row)})
        book.save(self.path(name))


def pause():
    """Between two looks at a folder: there is nothing else to await there."""
    time.sleep(0.05)


def person(i, number="15/QĐ-UBND", name=None):
    return [i, "GK", number, "05/02/2021", 2020, "cá nhân", name if name is not None else "Cá nhân %05d" % i, "Trường Tiểu học 1"]


def counted(vn):
    return vn.quantity("28162", 2020, code="GK")


def story():
    """Drops, reads, corrects, drops again, and sees the province's receipt turn the page green."""
    with Tree() as t:
        vn = Hub(t, "VN")
        district = Hub(t, "807", vn)
        a = Office(t, "28162", district)
        a.await_page("Chưa có số liệu nào")
        a.drop("Danh sách năm 2020.xlsx", [person(1), person(2), person(3, name=""), person(4)])
        a.await_file("Danh sách năm 2020 - cần sửa.xlsx")
        a.await_file("Danh sách năm 2020 - kết quả.xlsx")
        taken, left = a.rows("Danh sách năm 2020 - kết quả.xlsx"), a.rows("Danh sách năm 2020 - cần sửa.xlsx")
        same([r["Họ và tên"] for r in taken], ["Cá nhân 00001", "Cá nhân 00002", "Cá nhân 00004"], "taken")
        assert all(r["Kết quả"] == "đã nhận" and r["Mã dòng"] for r in taken), taken
        same([(r["STT"], r["Kết quả"]) for r in left], [("3", "không nhận")], "left")
        assert "tên" in left[0]["Lý do kết quả"], left
        a.await_page("1 dòng chưa nhận", 'class="state wrong"')

        a.edit("Danh sách năm 2020 - cần sửa.xlsx", lambda row: setattr(row["Họ và tên"], "value", "Cá nhân 00003"))
        a.await_file("Danh sách năm 2020 - kết quả 2.xlsx")
        same([r["Kết quả"] for r in a.rows("Danh sách năm 2020 - kết quả 2.xlsx")], ["đã nhận"], "corrected")
        a.await_green()
        same(counted(vn), 4, "at the province")
        assert not a.path("Danh sách năm 2020 - cần sửa 2.xlsx").exists()

        shutil.copy(a.path("Danh sách năm 2020.xlsx"), a.path("Bản sao.xlsx"))
        a.await_file("Bản sao - cần sửa.xlsx")
        same([r["Kết quả"] for r in a.rows("Bản sao - kết quả.xlsx")], ["đã có"] * 3, "the same again")
        same([r["STT"] for r in a.rows("Bản sao - cần sửa.xlsx")], ["3"], "and the same is left")
        a.path("Bản sao.xlsx").unlink()
        a.path("Bản sao - cần sửa.xlsx").unlink()
        same(counted(vn), 4, "once")

        before = a.await_file("Đã báo cáo.xlsx")
        same(len(a.rows("Đã báo cáo.xlsx")), 4, "what was reported")

        def change(row):
            if row["Họ tên/Tên"].value == "Cá nhân 00001":
                row["Họ tên/Tên"].value = "Cá nhân 11111"
            if row["Họ tên/Tên"].value == "Cá nhân 00002":
                row["Thao tác"].value, row["Lý do"].value = "Xóa", "nhập nhầm"

        a.edit("Đã báo cáo.xlsx", change)
        edited = a.path("Đã báo cáo.xlsx").read_bytes()
        a.await_file("Đã báo cáo - kết quả.xlsx")
        same(sorted(r["Kết quả"] for r in a.rows("Đã báo cáo - kết quả.xlsx")), ["đã có", "đã có", "đã gỡ", "đã sửa"], "edited")
        assert a.await_file("Đã báo cáo.xlsx", edited) != before
        same(sorted(r["Họ tên/Tên"] for r in a.rows("Đã báo cáo.xlsx")), ["Cá nhân 00003", "Cá nhân 00004", "Cá nhân 11111"], "the list anew")
        until(lambda: counted(vn) == 3, "the retraction at the province")

        a.path("Bản cũ.xlsx").write_bytes(before)
        a.edit("Bản cũ.xlsx", lambda row: row["Họ tên/Tên"].value == "Cá nhân 00001"
               and setattr(row["Họ tên/Tên"], "value", "Cá nhân 22222"))
        a.await_file("Bản cũ - cần sửa.xlsx")
        asked = a.rows("Bản cũ - cần sửa.xlsx")
        same(sorted(r["Kết quả"] for r in asked), ["hỏi lại", "hỏi lại"], "an old list")  # edited, and removed since
        assert any("danh sách cũ" in r["Lý do kết quả"] for r in asked), asked
        a.path("Bản cũ - cần sửa.xlsx").unlink()
        a.path("Bản cũ.xlsx").unlink()
        a.await_green()
        vn.audit()


def places():
    """Thử checks and stores nothing; Gỡ takes a wrong file back whole."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.await_file("Tình trạng.html")
        until(lambda: pause() or {p.stat().st_ino for p in (a.folder, a.path("Thử"), a.path("Gỡ"))} <= a.watched(), "a new folder is watched whole")
        a.drop("Thử/Bảng.xlsx", [person(1), person(2, name="")])
        a.await_file("Thử/Bảng - cần sửa.xlsx")
        same([r["Kết quả"] for r in a.rows("Thử/Bảng - kết quả.xlsx")], ["đã nhận"], "would be taken")
        a.await_page("chỉ kiểm tra, chưa lưu")
        same(a.status()["records"], 0, "nothing was stored")

        a.drop("Nhầm xã.xlsx", [person(i) for i in range(1, 21)])
        a.await_green()
        same(counted(vn), 20, "counted")
        os.rename(a.path("Nhầm xã.xlsx"), a.path("Gỡ/Nhầm xã.xlsx"))
        a.await_file("Gỡ/Nhầm xã - kết quả.xlsx")
        same({r["Kết quả"] for r in a.rows("Gỡ/Nhầm xã - kết quả.xlsx")}, {"đã gỡ"}, "taken back")
        until(lambda: counted(vn) == 0, "nothing is left of it")
        same(len(a.rows("Đã báo cáo.xlsx")), 0, "nor in the list")

        shutil.rmtree(a.path("Thử"))  # what is made again is watched again
        if "LT_WATCHER" not in os.environ:  # wine does not say that a folder has gone
            until(lambda: pause() or (a.path("Thử").exists() and a.path("Thử").stat().st_ino in a.watched()), "Thử is watched")

        a.drop("Chốt số liệu 2020.xlsx", [["chốt số liệu", "2020", "có", "x"]], ["Loại", "Thời gian", "Không phát sinh", "Ý kiến"], title="CHỐT SỐ LIỆU")
        a.await_file("Chốt số liệu 2020 - kết quả.xlsx")
        same([r["kind"] for r in a.records() if r["state"] != "retracted"], ["declaration"], "the period is declared")
        a.await_page("không dùng cột «Ý kiến»")
        a.await_green()

        csv = "Mã;Số QĐ;Ngày QĐ;Năm;Đối tượng;Họ tên;Ghi chú;Mã dòng\nGK;16;05/02/2021;2020;cá nhân;Cá nhân 91;%s;%s\n"
        a.path("Đầu.csv").write_text(csv % ("cũ", ""))
        ref = a.await_file("Đầu - kết quả.csv").decode("utf-8-sig").splitlines()[1].split(";")[7]
        a.path("Sửa.csv").write_text(csv % ("mới", ref))
        assert "đã sửa" in a.await_file("Sửa - kết quả.csv").decode("utf-8-sig")
        a.path("Lại.csv").write_text(csv % ("cũ", ""))  # the same bytes again take nothing back
        assert "thay đổi sau đó" in a.await_file("Lại - kết quả.csv").decode("utf-8-sig")
        os.rename(a.path("Sửa.csv"), a.path("Gỡ/Sửa.csv"))
        assert "như trước" in a.await_file("Gỡ/Sửa - kết quả.csv").decode("utf-8-sig")
        a.path("Gỡ/Khác.csv").write_text(csv % ("khác", ""))  # it brought nothing
        assert "«Đầu.csv»" in a.await_file("Gỡ/Khác - cần sửa.csv").decode("utf-8-sig")
        until(lambda: [r["Ghi chú"] for r in a.rows("Đã báo cáo.xlsx") if r["Ghi chú"]] == ["cũ"] or pause(), "as it was, and still there")


def refused():
    """What cannot be read gets an answer, and none of it is stored."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.drop("Có CCCD.xlsx", [person(1) + ["001099012345"]], HEAD + ["Số CCCD"])
        assert "Xóa cột này" in a.await_file("Có CCCD - không nhận.txt").decode("utf-8-sig")
        a.path("Đời cũ.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "Workbook".encode("utf-16le"))
        assert "Save As" in a.await_file("Đời cũ - không nhận.txt").decode("utf-8-sig")
        a.await_page("Có CCCD.xlsx", "Đời cũ.xls", 'class="state wrong"')
        a.path("Chốt.csv").write_text("Loại;Năm\nchốt số liệu;2020\n")  # while they are not in
        assert "chưa chốt" in a.await_file("Chốt - cần sửa.csv").decode("utf-8-sig")
        same(a.status()["records"], 0, "nothing was stored")
        a.drop("Có CCCD.xlsx", [person(1)])
        a.await_file("Có CCCD - kết quả.xlsx")
        until(lambda: pause() or not a.path("Có CCCD - không nhận.txt").exists(), "the former answer goes")
        a.path("Đời cũ.xls").unlink()
        until(lambda: pause() or not a.path("Đời cũ - không nhận.txt").exists(), "the answer goes with its file")
        a.path("Chốt - cần sửa.csv").write_text("Loại;Năm\nchốt số liệu;2020\n\n")
        assert "đã nhận" in a.await_file("Chốt - kết quả 2.csv").decode("utf-8-sig")
        a.await_green()
        a.path("Đường tắt.csv").symlink_to(a.dir / "drop.json")  # what the program may read, and the clerk perhaps not
        a.path("Bảng.csv").write_text("Mã;Số QĐ;Ngày QĐ;Năm;Đối tượng;Họ tên\nGK;16;05/02/2021;2020;cá nhân;Cá nhân 2\n")
        answer = a.await_file("Bảng - kết quả.csv").decode("utf-8-sig")
        assert "đã nhận" in answer and answer.count(";") > 10, answer
        assert not list(a.folder.glob("Đường tắt - *")), os.listdir(a.folder)


def templates():
    """Fresh templates with the words of the catalogue; filled in, one is a file like any other, and the clerk's."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.await_file("Mẫu khen thưởng.csv")
        book = openpyxl.load_workbook(a.path("Mẫu khen thưởng.xlsx"))
        page, lists = book["Khen thưởng"], book["Danh mục"]
        same(lists.sheet_state, "hidden", "the lists")
        rows = list(page.iter_rows())
        at = next(i for i, r in enumerate(rows) if any(c.value == "Số quyết định" for c in r))
        head = {c.value: c.column for c in rows[at]}
        offers = {}
        for rule in page.data_validations.dataValidation:
            column = rule.formula1.split("$")[1]
            offers[rule.sqref.ranges[0].min_col] = [c.value for c in lists[column] if c.value]
        assert "Giấy khen" in offers[head["Mã danh hiệu/hình thức"]], offers
        same(offers[head["Đối tượng"]], ["tập thể", "doanh nghiệp", "hộ gia đình", "cá nhân"], "recipients")
        a.path("Mẫu khen thưởng.csv").unlink()
        a.await_file("Mẫu khen thưởng.csv")
        for k, value in {"Mã danh hiệu/hình thức": "Giấy khen", "Số quyết định": "15/QĐ-UBND", "Ngày quyết định": "05/02/2021", "Thời gian": "2020", "Đối tượng": "cá nhân", "Họ tên/Tên": "Cá nhân 1"}.items():
            page.cell(at + 2, head[k], value)
        book.save(a.path("Mẫu khen thưởng.xlsx"))
        a.await_file("Mẫu khen thưởng - kết quả.xlsx")
        same([r["Kết quả"] for r in a.rows("Mẫu khen thưởng - kết quả.xlsx")], ["đã nhận"], "filled in")
        mine = a.path("Mẫu khen thưởng.xlsx").read_bytes()
        catalogue = t.root / "more.csv"
        lines = tree.CATALOGUE.read_text(encoding="utf-8").splitlines()
        gk = [l for l in lines if l.startswith("GK,")][-1]
        catalogue.write_text(lines[0] + "\n" + gk.replace("GK,", "GK_MOI,").replace("Giấy khen", "Giấy khen mới") + "\n", encoding="utf-8")
        vn.cmd("catalog", "import", catalogue)
        a.path("Mẫu khen thưởng.xlsx").rename(a.path("Tháng một.xlsx"))
        names = lambda: [c.value for r in openpyxl.load_workbook(a.path("Mẫu khen thưởng.xlsx"))["Danh mục"].iter_rows() for c in r] if a.path("Mẫu khen thưởng.xlsx").exists() else []
        until(lambda: pause() or "Giấy khen mới" in names(), "a template of the new catalogue")
        same(a.path("Tháng một.xlsx").read_bytes(), mine, "the clerk's own stays")


def unfinished():
    """A file still open in Excel, one being written, a half-copied one: they wait, and are taken when they are whole."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.await_file("Tình trạng.html")
        whole = t.root / "whole.xlsx"
        a.drop("../whole.xlsx", [person(i) for i in range(1, 301)])
        a.path("~$Mở.xlsx").write_bytes(b"x" * 165)
        shutil.copy(whole, a.path("Mở.xlsx"))
        half = whole.read_bytes()
        with open(a.path("Chép.xlsx"), "wb") as copying:
            copying.write(half[: len(half) // 2])
            copying.flush()
            a.await_page("Đang chờ tệp")
            same(a.status()["records"], 0, "nothing was read")
            assert not list(a.folder.glob("*không nhận*")), os.listdir(a.folder)
            copying.write(half[len(half) // 2 :])
        a.await_file("Chép - kết quả.xlsx")
        assert not a.path("Mở - kết quả.xlsx").exists()
        a.path("Cắt.xlsx").write_bytes(half[: len(half) - 100])  # closed, and without its end
        a.path("~$Mở.xlsx").unlink()
        a.await_file("Mở - kết quả.xlsx")
        same({r["Kết quả"] for r in a.rows("Mở - kết quả.xlsx")}, {"đã có"}, "read once it was closed")
        assert not list(a.folder.glob("Cắt - *")), os.listdir(a.folder)
        a.path("Cắt.xlsx").write_bytes(half)
        a.await_file("Cắt - kết quả.xlsx")
        same(a.status()["records"], 300, "once")


def killed():
    """The pass, the agent or both are killed while a file is taken in: it is in once, and answered."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.await_file("Tình trạng.html")
        a.end()
        a.drop("Bảng.xlsx", [person(i) for i in range(1, 501)])
        for delay in (2.1, 2.3, 2.5, 2.7, 3.0, 3.5):
            pass_ = subprocess.Popen([a.program, "drop", "--dir", str(a.dir)], env=VIETNAMESE)
            try:
                pass_.wait(delay)
            except subprocess.TimeoutExpired:
                pass_.kill()
                pass_.wait()
        a.path("Bảng - kết quả.xlsx.%d.tmp" % pass_.pid).write_bytes(b"PK")
        a.begin()
        a.await_file("Bảng - kết quả.xlsx")
        a.await_green()
        same(counted(vn), 500, "each once")
        until(lambda: pause() or not list(a.folder.glob("*.tmp")), "nothing half-written stays")
        assert not a.path("Bảng - cần sửa.xlsx").exists()


def ten_thousand():
    """10,000 rows in one workbook; what is sent meanwhile is not held up, and memory is bounded."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn)
        a.await_file("Tình trạng.html")
        a.end()
        a.drop("Gia đình văn hóa.xlsx", [person(i, number="%d/QĐ" % (i % 50)) for i in range(1, 10001)])
        began = time.monotonic()
        ran = subprocess.run(["/usr/bin/time", "-f", "%M", a.program, "drop", "--dir", str(a.dir)], capture_output=True, text=True, env=VIETNAMESE)
        same(ran.returncode, 0, ran.stderr)
        print("10,000 rows: %.1f s, %d MB at most" % (time.monotonic() - began, int(ran.stderr.split()[-1]) // 1024))
        if b"__asan_init" not in pathlib.Path(a.program).read_bytes():
            assert int(ran.stderr.split()[-1]) < 200 * 1024, ran.stderr
        same(len(a.rows("Gia đình văn hóa - kết quả.xlsx")), 10000, "answered")
        a.begin()
        a.await_green()
        same(counted(vn), 10000, "counted")


def small_folder(t, megabytes):
    """A file system of its own for the folder; None where mounting is not allowed."""
    folder = t.root / "Ổ nhỏ"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm" % megabytes, "none", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        print("not allowed to mount; passed over")
        return None
    t.undo.append(lambda: subprocess.run(["umount", "-l", str(folder)], capture_output=True))
    return folder


def disk_full():
    """The folder's disk is full while the result is written: said, tried again, and nothing twice."""
    with Tree() as t:
        folder = small_folder(t, 4)
        if folder is None:
            return
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn, folder)
        a.await_file("Tình trạng.html")
        a.drop("Bảng.xlsx", [person(i) for i in range(1, 1001)])
        stuffing = folder / ".stuffing"
        with open(stuffing, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
        until(lambda: pause() or "không ghi được" in a.log.read_text(), "said in the log: " + a.log.read_text())
        assert not a.path("Bảng - kết quả.xlsx").exists()
        stuffing.unlink()
        a.await_file("Bảng - kết quả.xlsx")
        same(len(a.rows("Bảng - kết quả.xlsx")), 1000, "answered whole")
        until(lambda: pause() or not list(folder.glob("*.tmp")), "nothing half-written stays")
        a.await_green()
        same(counted(vn), 1000, "each once")


def read_only():
    """The folder is read-only, then it vanishes and comes back: said, nothing is taken in unseen, all goes on by itself."""
    with Tree() as t:
        folder = small_folder(t, 16)
        if folder is None:
            return
        vn = Hub(t, "VN")
        a = Office(t, "28162", vn, folder)
        a.await_file("Tình trạng.html")
        a.end()
        a.drop("Bảng.xlsx", [person(i) for i in range(1, 11)])
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        a.begin()
        until(lambda: pause() or "không ghi được" in a.log.read_text(), "said in the log: " + a.log.read_text())
        same(a.status()["records"], 0, "not taken in without an answer")
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        a.await_file("Bảng - kết quả.xlsx")
        a.await_green()
        elsewhere = t.root / "moved"
        subprocess.run(["mount", "--make-private", str(folder)], capture_output=True)
        elsewhere.mkdir()
        subprocess.run(["mount", "--move", str(folder), str(elsewhere)], check=True)
        t.undo.append(lambda: subprocess.run(["umount", "-l", str(elsewhere)], capture_output=True))
        folder.rmdir()
        until(lambda: pause() or "không mở được" in a.log.read_text(), "said in the log: " + a.log.read_text())
        same(a.process.poll(), None, "the agent goes on")
        folder.mkdir()
        subprocess.run(["mount", "--move", str(elsewhere), str(folder)], check=True)
        a.drop("Bảng 2.xlsx", [person(i) for i in range(11, 21)])
        a.await_file("Bảng 2 - kết quả.xlsx")
        until(lambda: counted(vn) == 20, "all counted")


if __name__ == "__main__":
    main({f.__name__: f for f in (story, places, refused, templates, unfinished, killed, ten_thousand, disk_full, read_only)})
