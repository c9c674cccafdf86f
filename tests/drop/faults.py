"""What a folder goes through in an office: faults.py CASE. A real agent of a real hub; each pass over the folder is asked for."""
import json, os, re, shutil, subprocess

import openpyxl

from clerk import VIETNAMESE, small_folder
from tree import Agent, Hub, Tree, main, same

HEAD = "Mã;Số QĐ;Ngày QĐ;Năm;Đối tượng;Họ tên;Nơi công tác\n"


def line(name, number="16"):
    return "GK;%s;05/02/2021;2020;cá nhân;%s;Trường 1\n" % (number, name)


class Desk(Agent):
    """A PC whose agent is not running: what happens between two passes is the test's."""

    def __init__(self, t, hub, unit="28162", folder=None, prefix=()):
        super().__init__(t, unit, hub, prefix=prefix)
        self.folder = folder or t.root / ("Bàn " + unit)
        self.cmd("drop", "--folder", self.folder, env=VIETNAMESE)

    def look(self, ok=(0,)):
        return self.cmd("drop", ok=ok, env={**VIETNAMESE, "ASAN_OPTIONS": "detect_leaks=0"})  # the workbook library leaks some words

    def look_json(self, ok):
        return self.cmd("drop", "--json", ok=ok, env={**VIETNAMESE, "ASAN_OPTIONS": "detect_leaks=0"}).stdout

    def doctor(self):
        return [f["state"] for f in json.loads(self.cmd("doctor", "--json", ok=(0, 1)).stdout)["findings"] if f["check"] == "drop"]

    def path(self, name):
        return self.folder / name

    def put(self, name, *lines, head=HEAD):
        self.path(name).write_text(head + "".join(lines), encoding="utf-8")

    def read(self, name):
        return self.path(name).read_text(encoding="utf-8-sig")

    def page(self):
        return self.read("Tình trạng.html")

    def is_wrong(self, *words):
        page = self.page()
        assert 'class="state wrong"' in page and all(w in page for w in words), (words, page)

    def is_settled(self):
        """All that is left is to be sent: nothing is asked of the clerk."""
        page = self.page()
        assert 'class="state wrong"' not in page and "chưa nhận" not in page.split("Các tệp")[0].replace("chưa nhận đủ", ""), page

    def to_send(self):
        return int(re.search("chờ gửi</th><td>(\\d+)<", self.page()).group(1))

    def names(self):
        """Everything visible, in all places."""
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def open_rows():
    """Rows that were refused stay on the page, whatever is done to the file that holds them, until they are corrected."""
    with Tree() as t:
        a = Desk(t, Hub(t, "VN"))
        a.put("X.csv", line("Một"), line(""))
        a.look()
        a.is_wrong("1 dòng chưa nhận", "X - cần sửa.csv")
        os.utime(a.path("X - cần sửa.csv"), (1, 1))  # touched
        a.look()
        a.is_wrong("1 dòng chưa nhận", "X - cần sửa.csv")
        os.rename(a.path("X - cần sửa.csv"), a.path("Để đó.csv"))  # renamed
        a.look()
        a.is_wrong("1 dòng chưa nhận", "Để đó.csv")
        a.path("Để đó.csv").write_text(a.read("Để đó.csv").replace("cá nhân;;", "cá nhân;Hai;"), encoding="utf-8")
        a.look()
        a.is_settled()
        a.path("Để đó.csv").unlink()  # tidied away: what it held is in
        a.look()
        a.is_settled()
        same(a.to_send(), 2, "both, once")


def gone_answer():
    """The answer with the refused rows is away: their own file is told of, until it is answered again."""
    with Tree() as t:
        a = Desk(t, Hub(t, "VN"))
        a.put("X.csv", line("Một"), line(""))
        a.look()
        a.path("X - cần sửa.csv").unlink()
        shutil.copy2(a.path("X.csv"), a.path("copy"))  # and the file itself under another number, which is no reason to read it
        os.replace(a.path("copy"), a.path("X.csv"))
        a.look()
        a.is_wrong("1 dòng chưa nhận", "của nó không còn")
        assert not a.path("X - cần sửa.csv").exists(), a.names()
        os.utime(a.path("X.csv"))
        a.look()
        a.is_wrong("X - cần sửa.csv")


