"""Who is believed: keys that wait for the top, keys that are ended at a cut, updates that are endorsed, keys that
are changed, a district that makes itself a commune's key, the root and its recovery key."""
import json, shutil

from tree import HUB, Agent, Hub, PATIENCE_S, Tree, award, main, run, same, until


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def rows(hub, *argv):
    return json.loads(hub.cmd(*argv, "--json").stdout)["rows"]


def district(t):
    vn = Hub(t, "VN")
    h80 = Hub(t, "80", vn)
    return vn, h80, Hub(t, "807", h80)


def joined(t, hub, unit, name):
    return Agent(t, unit, hub, name)


def try_once(agent, seconds=3):
    """What cannot be receipted by the top is tried, and stays."""
    return agent.cmd("run", "--once", "--timeout", seconds, ok=(1,))


def counted(hubs, unit, want):
    for hub in hubs:
        same(hub.quantity(unit, 2020, code="GK"), want, "%s at %s" % (unit, hub.unit))


def agree(hubs):
    for hub in hubs:
        hub.audit()


def second_key():
    """A unit's second machine counts below the hub that let it in, and above only once the top approved it."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        one = joined(t, h807, "28162", "one")
        one.import_rows(people(1, 3))
        one.sync()
        same((one.status()["key_state"], one.status()["other_keys"]), ("valid", []), "the first key")
        two = joined(t, h807, "28162", "two")
        two.import_rows(people(2, 4))
        try_once(two)
        key = two.status()["key"]
        same(two.status()["key_state"], "waiting", "the second key")
        until(lambda: [k["state"] for k in rows(vn, "keys", "28162") if k["key"] == key] == ["waiting"],
              "the second key at the top")
        same([k["key"] for k in rows(vn, "keys", "--waiting")], [key], "what waits")
        counted((vn, h80), "28162", 3)
        counted((h807,), "28162", 7)
        assert "top" in h80.cmd("keys", "--approve", key, ok=(2,)).stderr
        vn.cmd("keys", "--approve", key[:12])
        two.sync()
        counted((vn, h80, h807), "28162", 7)
        same(len(one.records()), 3, "the first machine built on nothing of the second before")
        one.sync()
        until(lambda: one.cmd("run", "--once", "--timeout", 60) and len(one.records()) == 7, "the second's records")
        same(one.status()["other_keys"], [key], "the first machine is told of the second")
        same(rows(vn, "keys", "--waiting"), [], "nothing waits")
        agree(t.hubs)


def grants_itself():
    """A district that joins a machine of its own for a commune: what it says counts nowhere above, and the commune
    and the top are shown the key."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        commune = joined(t, h807, "28162", "commune")
        commune.import_rows(people(1, 3))
        commune.sync()
        false = joined(t, h807, "28162", "false")
        false.import_rows(people(9, 50))
        try_once(false)
        counted((h807,), "28162", 53)
        counted((vn, h80), "28162", 3)
        until(lambda: len(rows(vn, "keys", "--waiting")) == 1, "the false key at the top")
        commune.import_rows(people(2, 2))
        commune.cmd("run", "--once", "--timeout", PATIENCE_S)
        counted((vn, h80), "28162", 5)
        key = false.status()["key"]
        h80.cmd("revoke", "28162", "--key", key[:16], "--keep", "none", "--reason", "made by the district itself",
                "--confirm", confirmation(h80, "28162", "--key", key[:16], "--keep", "none"))
        until(lambda: h807.quantity("28162", 2020, code="GK") == 5, "the district heeds the province")
        agree(t.hubs)


def confirmation(hub, *argv):
    return json.loads(hub.cmd("revoke", *argv, "--dry-run", "--json").stdout).get("confirm", "")


def revoke(hub, *argv):
    code = confirmation(hub, *argv)
    return hub.cmd("revoke", *argv, *(["--confirm", code] if code else []))


