#!/usr/bin/python3
"""Another agent, in another language, written from docs/protocol.md and proto/lienthong.proto alone.

    other_agent.py vectors PROTO FOLDER    checks the test vectors of tests/data/vectors
    other_agent.py work PROTO CODE         joins by a code, reports three awards, corrects one, retracts one

It is no agent for an office: it keeps nothing on disk, and gives up where a real one tries again. It shares
no line with the programs. Runs with Debian's python3 and python3-zmq, -nacl and -protobuf.
"""
import collections, hashlib, importlib, json, os, pathlib, random, struct, subprocess, sys, tempfile, time

import nacl.exceptions, nacl.public, nacl.signing, zmq

PATIENCE_MS = 60_000  # far beyond what anything takes; only a failure reaches it
HELLO, WELCOME, TIPS, UPDATE, RECEIPTS, WANT, REPORT, READY, REFUSED, JOIN, JOINED = range(1, 12)
UPDATE_CONTEXT, RECEIPT_CONTEXT = b"lienthong update v1\0", b"lienthong receipt v1\0"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
pb = None  # the module that protoc makes of lienthong.proto


def load_schema(proto):
    """protoc's Python module, made in a folder that is gone when this returns."""
    global pb
    with tempfile.TemporaryDirectory(prefix="lt-other-") as out:
        subprocess.run(["protoc", "-I", pathlib.Path(proto).parent, "--python_out", out, proto], check=True)
        sys.path.insert(0, out)
        pb = importlib.import_module("lienthong_pb2")


def need(condition, what):
    if not condition:
        sys.exit("other_agent: " + what)


