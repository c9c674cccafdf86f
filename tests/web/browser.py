"""The hub's web as a browser without scripts sees it: real hubs, offices and web processes, asked by urllib."""
import http.cookiejar, json, os, pathlib, re, ssl, subprocess, sys, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, os.path.join(os.environ["LT_SOURCE"], "tests", "cluster"))
import tree
from tree import Agent, Failed, Hub, Tree, award, run, same, until

DEMO = tree.SOURCE / "packaging" / "demo"
PASSWORD = "mot hai ba bon nam"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Browser:
    """Keeps cookies; follows no redirects by itself."""

    def __init__(self, web, language=None):
        self.web, self.jar = web, http.cookiejar.CookieJar()
        trust = ssl.create_default_context(cafile=web.certificate) if web.certificate else None
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), NoRedirect,
                                                  *([urllib.request.HTTPSHandler(context=trust)] if trust else []))
        if language:
            self.get("/livez?lang=" + language)

    def ask(self, address, data=None, headers={}, method=None):
        request = urllib.request.Request(self.web.url + address.lstrip("/"), data=data, headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=tree.PATIENCE_S) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, address, want=200, headers={}):
        answer = self.ask(address, headers=headers)
        if answer.status != want:
            raise Failed("%s: %d instead of %d\n%s" % (address, answer.status, want, answer.body[:2000].decode(errors="replace")))
        return answer

    def json(self, address):
        return self.get(address).json()

    def post(self, address, fields, headers={}):
        return self.ask(address, urllib.parse.urlencode(fields).encode(), headers)

    def log_in(self, name, password=PASSWORD):
        return self.post("/login", {"name": name, "password": password})


class Web:
    def __init__(self, hub, *more):
        self.hub = hub
        self.certificate = more[more.index("--cert") + 1] if "--cert" in more else None
        self.log = open(hub.dir / "web.log", "a")
        self.process = subprocess.Popen([hub.program, "web", "--listen", "127.0.0.1:0", *more, "--dir", str(hub.dir)],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, env=tree.ENGLISH)
        hub.tree.processes.append(self.process)
        line = self.process.stdout.readline()
        if not line.startswith("web http"):
            raise Failed("the web did not start: %r\n%s" % (line, self.log_text()))
        self.url = line.split()[1]
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])
        until(lambda: self.told(), "the hub's own state")

    def told(self):
        """Has the hub told its state? The web asks for it by itself, soon after the start."""
        return "lienthong_updates " in Browser(self).get("/metrics").text

    def log_text(self):
        return (self.hub.dir / "web.log").read_text()

    def stop(self):
        self.process.terminate()
        same(self.process.wait(tree.PATIENCE_S), 0, "the web's exit code")


def account(hub, name, *more):
    p = subprocess.run([hub.program, "accounts", "add", name, *more, "--dir", str(hub.dir)], input=PASSWORD + "\n",
                       capture_output=True, text=True, env=tree.ENGLISH, timeout=tree.PATIENCE_S)
    same((p.returncode, p.stderr), (0, ""), "accounts add " + name)


def rows_of(page):
    """Each row of the page's table, by the heads of its cells."""
    found = []
    for row in re.findall(r"<tr>(<td.*?)</tr>", page, re.S):
        found.append({head: re.sub("<[^>]*>", "", cell)
                      for head, cell in re.findall(r'<td[^>]*data-head="([^"]*)">(.*?)</td>', row, re.S)})
    return found


def csrf_of(page):
    return re.search(r'name="csrf" value="([0-9a-f]{64})"', page).group(1)