def stolen():
    """A PC is stolen: what it signed before counts, what the thief signs counts nowhere, and a new PC goes on; one
    update of the time between is endorsed."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        pc = joined(t, h807, "28162", "pc")
        pc.import_rows(people(1, 3))
        pc.sync()
        last = rows(h807, "updates", "28162")[-1]["update"]
        pc.import_rows(people(2, 2))  # honest, the day before
        pc.sync()
        thief = pc
        pc.import_rows(people(3, 30))
        pc.sync()
        counted((vn, h80, h807), "28162", 35)
        honest = rows(vn, "updates", "28162")[1]["update"]
        told = json.loads(vn.cmd("revoke", "28162", "--keep", last[:16], "--dry-run", "--json").stdout)
        counted((vn,), "28162", 35)
        vn.cmd("revoke", "28162", "--keep", last[:16], "--reason", "PC stolen", "--confirm", told["confirm"])  # as operating.md has it
        for hub in (vn, h80, h807):
            until(lambda: hub.quantity("28162", 2020, code="GK") == 3, "the cut at " + hub.unit)
        same([r["state"] for r in rows(h807, "updates", "28162")], ["counts", "cut off", "cut off"], "updates")
        thief.import_rows(people(4, 5))
        try_once(thief, 2)
        assert "no longer" in thief.status()["trouble"], thief.status()
        vn.cmd("endorse", "28162", honest[:16])
        for hub in (vn, h80, h807):
            until(lambda: hub.quantity("28162", 2020, code="GK") == 5, "the endorsed one at " + hub.unit)
        assert "0 said, 2 as they were" in vn.cmd("endorse", "28162", honest[:16], last[:16]).stdout, "not twice"
        new = Agent(t, "28162", h807, "new", approved_by=vn)
        new.import_rows(people(5, 4))
        new.sync()
        counted((vn, h80, h807), "28162", 9)
        same(len([r for r in new.records() if r["state"] == "counted"]), 9, "what counts at the new PC")
        former = thief.status()["key"]
        thief.cmd("join", json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"])  # it was only mislaid
        assert former not in thief.status()["other_keys"], "its own key of before is no other machine's"
        vn.cmd("keys", "--approve", thief.status()["key"], "--timeout", PATIENCE_S)
        thief.sync()
        counted((vn, h80, h807), "28162", 14)
        same(thief.status()["key_state"], "valid", "the machine that came back has a key of its own")
        for hub in (vn, h807):
            assert "`rotate` changes it" in hub.cmd("revoke", hub.unit, "--hub", ok=(2,)).stderr, "a hub's own key"
        agree(t.hubs)


def said_again():
    """A PC's key is revoked with all that it signed, and the PC joins again: the same file, given once more, is signed
    by the new key and counts; until then the PC says what does not."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        pc = joined(t, h807, "28162", "pc")
        pc.import_rows(people(1, 3))
        pc.sync()
        revoke(vn, "28162", "--key", key_of(pc)[:16], "--keep", "none")
        until(lambda: h807.quantity("28162", 2020, code="GK") == 0, "the cut at the district")
        pc.cmd("join", json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"])
        vn.cmd("keys", "--approve", key_of(pc), "--timeout", PATIENCE_S)
        pc.sync()
        shown = pc.cmd("status").stdout
        assert "and counted" not in shown and "3 records do not count" in shown, shown
        assert "3 records do not count" in pc.cmd("wait", "--timeout", 5).stderr
        answer = pc.import_rows(people(1, 3))
        same(answer["corrected"], 3, "what is signed again")
        assert all("signed again" in row["reason"] for row in answer["rows"]), answer
        pc.sync()
        counted((vn, h80, h807), "28162", 3)
        same(pc.status()["quarantined"], 0, "what does not count")
        same(pc.import_rows(people(1, 3))["already_in"], 3, "once is enough")
        agree(t.hubs)


def key_of(agent):
    return agent.status()["key"]


def rotated():
    """A PC changes its key: nothing is lost or asked twice, the new key counts at the top at once, the old one counts
    for what it signed; also with an answer that is lost, and beside a running agent."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        pc = joined(t, h807, "28162", "pc")
        pc.import_rows(people(1, 3))
        pc.sync()
        first = key_of(pc)
        pc.import_rows(people(2, 2))  # drafts wait meanwhile
        pc.cmd("rotate")
        second = key_of(pc)
        assert first != second
        pc.sync()
        counted((vn, h80, h807), "28162", 5)
        until(lambda: {k["key"]: k["state"] for k in rows(vn, "keys", "28162")} == {first: "revoked", second: "valid"},
              "the keys at the top")
        same(pc.status()["key_state"], "valid", "its own view")
        for _ in range(2):  # the hub is away: it is asked again, and nothing is signed by the former key
            h807.kill()
            pc.cmd("rotate", "--timeout", 2, ok=(1,))
            h807.start()
        pc.import_rows(people(3, 4))
        process = pc.start()
        until(lambda: key_of(pc) != second and not (pc.dir / "sign.key.next").exists(), "the third key")
        third = key_of(pc)
        pc.cmd("rotate")
        until(lambda: key_of(pc) != third, "the fourth key, by the running agent")
        pc.import_rows(people(4, 1))
        pc.cmd("wait", "--timeout", 60)
        process.terminate()
        process.wait(PATIENCE_S)
        counted((vn, h80, h807), "28162", 10)
        same(rows(vn, "keys", "--waiting"), [], "nobody had to be asked")
        same([r["state"] for r in rows(vn, "updates", "28162")].count("cut off"), 0, "no update was lost")
        agree(t.hubs)


def root(hub, *argv, ok=(0,)):
    return run(HUB, "root", *argv, *(["--dir", hub.dir] if hub else []), ok=ok)


def root_files():
    """The top's hub gets another key from the offline root; then the root is replaced by the recovery key: the tree
    goes on, who joined before and who joins after. Damaged and foreign files are refused, and nothing changes."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        pc = joined(t, h807, "28162", "pc")
        pc.import_rows(people(1, 3))
        pc.sync()
        safe, request, answer = t.root / "safe", t.root / "request.txt", t.root / "answer.txt"
        safe.mkdir()
        for name in ("root.key", "recovery.key"):
            shutil.move(vn.dir / name, safe / name)
        was = json.loads(vn.cmd("status", "--json").stdout)
        root(vn, "request", request, "--new-key")
        root(None, "sign", request, answer, "--root", safe / "recovery.key", ok=(2,))
        root(None, "sign", request, answer, "--root", safe / "root.key")
        assert "there already" in root(None, "sign", request, answer, "--root", safe / "root.key", ok=(1, 2)).stderr
        assert "stop it" in root(vn, "install", answer, ok=(2,)).stderr
        text = answer.read_text()
        for damaged, word in ((text[:-30], "digits"), (text[:-23], "missing"), (text.replace("\nroot ", "\nroot 0", 1), "digits"),
                              (text.replace("top VN", "top VX"), "changed"),
                              (text.replace("\nkey ", "\nkey f", 1)[:-1], "digits"), ("", "no answer"),
                              (request.read_text(), "no answer"), (text + "x", "follows"), ("y" * 9000, "too large")):
            (t.root / "bad.txt").write_text(damaged)
            assert word in root(vn, "install", t.root / "bad.txt", ok=(1, 2)).stderr, word
        root(h80, "install", answer, ok=(1, 2))
        vn.stop()
        root(vn, "install", answer)
        root(vn, "install", answer)  # cut off after the keys were changed: again
        vn.start()
        pc.import_rows(people(2, 2))
        pc.sync()
        until(lambda: [k["state"] for k in rows(h807, "keys", "VN")].count("revoked") == 1, "the former key's end")
        counted((vn, h80, h807), "28162", 5)
        agree(t.hubs)
        # The root is lost.
        root(vn, "request", t.root / "request2.txt")
        second = ["--new-root", safe / "root2.key", "--new-recovery", safe / "recovery2.key"]
        root(None, "sign", t.root / "request2.txt", t.root / "no.txt", "--recovery", safe / "root.key", *second, ok=(2,))
        for bad in (["--new-root", safe / "root2.key", "--new-recovery", safe / "root2.key"],
                    ["--new-root", safe / "root.key", "--new-recovery", safe / "recovery2.key"],
                    ["--new-root", safe / "root2.key", "--new-recovery", safe / "recovery.key"]):
            p = root(None, "sign", t.root / "request2.txt", t.root / "no.txt", "--recovery", safe / "recovery.key", *bad, ok=(2,))
            assert "give another file" in p.stderr, p.stderr
        assert not (t.root / "no.txt").exists()
        root(None, "sign", t.root / "request2.txt", answer, "--recovery", safe / "recovery.key", "--new-root",
             safe / "root3.key", "--new-recovery", safe / "recovery3.key", ok=(2,))
        assert not (safe / "root3.key").exists(), "no key is made for an answer that cannot be written"
        root(None, "sign", t.root / "request2.txt", t.root / "answer2.txt", "--recovery", safe / "recovery.key", *second)
        root(vn, "install", t.root / "answer2.txt")
        now = json.loads(vn.cmd("status", "--json").stdout)
        assert now["root_key"] != was["root_key"] and now["recovery_key"] != was["recovery_key"]
        until(lambda: json.loads(h807.cmd("status", "--json").stdout)["root_key"] == now["root_key"], "the new root below")
        new = joined(t, h807, "28165", "new")
        for a in (pc, new):
            a.import_rows(people(3, 4))
            a.sync()
        counted((vn, h80, h807), "28162", 9)
        counted((vn, h80, h807), "28165", 4)
        # The first root signs nothing any more; the second one gives the top another key.
        root(vn, "request", t.root / "request3.txt", "--new-key")
        root(None, "sign", t.root / "request3.txt", t.root / "no.txt", "--root", safe / "root.key", ok=(2,))
        root(None, "sign", t.root / "request3.txt", t.root / "answer3.txt", "--root", safe / "root2.key")
        vn.stop()
        assert "another root" in root(vn, "install", answer, ok=(2,)).stderr
        root(vn, "install", t.root / "answer3.txt")
        vn.start()
        for a in (pc, new):
            a.import_rows(people(4, 1))
            a.sync()
        counted((vn, h80, h807), "28162", 10)
        counted((vn, h80, h807), "28165", 5)
        for a in (pc, new):
            same(a.status()["root_key"], now["root_key"], "which root counts, at a PC")
        agree(t.hubs)


def another_top():
    """A district that makes a tree of its own, with a top of the same name, for the PCs that join it: they show its root."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        false = Tree(t.units)
        t.undo.append(lambda: false.__exit__(None, None, None))
        commune, cheated = joined(t, h807, "28162", "pc"), joined(t, Hub(false, "VN"), "28165", "cheated")
        for pc in (commune, cheated):
            pc.import_rows(people(1, 3))
            pc.sync()
        true = json.loads(vn.cmd("status", "--json").stdout)["root_key"]
        same((commune.status()["root_key"] == true, cheated.status()["root_key"] == true), (True, False), "whose root")
        assert true in commune.cmd("status").stdout and true not in cheated.cmd("status").stdout


CASES = {f.__name__: f for f in (second_key, grants_itself, stolen, said_again, rotated, root_files, another_top)}

if __name__ == "__main__":
    main(CASES)
