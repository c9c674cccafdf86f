"""How machines come in: codes as text, file, QR and slip; codes that are expired, revoked, used, guessed, damaged;
machines that an operator approves or refuses; an answer that is lost."""
import hashlib, json, os, re, secrets, socket, stat, subprocess, threading

from tree import AGENT, ENGLISH, HUB, PATIENCE_S, Hub, Tree, main, run, same

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


# ---- Codes, from docs/protocol.md ----

def code_bytes(code):
    text = code.upper().replace("-", "").replace(" ", "")[3:]
    bits = "".join(format(DIGITS.index(c), "05b") for c in text)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) - 7, 8))


def code_text(payload):
    whole = payload + hashlib.blake2b(payload, digest_size=32).digest()[:4]
    bits = "".join(format(b, "08b") for b in whole)
    digits = [DIGITS[int(bits[i:i + 5].ljust(5, "0"), 2)] for i in range(0, len(bits), 5)]
    return "LT1-" + "-".join("".join(digits[i:i + 5]) for i in range(0, len(digits), 5))


def with_other_secret(code):
    payload = code_bytes(code)[:-4]
    return code_text(payload[:33] + secrets.token_bytes(16) + payload[49:])


def invite(hub, unit, *more):
    return json.loads(hub.cmd("invite", unit, "--json", *more).stdout)


def invites(hub, *more):
    return json.loads(hub.cmd("invites", "--json", *more).stdout)["rows"]


def one(hub, id):
    return next(r for r in invites(hub, "--all") if r["id"] == id)


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def join(t, name, *argv, ok=(0,), **how):
    return run(AGENT, "join", *argv, "--dir", t.root / name, ok=ok, **how)


def agent_status(t, name):
    return json.loads(run(AGENT, "status", "--json", "--dir", t.root / name).stdout)


def refused(t, name, code, *words):
    p = join(t, name, code, ok=(2,))
    for word in words:
        assert word in p.stderr, (word, p.stderr)


def private(path):
    same(stat.S_IMODE(path.stat().st_mode), 0o600, "mode of %s" % path.name)


# ---- QR codes, read as a camera would ----

def scan(t, rows):
    """What a scanner reads from rows of modules, True: dark."""
    path, zoom = t.root / "qr.pgm", 6
    width = len(rows[0]) * zoom
    pixels = b"".join(bytes(0 if m else 255 for m in row for _ in range(zoom)) * zoom for row in rows)
    path.write_bytes(b"P5 %d %d 255\n" % (width, len(rows) * zoom) + pixels)
    p = subprocess.run(["zbarimg", "--raw", "-q", str(path)], capture_output=True, text=True, timeout=PATIENCE_S)
    return p.stdout.strip()


def modules_of_svg(svg):
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg).group(1))
    rows = [[False] * size for _ in range(size)]
    for x, y, w in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for i in range(int(w)):
            rows[int(y)][int(x) + i] = True
    return rows


def modules_of_terminal(lines):
    rows = []
    for line in lines:
        rows.append([c in " ▄" for c in line])
        rows.append([c in " ▀" for c in line])
    return rows


# ---- Cases ----

