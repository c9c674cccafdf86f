"""What rests on the root key after another one has taken its place. `roots.py NAME` runs one."""
import json, os

from tree import HUB, Agent, Hub, Tree, award, main, run, same

CHECK = os.environ["LT_CHECK"]
QUESTION = ("--place", "VN", "--year", "2020", "--by", "code")


def root_key(hub):
    return json.loads(hub.cmd("status", "--json").stdout)["root_key"]


def proven():
    """The root was stolen and replaced: figures are proven by the new root key, which auditors are told, and by the stolen one
    no more; what was published before is refused with a word on why."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Người %d" % i) for i in range(3)])
        a.sync()
        vn.cmd("publish", "Năm 2020", *QUESTION)
        stolen, request, answer = root_key(vn), t.root / "request.txt", t.root / "answer.txt"
        for turn in range(2):  # by the recovery key; then the new root gives the top's hub another key
            vn.cmd("root", "request", request, *(["--new-key"] if turn else []))
            signed = ("--root", t.root / "root2.key") if turn else (
                "--recovery", vn.dir / "recovery.key", "--new-root", t.root / "root2.key", "--new-recovery", t.root / "recovery2.key")
            run(HUB, "root", "sign", request, answer, *signed)
            vn.stop()
            vn.cmd("root", "install", answer)
            vn.start()
            request.unlink()
            answer.unlink()
            key = root_key(vn)
            assert key != stolen
            proof = t.root / ("proof-%d" % turn)
            told = json.loads(vn.cmd("prove", proof, *QUESTION, "--json").stdout)
            same(told["root"], key, "the root key that is told")
            assert "PROVEN" in run(CHECK, proof, "--root", key, "--top", "VN", "--lang", "en").stdout
            refused = run(CHECK, proof, "--root", stolen, "--lang", "en", ok=(1,)).stdout
            assert "another root key" in refused and "NOT PROVEN" in refused, refused
        p = vn.cmd("prove", t.root / "old", "--published", "Năm 2020", ok=(1, 2))
        assert "the root key has granted no key of the top" in p.stderr and not (t.root / "old").exists(), p.stderr


CASES = {f.__name__: f for f in (proven,)}

if __name__ == "__main__":
    main(CASES)
