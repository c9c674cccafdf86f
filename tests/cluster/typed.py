"""Commands of docs/operating.md, typed as an operator types them."""
import os, subprocess
from tree import *


def commands(section):
    """The commands of a section of docs/operating.md."""
    text = (SOURCE / "docs" / "operating.md").read_text(encoding="utf-8")
    text = text[text.index("\n## " + section):]
    text = text[:text.index("\n## ", 4)]
    return [line.strip() for line in text.splitlines() if line.startswith("    ") and "FOLDER" not in line]


class Shell:
    """Types lines as an operator does, with the programs in his path. `run` is left running until the next line."""

    def __init__(self, t, cwd):
        self.t, self.cwd = t, cwd
        cwd.mkdir(mode=0o700)
        path = t.root / "bin"
        path.mkdir()
        (path / "lienthong-hub").symlink_to(HUB)
        (path / "lienthong-agent").symlink_to(AGENT)
        if "LT_CHECK" in os.environ:
            (path / "lienthong-check").symlink_to(os.environ["LT_CHECK"])
        self.env = {**ENGLISH, "PATH": "%s:%s" % (path, os.environ["PATH"]), "XDG_DATA_HOME": str(t.root / "home")}

    def type(self, line):
        if " run " in line:
            process = subprocess.Popen(line.split(), cwd=self.cwd, env=self.env, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
            self.t.processes.append(process)
            for said in process.stdout:  # "settled" may come first
                if said.startswith("ready"):
                    return process
            raise Failed(line)
        p = subprocess.run(["bash", "-ec", line], cwd=self.cwd, env=self.env, capture_output=True, text=True,
                           timeout=PATIENCE_S)
        if p.returncode != 0:
            raise Failed("%s: %d\n%s%s" % (line, p.returncode, p.stdout, p.stderr))
        return p