def ways():
    """One code each as text, typed badly but rightly, as a file, as QR on the terminal and as SVG: all join."""
    with Tree() as t:
        vn = Hub(t, "VN")
        typed = invite(vn, "28162")["code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
        join(t, "typed", typed)
        # a text file, as an editor on Windows leaves it, and with other lines around it
        out = t.root / "28165.txt"
        vn.cmd("invite", "28165", "--out", out)
        private(out)
        before = out.read_bytes()
        p = vn.cmd("invite", "28165", "--out", out, ok=(2,))
        assert "never written over" in p.stderr, p.stderr
        same(out.read_bytes(), before, "the file of the first code")
        same(len([r for r in invites(vn) if r["unit"] == "28165"]), 1, "no code of the second one is open")
        text = "\ufeff" + out.read_text().replace("\n", "\r\n")
        code = re.search(r"LT1-[0-9A-Z-]+", text).group(0)
        half = len(code) // 2
        out.write_text(text.replace(code, "  %s\r\n\t %s " % (code[:half], code[half:])) + "\r\nHết.\r\n", newline="")
        join(t, "file", "--file", out)
        # QR, read back from what is shown
        p = vn.cmd("invite", "28168", "--qr")
        lines = p.stdout.rstrip("\n").split("\n")
        same(scan(t, modules_of_terminal(lines[1:])), lines[0], "the code in the QR on the terminal")
        join(t, "terminal", lines[0])
        svg = t.root / "28168.svg"
        vn.cmd("invite", "28168", "--out", svg)
        private(svg)
        join(t, "qr", scan(t, modules_of_svg(svg.read_text())))
        same([agent_status(t, n)["unit"] for n in ("typed", "file", "qr")], ["28162", "28165", "28168"], "units")
        same({r["state"] for r in invites(vn)}, {"taken"}, "states")
        mine = next(r for r in invites(vn) if r["unit"] == "28165")
        same(mine["fingerprint"], agent_status(t, "file")["fingerprint"], "one machine, one fingerprint")


def codes_of_slips(html):
    return ["".join(re.findall(r"<span>([^<]*)</span>", s)) for s in re.findall(r'<div class="code">(.*?)</div>', html, re.S)]


def many():
    """A file of units becomes slips, a page each; with one bad row nothing is changed."""
    with Tree() as t:
        vn = Hub(t, "VN")
        more = t.root / "more.csv"
        more.write_text('code,parent,level,type,nature,name,valid_to\nTH01,28162,base,truong,school,"Trường <b>""Lê & Lợi""</b>",2025-06-30\n')
        vn.cmd("units", "import", more)
        rows = t.root / "list.csv"
        slips = t.root / "slips.html"
        for bad, line, what in (("28162\n28165,,,\n9999999,,,\n", ":4, column 1", "no such unit"),
                                ("28162,400,,\n", ":2, column 2", "1 to 366"),
                                ("28162,,,\n28165,0,,\n", ":3, column 2", "1 to 366"),
                                ("28162,,clerk,\n", ":2, column 3", "'agent' or 'hub'"),
                                ("28162,,,\nVN,,hub,\n", ":3, column 1", "own unit"),
                                ("28162,,,maybe\n", ":2, column 4", "'yes' or 'no'"),
                                ("28162,,,\n,3,,\n", ":3, column 1", "empty"),
                                ("", "list.csv:1", "no row")):
            rows.write_text("unit,days,role,approve\n" + bad)
            p = vn.cmd("invite", "--from", rows, "--slips", slips, ok=(2,))
            assert line in p.stderr and what in p.stderr and "nothing was changed" in p.stderr, p.stderr
            same(invites(vn, "--all"), [], "invitations after a bad row")
            assert not slips.exists() and not (t.root / "slips.html.part").exists()
        rows.write_text("unit;days;role\n28162;3;\nTH01;;agent\n80;;hub\n")
        vn.cmd("invite", "--from", rows, "--slips", t.root / "none" / "slips.html", ok=(2,))
        same(invites(vn, "--all"), [], "invitations when the file cannot be written")
        vn.cmd("invite", "--from", rows, "--slips", slips, "--lang", "vi")
        private(slips)
        html = slips.read_text()
        same(html.count('<section class="slip">'), 3, "pages")
        assert "Trường &lt;b&gt;&quot;Lê &amp; Lợi&quot;&lt;/b&gt;" in html and "<b>\"Lê" not in html
        assert "Xã Phước Lý" in html and "Làm ba bước" in html and "lienthong-hub init --join" in html
        same(re.findall(r'(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg")', html), [], "outside assets")
        codes = codes_of_slips(html)
        same([scan(t, modules_of_svg(s)) for s in re.findall(r"<svg.*?</svg>", html, re.S)], codes, "QR and text agree")
        for name, code in zip(("a", "b"), codes):
            join(t, name, code)
        run(HUB, "init", "--join", codes[2], "--listen", "tcp://127.0.0.1:1", "--dir", t.root / "hub-80")
        same([(r["unit"], r["role"], r["state"]) for r in invites(vn)],
             [("28162", "agent", "taken"), ("80", "hub", "taken"), ("TH01", "agent", "taken")], "who came")
        days = [r["expires_at"][:10] for r in invites(vn)]
        assert days[0] < days[2] == days[1], days
        p = vn.cmd("invite", "--from", rows, "--slips", slips, ok=(2,))
        assert "never written over" in p.stderr, p.stderr
        english = t.root / "english.html"
        vn.cmd("invite", "--from", rows, "--slips", english, "--lang", "en", "--approve")
        assert "Three steps" in english.read_text() and "fingerprint" in english.read_text()


def old_codes():
    """Expired, revoked and in the wrong role: each refused with what to do, counted, and noted at the invitation."""
    with Tree() as t:
        vn = Hub(t, "VN")
        late, taken_back, wrong, two = (invite(vn, u) for u in ("28162", "28165", "28168", "28165"))
        vn.stop()
        run(os.environ["LT_AGED"], vn.dir, "28162", 40)
        vn.start()
        refused(t, "late", late["code"], "expired", "ask for a new one")
        same(one(vn, late["id"])["state"], "expired", "state")
        p = vn.cmd("invites", "--revoke", taken_back["id"])
        assert taken_back["id"] in p.stdout
        same(one(vn, two["id"])["state"], "open", "the other one of that unit")
        refused(t, "revoked", taken_back["code"], "revoked", "ask for a new one")
        vn.cmd("invites", "--revoke", "28165")
        refused(t, "revoked", two["code"], "revoked")
        p = vn.cmd("invites", "--revoke", "28165", ok=(1,))
        assert "28165" in p.stderr and "invites" in p.stderr, p.stderr
        p = run(HUB, "init", "--join", wrong["code"], "--listen", "tcp://127.0.0.1:1", "--dir", t.root / "no-hub", ok=(2,))
        assert "another role" in p.stderr, p.stderr
        join(t, "right", wrong["code"])
        p = vn.cmd("invites", "--revoke", wrong["id"], ok=(1,))
        assert "its machine is in" in p.stderr, p.stderr
        joins = status(vn)["joins"]
        same({k: joins[k] for k in ("admitted", "expired", "revoked", "wrong_role", "unknown_code", "used_by_another")},
             dict(admitted=1, expired=1, revoked=2, wrong_role=1, unknown_code=0, used_by_another=0), "JOINs counted")
        same([one(vn, i["id"])["shown_too_late"] for i in (late, taken_back)], [1, 1], "noted")
        same(one(vn, wrong["id"])["shown_in_wrong_role"], 1, "noted")
        assert "refused: expired 1, revoked 2, wrong_role 1" in vn.cmd("status").stdout
        same([r["state"] for r in invites(vn)], ["taken"], "what is listed without --all")
        same(vn.cmd("invites", "--all", "--csv").stdout.count("\n"), 5, "lines of the CSV")
        assert late["code"] not in vn.cmd("invites", "--all", "--json").stdout


def used():
    """A code that another machine shows: refused, and both the operator and the clerk of the first are alarmed."""
    with Tree() as t:
        vn = Hub(t, "VN")
        code = invite(vn, "28162")
        join(t, "first", code["code"])
        same(agent_status(t, "first")["notices"], [], "nothing to tell yet")
        refused(t, "thief", code["code"], "Another machine has used this code", "call at once")
        refused(t, "thief", code["code"], "Another machine")
        join(t, "first", code["code"])  # the first one may repeat it for ever
        row = one(vn, code["id"])
        same((row["shown_by_others"], row["last_refused_from"], row["last_refused_key"] == row["key"], row["state"]),
             (2, "127.0.0.1", False, "taken"), "noted at the invitation")
        same(row["fingerprint"], agent_status(t, "first")["fingerprint"], "the first machine has it")
        told = status(vn)
        same((told["joins"]["used_by_another"], told["invitations"]["shown_by_others"]), (2, 1), "counted")
        assert "SHOWN BY ANOTHER MACHINE" in vn.cmd("status").stdout
        log = vn.log_text()
        assert "WARNING" in log and "shown again by another one" in log and "28162" in log, log
        # the clerk of the machine that is in; once, however often it was shown
        run(AGENT, "run", "--once", "--dir", t.root / "first")
        notices = agent_status(t, "first")["notices"]
        same((len(notices), notices[0]["hub"]), (1, "VN"), "notices")
        assert "another machine" in notices[0]["text"] and "127.0.0.1" in notices[0]["text"], notices
        shown = run(AGENT, "status", "--dir", t.root / "first").stdout
        assert "NOTICE of VN" in shown and "--seen" in shown, shown
        assert "NOTICE of VN" in run(AGENT, "status", "--seen", "--dir", t.root / "first").stdout
        same(agent_status(t, "first")["notices"], [], "seen")
        # a neighbour is not told, and another code of the unit raises its own alarm
        join(t, "neighbour", invite(vn, "28165")["code"])
        same(agent_status(t, "neighbour")["notices"], [], "of another unit")
        second = invite(vn, "28162")["code"]
        join(t, "second", second)
        refused(t, "thief", second, "Another machine")
        run(AGENT, "run", "--once", "--dir", t.root / "first")
        same(len(agent_status(t, "first")["notices"]), 1, "a new notice after the seen one")


def other_unit():
    """A PC that shows another unit's code does not use it up: that unit's own machine comes in with it, as its first."""
    with Tree() as t:
        vn = Hub(t, "VN")
        join(t, "first", invite(vn, "28162")["code"])
        code = invite(vn, "28165")
        refused(t, "first", code["code"], "for another unit", "still good")
        row = one(vn, code["id"])
        same((row["state"], row["shown_in_wrong_role"], status(vn)["joins"]["other_unit"]), ("open", 1, 1), "noted, not taken")
        join(t, "right", code["code"])
        same([k["unit"] for k in json.loads(vn.cmd("keys", "--json").stdout)["rows"] if k["role"] == "agent"],
             ["28162", "28165"], "a unit a machine")
        same((vn.log_text().count("WARNING"), agent_status(t, "right")["key_state"]), (0, "valid"), "no alarm")


def guessed():
    """Guesses are refused, counted, and soon limited; a right code is taken at once meanwhile, from the same address."""
    with Tree() as t:
        vn = Hub(t, "VN")
        good = [invite(vn, u)["code"] for u in ("28162", "28165")]
        words = []
        for i in range(14):
            words.append(join(t, "guesser", with_other_secret(good[0]), ok=(2,)).stderr)
        assert "There is no invitation with this code" in words[0], words[0]
        limited = sum("Too many wrong codes" in w for w in words)
        assert 1 <= limited <= 4, words  # ten at once, and one more each six seconds
        join(t, "a", good[0])
        join(t, "b", good[1])
        joins = status(vn)["joins"]
        same((joins["unknown_code"] + joins["guesses_limited"], joins["admitted"]), (14, 2), "counted")
        same(joins["guesses_limited"], limited, "limited")
        same([r["shown_by_others"] for r in invites(vn)], [0, 0], "invitations are not touched by guesses")
        log = vn.log_text()
        same(log.count("shows no invitation of ours"), 14 - limited, "lines in the log")


class Forgetful(threading.Thread):
    """Stands between, lets the handshake through, and cuts the first answer of the hub off."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.to, self.cut = port, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self.pump, args=(near, far), daemon=True).start()
            self.answers(far, near)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    @staticmethod
    def exactly(source, size):
        data = b""
        while len(data) < size:
            more = source.recv(size - len(data))
            if not more:
                raise OSError("ended")
            data += more
        return data

    def answers(self, far, near):
        """ZMTP from the hub, frame by frame, until one that is no command of the handshake."""
        try:
            for _ in range(64):  # a greeting, in pieces that wait for the other side's
                near.sendall(self.exactly(far, 1))
            while True:
                flags = self.exactly(far, 1)
                size = self.exactly(far, 8 if flags[0] & 2 else 1)
                body = self.exactly(far, int.from_bytes(size, "big"))
                if not flags[0] & 4:
                    self.cut += 1
                    break
                near.sendall(flags + size + body)
        except OSError:
            pass
        for s in (near, far):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()


def answer_lost():
    """The code is used, the answer does not arrive: the PC asks again and is in, with one grant."""
    with Tree() as t:
        vn = Hub(t, "VN")
        between = Forgetful(int(vn.endpoint.rsplit(":", 1)[1]))
        payload = code_bytes(invite(vn, "28162")["code"])[:-4]
        # a code that knows only the way where answers are lost
        lost = code_text(payload[:49] + b"tcp://127.0.0.1:%d" % between.port)
        p = join(t, "pc", lost, "--wait", "3", ok=(2,))
        assert between.cut >= 1, "no answer was cut off: " + p.stderr
        assert "The code is still good" in p.stderr, p.stderr
        same([r["state"] for r in invites(vn)], ["taken"], "it is taken")
        before = status(vn)["counts"]["updates"]
        join(t, "pc", lost, "--endpoint", vn.endpoint)
        same(status(vn)["counts"]["updates"], before, "no second grant")
        same(agent_status(t, "pc")["unit"], "28162", "in")
        between.door.close()


class Waiting:
    """A join that waits for approval."""

    def __init__(self, t, name, code, *more):
        self.process = subprocess.Popen([AGENT, "join", code, "--dir", str(t.root / name), *more], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=ENGLISH)
        t.processes.append(self.process)
        line = self.process.stdout.readline()
        self.fingerprint = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", line).group(0)

    def end(self, code):
        said, _ = self.process.communicate(timeout=PATIENCE_S)
        same(self.process.returncode, code, "exit code of join: " + said)
        return said


def approved():
    """A machine waits, is compared and let in; before that it has no key, and a hub's restart changes nothing."""
    with Tree() as t:
        vn = Hub(t, "VN")
        code = invite(vn, "28162", "--approve")
        before = status(vn)["counts"]["updates"]
        p = join(t, "pc", code["code"], "--wait", "1", ok=(1,))
        assert "Not approved yet" in p.stderr and "still good" in p.stderr, p.stderr
        fingerprint = agent_status(t, "pc")["fingerprint"]
        assert fingerprint in p.stdout, p.stdout
        row = one(vn, code["id"])
        same((row["state"], row["fingerprint"], row["approve"]), ("pending", fingerprint, "yes"), "who waits")
        same(status(vn)["counts"]["updates"], before, "nothing is granted")
        assert "1 to be approved" in vn.cmd("status").stdout
        vn.stop()
        vn.start()
        waiting = Waiting(t, "pc", code["code"])
        same(waiting.fingerprint, fingerprint, "the same keys")
        # approving: with the right fingerprint only
        p = vn.cmd("approve", "28162", ok=(64,))
        assert "--fingerprint" in p.stderr, p.stderr
        p = vn.cmd("approve", "28162", "--fingerprint", "AAAAA-AAAAA", ok=(1,))
        assert "not the fingerprint" in p.stderr, p.stderr
        p = vn.cmd("approve", "28165", "--fingerprint", fingerprint, ok=(1,))
        assert "nothing waits" in p.stderr, p.stderr
        same(one(vn, code["id"])["state"], "pending", "still")
        # another machine cannot slip in meanwhile
        refused(t, "thief", code["code"], "Another machine has used this code")
        vn.cmd("approve", "28162", "--fingerprint", fingerprint.lower().replace("-", " "))
        assert "now reports for unit 28162" in waiting.end(0)
        same(one(vn, code["id"])["state"], "taken", "state")
        p = vn.cmd("approve", code["id"], "--fingerprint", fingerprint, ok=(1,))
        assert "nobody waits" in p.stderr, p.stderr
        run(AGENT, "run", "--once", "--dir", t.root / "pc")
        assert status(vn)["counts"]["updates"] == before + 2, "the grant, and the notice of the thief"


def approval_refused():
    """The operator says no, or takes the invitation back: the waiting machine is told, and has no key."""
    with Tree() as t:
        vn = Hub(t, "VN")
        no, back, hub = invite(vn, "28162", "--approve"), invite(vn, "28165", "--approve"), invite(vn, "80", "--hub", "--approve")
        before = status(vn)["counts"]["updates"]
        first, second = Waiting(t, "no", no["code"]), Waiting(t, "back", back["code"])
        vn.cmd("approve", no["id"], "--refuse")
        assert "refused this machine" in first.end(2)
        vn.cmd("invites", "--revoke", back["id"])
        assert "revoked" in second.end(2)
        same([one(vn, i["id"])["state"] for i in (no, back)], ["denied", "revoked"], "states")
        same(status(vn)["counts"]["updates"], before, "nothing was granted")
        refused(t, "no", no["code"], "refused this machine", "call them")
        # the same for a hub
        dir = t.root / "hub-80"
        p = run(HUB, "init", "--join", hub["code"], "--listen", "tcp://127.0.0.1:1", "--wait", "1", "--dir", dir, ok=(2,))
        fingerprint = one(vn, hub["id"])["fingerprint"]
        assert fingerprint in p.stderr, p.stderr
        vn.cmd("approve", "80", "--fingerprint", fingerprint)
        run(HUB, "init", "--join", hub["code"], "--listen", "tcp://127.0.0.1:1", "--dir", dir)
        # a hub whose code another one shows hears of it too
        run(HUB, "init", "--join", hub["code"], "--listen", "tcp://127.0.0.1:1", "--dir", t.root / "other", ok=(2,))
        process = subprocess.Popen([HUB, "run", "--dir", str(dir)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENGLISH)
        t.processes.append(process)
        while process.stdout.readline() not in ("settled\n", ""):
            pass
        assert "NOTICE of VN: " in run(HUB, "status", "--dir", dir).stdout


def damaged():
    """Whatever is wrong with a code is said with what to do, and nothing is made or asked for."""
    with Tree() as t:
        vn = Hub(t, "VN")
        code = invite(vn, "28162")["code"]
        swap = "2" if code[-1] != "2" else "3"
        files = {"empty.txt": b"", "none.txt": "Không có mã ở đây.\n".encode(), "utf16.txt": code.encode("utf-16"),
                 "large.txt": b"x" * 70000, "half.txt": code[:60].encode()}
        for name, data in files.items():
            (t.root / name).write_bytes(data)
        for argv, words in (((code[:40] + "U" + code[41:],), ("«U»", "group")),
                            ((code[:40] + "ạ" + code[41:],), ("«ạ»", "group")),
                            ((code[:40] + ("2" if code[40] != "2" else "3") + code[41:],), ("wrong, missing or too many", "group by group")),
                            ((code[:-1],), ("wrong, missing or too many",)),
                            ((code[:30],), ("only a part", "LT1-")),
                            ((code + code + code,), ("too long",)),
                            (("",), ("no code",)),
                            (("LT2" + code[3:],), ("no code",)),
                            (("--file", t.root / "empty.txt"), ("no code in it",)),
                            (("--file", t.root / "none.txt"), ("no code in it",)),
                            (("--file", t.root / "utf16.txt"), ("no text file",)),
                            (("--file", t.root / "large.txt"), ("no text file",)),
                            (("--file", t.root / "half.txt"), ("wrong, missing or too many|only a part",)),
                            (("--file", t.root / "nowhere.txt"), ("nowhere.txt",))):
            p = join(t, "pc", *argv, ok=(2, 64))
            for word in words:
                assert re.search(word, p.stderr), (argv, word, p.stderr)
            assert not (t.root / "pc").exists(), argv
        p = run(HUB, "init", "--join", code[:-1] + swap, "--listen", "tcp://127.0.0.1:1", "--dir", t.root / "h", ok=(64,))
        assert "wrong, missing" in p.stderr, p.stderr
        joins = status(vn)["joins"]
        same(sum(joins.values()), 0, "the hub has heard nothing")
        join(t, "pc", code)


CASES = {f.__name__: f for f in (ways, many, old_codes, used, other_unit, guessed, answer_lost, approved, approval_refused, damaged)}

if __name__ == "__main__":
    main(CASES)