def edited_list():
    """Edits of the list that are refused stay, beside those that come later."""
    with Tree() as t:
        a = Desk(t, Hub(t, "VN"))
        a.put("X.csv", line("Một"), line("Hai"), line("Ba"))
        a.look()
        book = lambda name: openpyxl.load_workbook(a.path(name))

        def edit(was, now):
            b = book("Đã báo cáo.xlsx")
            cell, = [c for r in b.active.iter_rows() for c in r if c.value == was]
            cell.value = now
            b.save(a.path("Đã báo cáo.xlsx"))
            a.look()

        edit("Một", None)
        edit("Hai", "Hai Mới")
        a.is_wrong("Đã báo cáo - cần sửa.xlsx")
        edit("Ba", None)
        a.is_wrong("Đã báo cáo - cần sửa.xlsx", "Đã báo cáo - cần sửa 2.xlsx")
        refs = lambda name: [str(r[0]) for r in book(name).active.values if r[0]]
        assert refs("Đã báo cáo - cần sửa.xlsx") != refs("Đã báo cáo - cần sửa 2.xlsx")
        same(sum(c.value == "Hai Mới" for r in book("Đã báo cáo.xlsx").active.iter_rows() for c in r), 1, "the good edit is in")
        shutil.copy(a.path("X - kết quả.csv"), a.path("Gỡ/Nhầm.csv"))  # our own answer, in a place where it is the clerk's
        a.look()
        same(a.read("Gỡ/Nhầm - kết quả.csv").count("đã gỡ"), 2, a.names())  # and one that was corrected since is asked about


def passed_over():
    """What cannot be read, by its name, by its kind or because it is held, is named and keeps the page from being green."""
    with Tree() as t:
        vn = Hub(t, "VN")
        district = Hub(t, "807", vn)
        a = Desk(t, district)
        for i in range(17):
            vn.cmd("notice", "28162", "Tin %02d" % i)
        district.cmd("notice", "28162", "Tin của huyện")
        a.put("X.csv", line("Một"))
        a.look()
        a.cmd("run", "--once", "--timeout", 60)
        a.look()
        page = a.page()
        assert 'class="state green"' in page, page
        same(("Tin 16" in page, "Tin của huyện" in page, "Tin 01" in page, "và 2 thông báo nữa" in page), (True, True, False, True), page)
        for old in ("Lưu", "LƯU TRỮ 2023", "luu tru", "Archive"):
            (a.folder / old).mkdir()
        a.look()
        assert 'class="state green"' in a.page(), a.page()
        (a.folder / "2024").mkdir()
        shutil.copy(a.path("X.csv"), a.path("2024/X.csv"))
        open(os.fsencode(a.folder) + b"/b\xc3o.csv", "w").close()
        a.path("Gỡ/Tắt.csv").symlink_to(a.path("X.csv"))
        a.path("Rỗng.csv").touch()
        a.put("Mở.csv", line("Hai"))
        a.path("~$Mở.csv").touch()
        a.path("Cắt.xlsx").write_bytes(b"PK\x03\x04" + bytes(500))
        for name in ("Rỗng.csv", "Mở.csv", "~$Mở.csv"):
            os.utime(a.path(name), (1, 1))
        os.utime(a.path("Cắt.xlsx"), (2051222400, 2051222400))  # of 2035
        a.put("Vừa mở.csv", line("Ba"))
        a.path("~$Vừa mở.csv").touch()
        a.look(ok=(1,))
        a.is_wrong("2024: máy không đọc trong thư mục con", "b?o.csv: tên tệp sai bảng mã", "Gỡ/Tắt.csv: là đường tắt", "Rỗng.csv: tệp rỗng",
                   "Mở.csv: chưa đọc được vì còn mở", "Cắt.xlsx", "Vừa mở.csv: đang mở hoặc đang chép")
        same(a.to_send(), 0, "nothing of it was taken in")


