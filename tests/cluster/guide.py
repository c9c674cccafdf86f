"""The operator's guide in Vietnamese (docs/vi/van-hanh.md), typed from its first line to its last."""
import re
import typed
from tree import *


def operator():
    """Every command of the guide, as it is written; what installs packages and what needs systemd apart."""
    text = (SOURCE / "docs" / "vi" / "van-hanh.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    same(len([line for line in lines if "apt-get" in line or line.startswith("packaging/")]), 2, "what installs")
    with Tree() as t:
        work, hub_dir = t.root / "work", t.root / "hub"
        shell = typed.Shell(t, work)
        port = free_port()
        shell.env.update(LIENTHONG_HUB_DIR=str(hub_dir))
        for folder in ("usb-1", "usb-2"):
            (t.root / folder).mkdir()
        head, *rows = (SOURCE / "packaging" / "demo" / "units.csv").read_text(encoding="utf-8").splitlines()
        below = [head] + [row for row in rows if row.split(",")[1] in ("80", "807")]
        (work / "units.csv").write_text("\n".join(below) + "\n", encoding="utf-8")
        (work / "moi.csv").write_text("unit\n28162\n28165\n", encoding="utf-8")
        joined = False
        for line in lines:
            if "apt-get" in line or line.startswith("packaging/"):
                continue
            if "systemctl" in line:
                shell.type("lienthong-hub run --dir %s" % hub_dir)
                continue
            for written, here in (("sudo -u lienthong-hub ", ""), ("sudo mv", "mv"), ("sudo install", "install"), ("/media", str(t.root)),
                                  ("install -d -o lienthong-hub -g lienthong-hub ", "mkdir -p "), ("/srv/lienthong", str(work)), ("/var/lib/lienthong-hub/", "%s/" % hub_dir),
                                  ("/usr/share/lienthong-hub/", "%s/proto/" % SOURCE), ("tcp://0.0.0.0:7400", "tcp://127.0.0.1:%d" % port),
                                  ("tcp://hub.example:7400", "tcp://127.0.0.1:%d" % port)):
                line = line.replace(written, here)
            said = shell.type(line).stdout
            if " invite 28162" in line and not joined:
                shell.type("lienthong-agent join " + re.search(r"LT1-[0-9A-Za-z-]+", said).group())
                joined = True
            if " keys 28162" in line:
                assert "28162" in said, said
        assert joined
        assert not (hub_dir / "root.key").exists() and (t.root / "usb-1" / "root.key").exists()
        assert "LT1" in (work / "phieu.html").read_text(encoding="utf-8")
        accounts = json.loads(shell.type("lienthong-hub accounts --json").stdout)
        assert "van-hanh" in json.dumps(accounts), accounts
        keys = json.loads(shell.type("lienthong-hub keys 28162 --json").stdout)
        assert "revoked" in json.dumps(keys), keys


main({"operator": operator})