def H(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def u32(n):
    return struct.pack(">I", n & 0xFFFFFFFF)


def is_signed(key, message, signature):
    try:
        return bool(nacl.signing.VerifyKey(key).verify(message, signature))
    except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
        return False


def code_bytes(unit):
    return unit.code.encode().ljust(16, b"\0")


def unit_id(unit):
    return unit.code, unit.valid_from


def chain_key(chain):
    return bytes([chain.stream]) + code_bytes(chain.unit) + u32(chain.unit.valid_from ^ 0x80000000)


def code_read(code):
    """The hub's CURVE key, the secret and the endpoint."""
    letters = code.strip().upper().replace("O", "0").replace("I", "1").replace("L", "1").replace("-", "")
    need(letters.startswith("1T1") and set(letters[3:]) <= set(CROCKFORD), "no join code")
    letters, number = letters[3:], 0
    for letter in letters:
        number = number << 5 | CROCKFORD.index(letter)
    spare = len(letters) * 5 % 8
    need(spare < 5 and number & ((1 << spare) - 1) == 0, "spare bits are not zero")
    data = (number >> spare).to_bytes(len(letters) * 5 // 8, "big")
    need(len(data) > 53 and data[0] == 1, "a code of another version")
    need(H(data[:-4])[:4] == data[-4:], "the code is mistyped")
    return data[1:33], data[33:49], data[49:-4].decode()


def join_signed(secret, role, curve_key, key):
    return b"lienthong join v1\0" + H(secret + bytes([role]) + curve_key + key)


def row_salt(salt, change):
    return H(u32(change), key=salt)


def personal_leaves(personal):
    for row in personal.rows:
        salt = row.salt or (row_salt(personal.salt, row.change) if personal.salt else b"")
        yield row.change, row.leaf or H(b"lienthong person v1\0" + u32(row.change) + row.person, key=salt)


def personal_root(personal):
    leaves = list(personal_leaves(personal))
    return H(b"lienthong persons v1\0" + u32(len(leaves)) + b"".join(u32(i) + leaf for i, leaf in leaves))


Opened = collections.namedtuple("Opened", "id frame body")


def update_open(raw):
    """Checks all that can be checked of an update alone."""
    update = pb.Update.FromString(raw)
    frame, identity = pb.Frame.FromString(update.frame), H(update.frame)
    need(is_signed(frame.key, UPDATE_CONTEXT + identity, update.signature), "signature")
    need(H(update.body) == frame.body_hash, "body hash")
    need(list(frame.parents) == sorted(set(frame.parents)), "order of parents")
    body = (pb.ReportBody if frame.chain.stream == pb.STREAM_REPORT else pb.DirectiveBody).FromString(update.body)
    if update.personal:
        need(personal_root(pb.Personal.FromString(update.personal)) == body.personal_root, "personal root")
    return Opened(identity, frame, body)


class Store:
    """The updates that were accepted, by chain."""

    def __init__(self):
        self.updates, self.chains = {}, {}

    def add(self, raw):
        u = update_open(raw)
        if u.id in self.updates:
            return False
        chain = self.chains.setdefault(chain_key(u.frame.chain), {})
        need(all(p in chain for p in u.frame.parents), "a parent is missing")
        need(u.frame.seq == 1 + max((chain[p].frame.seq for p in u.frame.parents), default=0), "seq")
        self.updates[u.id] = chain[u.id] = u
        return True

    def tips(self, key):
        chain = self.chains.get(key, {})
        return sorted(set(chain) - {p for u in chain.values() for p in u.frame.parents})

    def have(self, key):
        """The tips and their ancestors at distances 1, 2, 4, 8 …"""
        have, level, distance = self.tips(key), set(self.tips(key)), 0
        while level:
            level = {p for i in level for p in self.updates[i].frame.parents}
            distance += 1
            if distance & (distance - 1) == 0:
                have += sorted(level - set(have))
        return have

    def digest(self):
        return H(b"".join(k + u32(len(self.tips(k))) + b"".join(self.tips(k)) for k in sorted(self.chains)))

    def directives(self):
        for u in sorted(self.updates.values(), key=lambda u: u.frame.seq):
            if u.frame.chain.stream == pb.STREAM_DIRECTIVE:
                for item in u.body.items:
                    yield u, item


class Trust:
    """Which keys are hubs', from the pinned root key down, by the grants in the directives."""

    def __init__(self, store, root_key, top):
        self.parent, self.keys = {}, set()
        for _, item in store.directives():
            if item.HasField("unit"):
                self.parent[unit_id(item.unit.unit)] = unit_id(item.unit.parent)
        for _, item in store.directives():
            g = item.grant
            signed = b"lienthong hub key v1\0" + code_bytes(g.unit) + u32(g.unit.valid_from) + g.key
            if unit_id(g.unit) == unit_id(top) and is_signed(root_key, signed, g.root_signature):
                self.keys.add((unit_id(top), g.key))
        before = -1
        while before != len(self.keys):  # each round goes one hub deeper
            before = len(self.keys)
            for u, item in store.directives():
                by, to = unit_id(u.frame.chain.unit), unit_id(item.grant.unit)
                if (by, u.frame.key) in self.keys and item.grant.role == pb.ROLE_HUB and self.above(by, to):
                    self.keys.add((to, item.grant.key))

    def above(self, high, low):
        low = self.parent.get(low)
        while low is not None and low != high:
            low = self.parent.get(low)
        return low == high


# ---- The conversation ------------------------------------------------------------------------------

class Link:
    """A connection to the hub: messages in, messages out."""

    def __init__(self, endpoint, server, curve):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger, self.socket.maxmsgsize = 0, 12 + 262_144
        self.socket.curve_serverkey = server
        self.socket.curve_publickey, self.socket.curve_secretkey = bytes(curve.public_key), bytes(curve)
        self.socket.connect(endpoint)
        self.session = 0

    def send(self, kind, payload):
        data = payload if isinstance(payload, bytes) else payload.SerializeToString()
        self.socket.send(struct.pack(">BBHQ", kind, 1, 0, self.session) + data)

    def receive(self):
        """The next message of this session: its type and payload."""
        while True:
            need(self.socket.poll(PATIENCE_MS), "the hub says nothing")
            message = self.socket.recv()
            need(len(message) >= 12, "a message without a header")
            kind, version, zero, session = struct.unpack(">BBHQ", message[:12])
            if (version, zero, session) == (1, 0, self.session):
                return kind, message[12:]


class Agent:
    def __init__(self, code):
        server, self.secret, endpoint = code_read(code)
        self.signing, self.curve = nacl.signing.SigningKey.generate(), nacl.public.PrivateKey.generate()
        self.key, self.instance = bytes(self.signing.verify_key), os.urandom(16)
        self.address, self.store = (endpoint, server, self.curve), Store()
        self.link = Link(*self.address)
        self.named, self.receipts, self.ready = {}, {}, False

    def join(self):
        curve_key = bytes(self.curve.public_key)
        proof = self.signing.sign(join_signed(self.secret, pb.ROLE_AGENT, curve_key, self.key)).signature
        self.link.send(JOIN, pb.Join(secret=self.secret, role=pb.ROLE_AGENT, key=self.key, curve_key=curve_key,
                                     instance=self.instance, proof=proof))
        kind, payload = self.link.receive()
        need(kind == JOINED, "no answer to JOIN, but message %d" % kind)
        self.joined = pb.Joined.FromString(payload)
        need(self.joined.accepted, "refused: " + self.joined.text)
        self.chain = pb.Chain(stream=pb.STREAM_REPORT, unit=self.joined.unit)
        self.link.socket.close()  # this link stays a stranger's
        self.link = Link(*self.address)

    def hello(self):
        """A session; returns the WELCOME when all pages of tips are in."""
        self.link.session = random.getrandbits(64) or 1
        self.named, self.welcome = {}, None
        self.link.send(HELLO, pb.Hello(
            unit=self.joined.unit, role=pb.ROLE_AGENT, instance=self.instance, protocol=1, body_version=1,
            software="other_agent", digest=self.store.digest(), receipts=[r for _, r in self.receipts.values()]))
        while self.welcome is None:
            self.hear()
        last = not self.welcome.differ
        while not last:
            said = self.hear()
            last = isinstance(said, pb.Tips) and said.last
        return self.welcome

    def hear(self):
        """Takes in one message and returns what it said."""
        kind, payload = self.link.receive()
        if kind == UPDATE:
            return self.store.add(payload)
        known = {WELCOME: pb.Welcome, TIPS: pb.Tips, RECEIPTS: pb.Receipts, REFUSED: pb.Refused}
        said = known[kind].FromString(payload) if kind in known else None
        if kind == WELCOME:
            self.welcome, self.ready = said, said.ready
        elif kind == TIPS:
            self.named.update({chain_key(c.chain): c for c in said.chains})
        elif kind == READY:
            self.ready = True
        elif kind == RECEIPTS:
            for receipt in said.receipts:
                self.take_receipt(receipt)
        elif kind == REFUSED:
            need(False, "refused: %s %s" % (pb.RefusalReason.Name(said.reason), said.text))
        return said

    def take_receipt(self, receipt):
        s = pb.Statement.FromString(receipt.statement)
        need(chain_key(s.chain) == chain_key(self.chain), "a receipt of another chain")
        held = self.receipts.get(unit_id(s.hub), [None])[0]
        if not held or held.incarnation != s.incarnation or held.number < s.number:
            self.receipts[unit_id(s.hub)] = (s, receipt)

    def fetch(self):
        """All that was named and is not held."""
        for key in sorted(self.named):
            brought = True
            while brought and not all(t in self.store.updates for t in self.named[key].tips):
                before = len(self.store.updates)
                self.link.send(WANT, pb.Want(chain=self.named[key].chain, have=self.store.have(key)))
                said = None
                while not (isinstance(said, pb.Tips) and not said.last and
                           [chain_key(c.chain) for c in said.chains] == [key]):  # `last`: news, and no end mark
                    said = self.hear()
                brought = len(self.store.updates) > before
            need(all(t in self.store.updates for t in self.named[key].tips), "the hub keeps what it named to itself")

    def report(self, changes, people=(), **tables):
        """Signs an update on top of the chain's tips, pushes it and returns its id. `people`: by change."""
        key = chain_key(self.chain)
        body = pb.ReportBody(changes=changes, signed_at=int(time.time()), **tables)
        personal = pb.Personal(salt=os.urandom(32)) if people else None
        for change, person in sorted(dict(people).items()):
            personal.rows.add(change=change, person=person.SerializeToString())
        if people:
            body.personal_root = personal_root(personal)
        parents = self.store.tips(key)
        frame = pb.Frame(chain=self.chain, parents=parents, key=self.key, instance=self.instance, body_version=1,
                         seq=1 + max((self.store.updates[p].frame.seq for p in parents), default=0))
        frame.body_hash = H(body.SerializeToString())
        update = pb.Update(frame=frame.SerializeToString(), body=body.SerializeToString())
        update.signature = self.signing.sign(UPDATE_CONTEXT + H(update.frame)).signature
        if people:
            update.personal = personal.SerializeToString()
        raw = update.SerializeToString()
        need(self.ready and len(raw) <= self.welcome.credit_bytes, "not ready, or no credit")
        self.store.add(raw)
        self.link.send(UPDATE, raw)
        return H(update.frame)

    def await_top(self, tip):
        """The receipt of the top that covers the update `tip`, proven from the root key down."""
        while not any(s.top and tip in s.tips for s, _ in self.receipts.values()):
            self.hear()
        self.fetch()
        trust = Trust(self.store, self.joined.root_key, self.joined.top)
        for hub, (s, receipt) in self.receipts.items():
            need((hub, s.key) in trust.keys, "a receipt by a key that no hub above granted")
            signed = RECEIPT_CONTEXT + H(receipt.statement)
            need(is_signed(s.key, signed, receipt.signature), "signature of a receipt")
            need(not s.top or hub == unit_id(self.joined.top), "another hub claims to be the top")
        return next(s for s, _ in self.receipts.values() if s.top)


# ---- What it is run for ---------------------------------------------------------------------------

def settled(agent, what):
    """The same digest as the hub's. A directive may come between HELLO and the fetch (the top countersigns our key): then
    it is fetched, and said again."""
    for _ in range(20):
        if agent.hello().digest == agent.store.digest() and not agent.welcome.differ:
            return
        agent.fetch()
    need(False, "the same digest " + what)


def work(code):
    """Three awards by a commune, then one name corrected, then one award retracted."""
    agent = Agent(code)
    agent.join()
    need(agent.hello().differ, "the hub has directives that a new agent lacks")
    agent.fetch()
    settled(agent, "after the fetch")
    while not agent.ready:
        agent.hear()
    me = agent.joined.unit
    tables = dict(units=[me], decisions=[pb.Decision(unit=1, level=pb.LEVEL_COMMUNE, number="7/QĐ-UBND", date=18_659)])
    award = pb.Award(code="GK", decision=1, period=pb.Period(kind=pb.PERIOD_YEAR, to=2020), type=pb.TYPE_MERIT,
                     recipient=pb.RECIPIENT_INDIVIDUAL, status=pb.STATUS_DECIDED)

    def person(n):
        return pb.Person(name="Cá nhân %04d" % n, workplace="Thôn 1")

    def change(row, **what):  # `import` is a word of Python's own
        return pb.Change(**{"import": 1, "row": row}, **what)

    imports = [random.getrandbits(64) for _ in range(3)]
    first = agent.report([change(i + 1, award=award) for i in range(3)], {i: person(i + 1) for i in range(3)},
                         imports=imports[0:1], **tables)
    need(agent.await_top(first).count == 1, "one update at the top")
    record = pb.RecordId(update=first, index=1)
    second = agent.report([change(1, record=record, award=award)], {0: person(2222)}, imports=imports[1:2], **tables)
    agent.await_top(second)
    record = pb.RecordId(update=first, index=2)
    third = agent.report([change(1, op=pb.OP_RETRACT, record=record, reason="nhập nhầm")], imports=imports[2:3])
    top = agent.await_top(third)
    need(top.quarantined == 0 and not top.quarantine, "nothing quarantined")
    settled(agent, "at the end")
    print(json.dumps({"unit": me.code, "top": top.hub.code, "updates": top.count, "quarantined": top.quarantined,
                      "receipts": sorted(code for code, _ in agent.receipts)}))


def vectors(folder):
    """Makes everything in the vectors again from their inputs."""
    def read(name):
        pairs = dict(line.split(" ", 1) for line in (pathlib.Path(folder) / name).read_text().splitlines())
        return {k: v if k.endswith(".text") else bytes.fromhex(v) for k, v in pairs.items()}

    v = read("update.txt")
    key = nacl.signing.SigningKey(v["seed"])
    personal = pb.Personal(salt=v["personal.salt"])
    for i in (0, 1):
        personal.rows.add(change=i, person=v["personal.row%d.person" % i])
        need(row_salt(personal.salt, i) == v["personal.row%d.salt" % i], "row salt")
    need([leaf for _, leaf in personal_leaves(personal)] == [v["personal.row%d.leaf" % i] for i in (0, 1)], "leaves")
    need(personal_root(personal) == v["personal.root"], "root")
    need(H(v["body"]) == v["body.hash"] and H(v["frame"]) == v["identity"], "hashes")
    need(UPDATE_CONTEXT + v["identity"] == v["signed"], "what is signed")
    update = pb.Update(frame=v["frame"], signature=key.sign(v["signed"]).signature, body=v["body"],
                       personal=personal.SerializeToString())
    need(update.signature == v["signature"] and update.SerializeToString() == v["update"], "update")
    need(update_open(v["update"]).frame.key == v["key"], "it opens")

    v = read("receipt.txt")
    key = nacl.signing.SigningKey(v["seed"])
    need(RECEIPT_CONTEXT + H(v["statement"]) == v["signed"], "what a receipt signs")
    receipt = pb.Receipt(statement=v["statement"], signature=key.sign(v["signed"]).signature)
    need(receipt.SerializeToString() == v["receipt"], "receipt")

    v = read("join.txt")
    parts = v["hub.curve_key"], v["secret"], v["endpoint.text"]
    need(code_read(v["code.text"]) == parts == code_read(v["code.text"].lower().replace("-", "")), "join code")
    join = pb.Join.FromString(v["message"][12:])
    need(v["message"][:2] == bytes([JOIN, 1]), "a whole message with its header")
    need(join_signed(v["secret"], pb.ROLE_AGENT, v["curve_key"], v["key"]) == v["signed"], "what a JOIN proves")
    need(is_signed(v["key"], v["signed"], v["proof"]) and join.proof == v["proof"], "proof")
    top = int.from_bytes(H(b"lienthong fingerprint v1\0" + v["key"] + v["curve_key"]), "big") >> 206
    digits = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[top >> 5 * (9 - i) & 31] for i in range(10))
    need(digits[:5] + "-" + digits[5:] == v["fingerprint.text"], "fingerprint")
    print("vectors are right")


if __name__ == "__main__":
    load_schema(sys.argv[2])
    {"work": work, "vectors": vectors}[sys.argv[1]](sys.argv[3])