def unwritable_page():
    """A page that cannot be brought up to date, or not from the store, does not stay green."""
    with Tree() as t:
        folder = small_folder(t, 1)
        if folder is None:
            return
        a = Desk(t, Hub(t, "VN"), folder=folder)
        a.put("X.csv", line("Một"))
        a.look()
        a.cmd("run", "--once", "--timeout", 60)
        a.look()
        assert 'class="state green"' in a.page(), a.page()
        os.utime(a.path("Tình trạng.html"), (1, 1))
        a.look()  # an hour, and more, has passed
        assert a.path("Tình trạng.html").stat().st_mtime > 1
        a.put("Y.csv", line(""))
        with open(folder / ".stuffing", "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
        a.look(ok=(1,))
        assert not a.path("Tình trạng.html").exists() or 'class="state green"' not in a.page()
        (folder / ".stuffing").unlink()
        a.look()
        a.is_wrong("1 dòng chưa nhận")
        store = a.dir / "store" / "data.mdb"
        store.write_bytes(bytes(store.stat().st_size))
        a.look(ok=(1,))
        a.is_wrong("X.csv")
        a.path("Tình trạng.html").write_text("<html>của tôi")  # a clerk's own
        a.look(ok=(1,))
        same(a.page(), "<html>của tôi", "is not written over")


def two_users():
    """Clerk and agent are two users, and the system does not say who writes: half a file is not taken for a whole one."""
    with Tree() as t:
        if os.getuid() != 0:
            print("not root; passed over")
            return
        t.root.chmod(0o711)
        vn, folder = Hub(t, "VN"), t.root / "Chung"
        for path in (t.root / "agent-28162", folder):
            path.mkdir()
            os.chown(path, 65534, 65534)
        a = Desk(t, vn, folder=folder, prefix=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
        a.look()
        with open(a.path("X.csv"), "w", encoding="utf-8") as copying:
            copying.write(HEAD + "GK;16;05/02/2021;2020;cá nhân;Hoàng Văn Gia")
            copying.flush()
            for age in (0, 20):  # seconds for which it has not grown
                now = os.stat(copying.fileno()).st_mtime
                os.utime(a.path("X.csv"), (now - age, now - age))
                a.look(ok=(1,))
                assert "X.csv: đang mở" in a.page() and not a.path("X - kết quả.csv").exists(), a.names()
            copying.write("ng;Trường 1\n")
        os.utime(a.path("X.csv"), (now - 20, now - 20))
        a.look()
        assert "Hoàng Văn Giang" in a.read("X - kết quả.csv")
        same(a.to_send(), 1, "once, and whole")


def lost_memory():
    """What is known of the folder is lost, or the folder goes and comes: no file of ours is taken for a clerk's, nothing doubles."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Desk(t, vn)
        a.put("X.csv", line("Một"), line(""))
        a.path("Thử").mkdir()
        a.put("Thử/Y.csv", line("Hai"))
        a.look()
        names = a.names()
        backup = t.root / "backup"
        a.cmd("backup", backup)
        shutil.rmtree(a.dir)
        a.cmd("restore", backup)  # and the folder's setting with it, but not what was known of its files
        assert not (a.dir / "drop.json").exists()
        a.look()
        same(a.names(), names, "restored")
        a.is_wrong("1 dòng chưa nhận", "X - cần sửa.csv")
        same(a.to_send(), 1, "once")
        (a.dir / "drop.json").write_text("{")
        assert a.doctor() == ["warning", "ok"], a.doctor()
        forged = json.loads(a.read(".lienthong.json"))
        forged["files"] += [{"name": n, "own": True, "reason": "x"} for n in ("../agent-28162/sign.key", "Gỡ/../X.csv", "/etc/passwd", "Gỡ/", 7)]
        a.path(".lienthong.json").write_text(json.dumps(forged))
        a.cmd("drop", ok=(0,), env={"LANG": "en_US.UTF-8", "ASAN_OPTIONS": "detect_leaks=0"})  # in another language: the folder's stays
        same(a.names(), names, "damaged")
        known = [f["name"] for f in json.loads((a.dir / "drop.json").read_text())["files"]]
        same(sorted(known), names, "and nothing out of the folder is known")

        moved = t.root / "moved"
        a.folder.rename(moved)
        a.folder.mkdir()  # emptied: it begins anew
        a.look()
        assert "X - kết quả.csv" not in a.names() and a.page(), a.names()
        shutil.rmtree(a.folder)
        moved.rename(a.folder)
        a.look()
        same(a.names(), names, "as it was")

        b = Desk(t, vn, "28165", folder=a.folder)  # takes it over
        b.look()
        same([n for n in b.names() if n.count("kết quả") + n.count("cần sửa") > 1], [], "known as answers")
        names = b.names()
        a.put("Z.csv", line("Ba"))
        assert "chương trình khác" in json.loads(a.look_json(ok=(1,)))["trouble"]
        same(a.names(), sorted([*names, "Z.csv"]), "two do not answer each other")


def away():
    """The folder's disk is away for one pass: nothing is made in its place, and nothing forgotten."""
    with Tree() as t:
        folder = small_folder(t, 4)
        if folder is None:
            return
        a = Desk(t, Hub(t, "VN"), folder=folder)
        a.put("X.csv", line("Một"), line(""))
        a.look()
        names, elsewhere = a.names(), t.root / "elsewhere"
        subprocess.run(["mount", "--make-private", str(folder)], capture_output=True)
        elsewhere.mkdir()
        subprocess.run(["mount", "--move", str(folder), str(elsewhere)], check=True)
        t.undo.append(lambda: subprocess.run(["umount", "-l", str(elsewhere)], capture_output=True))
        assert "ổ đĩa có thể chưa gắn" in json.loads(a.look_json(ok=(1,)))["trouble"]
        same(list(folder.iterdir()), [], "nothing is made there")
        subprocess.run(["mount", "--move", str(elsewhere), str(folder)], check=True)
        a.look()
        same(a.names(), names, "the disk is back")
        a.is_wrong("X - cần sửa.csv")


def no_room():
    """What cannot be noted is not read: else it would be answered again and again."""
    with Tree() as t:
        a = Desk(t, Hub(t, "VN"))
        a.look()
        a.put("X.csv", line("Một"))
        for name in ("Danh sach.2024.tmp", "X - kết quả.csv.4194999.tmp"):
            a.path(name).touch()
        (a.dir / "drop.json.4194999.tmp").touch()
        os.rename(a.dir / "drop.json", a.dir / "kept")
        (a.dir / "drop.json").mkdir()  # cannot be written
        a.look(ok=(1,))
        assert "X - kết quả.csv" not in a.names() and "chưa nhận được tệp nào thêm" in a.page(), a.names()
        assert "Danh sach.2024.tmp" in a.names() and "X - kết quả.csv.4194999.tmp" not in a.names(), a.names()
        assert not (a.dir / "drop.json.4194999.tmp").exists()
        (a.dir / "drop.json").rmdir()
        full = json.loads((a.dir / "kept").read_text())
        full["files"] += [{"name": "%d" % i} for i in range(5000)]
        (a.dir / "drop.json").write_text(json.dumps(full))
        a.look(ok=(1,))
        assert "X - kết quả.csv" not in a.names() and "quá nhiều tệp" in a.page(), a.names()
        same(a.doctor(), ["warning"], "and said")
        a.look()
        assert "X - kết quả.csv" in a.names()


if __name__ == "__main__":
    main({f.__name__: f for f in (open_rows, gone_answer, edited_list, passed_over, unwritable_page, two_users, lost_memory, away, no_room)})
