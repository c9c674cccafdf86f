#!/usr/bin/python3
"""Another machine of a unit whose names are sealed, in another language, written from docs/protocol.md alone.

    other_sealed.py PROTO CODE

Joins, says "joined" and its key, and waits for a line on its standard input. Then it reads the unit's names with the key that was
handed to it, tells names of its own, sealed, and sealed parts that are not as they should be, and says as JSON
what became of each. As other_agent.py, of which it is made, it is no agent for an office.
"""
import json, os, random, sys, time

import nacl.bindings, nacl.exceptions, nacl.public

import other_agent as other
from other_agent import H, RECEIPTS, REFUSED, UPDATE, UPDATE_CONTEXT, chain_key, need, row_salt, u32, unit_id

SEALED_CONTEXT = b"lienthong sealed v1\0"


def nonce_of(nonce, change):
    return nonce[:20] + bytes(a ^ b for a, b in zip(nonce[20:], u32(change)))


def close_row(key, nonce, body_hash, change, salt, person):
    return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        salt + person, SEALED_CONTEXT + body_hash + u32(change), nonce_of(nonce, change), key)


def open_row(key, nonce, body_hash, row):
    plain = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        row.box, SEALED_CONTEXT + body_hash + u32(row.change), nonce_of(nonce, row.change), key)
    leaf = H(b"lienthong person v1\0" + u32(row.change) + plain[32:], key=plain[:32])
    need(leaf == row.leaf, "a box holds what its leaf says")
    return other.pb.Person.FromString(plain[32:])


def root_of(sealed):
    rows = b"".join(u32(r.change) + r.leaf for r in sealed.rows)
    return H(b"lienthong persons v1\0" + u32(len(sealed.rows)) + rows)


class Sealer(other.Agent):
    """Keeps the updates' bytes, and takes a refusal for an answer."""

    def __init__(self, code):
        super().__init__(code)
        self.raw, self.refusals = {}, {}

    def hear(self):
        kind, payload = self.link.receive()
        if kind == REFUSED:
            said = other.pb.Refused.FromString(payload)
            self.refusals[said.update] = other.pb.RefusalReason.Name(said.reason)
            return said
        if kind == UPDATE:
            self.raw[H(other.pb.Update.FromString(payload).frame)] = payload
        self.link.receive = lambda: (kind, payload)  # the one that was looked at
        try:
            return super().hear()
        finally:
            del self.link.receive

    def said(self, what):
        for _, item in self.store.directives():
            if item.HasField(what):
                yield getattr(item, what)

    def sealing(self):
        """The only one, in the trees that this is run in: the last word of the top."""
        return list(self.said("sealing"))[-1]

    def boxes(self):
        """The unit's, by the hub that names are sealed to: each with what opened it for this machine."""
        for box in self.said("unit_box"):
            if unit_id(box.unit) != unit_id(self.joined.unit):
                continue
            secret = None
            if box.machine == bytes(self.curve.public_key):
                secret = nacl.public.SealedBox(self.curve).decrypt(box.secret)
                need(bytes(nacl.public.PrivateKey(secret).public_key) == box.box_key, "the secret of the key")
            yield box, secret

    def names(self):
        """Of the unit's chain, update by update: the names that can be read, and to how many keys they are sealed."""
        secrets = {box.box_key: secret for box, secret in self.boxes() if secret}
        for identity, u in sorted(self.store.chains.get(chain_key(self.chain), {}).items(),
                                  key=lambda pair: pair[1].frame.seq):
            update = other.pb.Update.FromString(self.raw[identity])
            if not update.sealed:
                continue
            sealed = other.pb.Sealed.FromString(update.sealed)
            need(root_of(sealed) == u.body.personal_root, "root of a sealed part")
            keys = [nacl.public.SealedBox(nacl.public.PrivateKey(secrets[k.box_key])).decrypt(k.sealed)
                    for k in sealed.keys if k.box_key in secrets]
            names = [open_row(keys[0], sealed.nonce, u.frame.body_hash, r).name for r in sealed.rows] if keys else []
            yield {"names": names, "sealed_to": [k.box_key.hex() for k in sealed.keys]}

    def readers(self):
        sealing = self.sealing()
        own = [b.box_key for b, _ in self.boxes() if b.hub_key == sealing.box_key]
        return sorted({sealing.box_key, bytes(self.curve.public_key), *own})

    def make(self, names, number, bend=None, readers=None):
        """An update of awards with these names, sealed; `bend` changes the sealed part, or the update, before it goes."""
        pb, key, nonce, salt = other.pb, os.urandom(32), os.urandom(24), os.urandom(32)
        award = pb.Award(code="GK", decision=1, period=pb.Period(kind=pb.PERIOD_YEAR, to=2020), type=pb.TYPE_MERIT,
                         recipient=pb.RECIPIENT_INDIVIDUAL, status=pb.STATUS_DECIDED)
        people = [pb.Person(name=name, workplace="Thôn 1").SerializeToString() for name in names]
        sealed = pb.Sealed(nonce=nonce)
        for i, person in enumerate(people):
            salted = row_salt(salt, i)
            sealed.rows.add(change=i, leaf=H(b"lienthong person v1\0" + u32(i) + person, key=salted))
        body = pb.ReportBody(
            changes=[pb.Change(**{"import": 1, "row": i + 1}, award=award) for i in range(len(names))],
            imports=[random.getrandbits(64)], units=[self.joined.unit], signed_at=int(time.time()),
            decisions=[pb.Decision(unit=1, level=pb.LEVEL_COMMUNE, number=number, date=18_659)],
            personal_root=root_of(sealed))
        parents = self.store.tips(chain_key(self.chain))
        frame = pb.Frame(chain=self.chain, parents=parents, key=self.key, instance=self.instance, body_version=1,
                         seq=1 + max((self.store.updates[p].frame.seq for p in parents), default=0),
                         body_hash=H(body.SerializeToString()))
        for row, person in zip(sealed.rows, people):
            row.box = close_row(key, nonce, frame.body_hash, row.change, row_salt(salt, row.change), person)
        for reader in readers if readers is not None else self.readers():
            sealed.keys.add(box_key=reader, sealed=nacl.public.SealedBox(nacl.public.PublicKey(reader)).encrypt(key))
        update = pb.Update(frame=frame.SerializeToString(), body=body.SerializeToString())
        update.signature = self.signing.sign(UPDATE_CONTEXT + H(update.frame)).signature
        if bend is not None:
            bend(sealed, update)
        update.sealed = sealed.SerializeToString()
        return H(update.frame), update.SerializeToString()

    def push(self, made):
        """ "stored", or why not. What is stored is built upon."""
        identity, raw = made
        self.link.send(UPDATE, raw)
        while identity not in self.refusals:
            self.hear()
            if any(identity in s.tips for s, _ in self.receipts.values()):
                self.store.add(raw)
                self.raw[identity] = raw
                return "stored"
        return self.refusals[identity]


# ---- Sealed parts that are not as they should be ----------------------------------------------------

def bent_box(sealed, _):
    """The first row cannot be read, the second can."""
    sealed.rows[0].box = bytes([sealed.rows[0].box[0] ^ 1]) + sealed.rows[0].box[1:]


def exchanged(sealed, _):
    sealed.rows[0].box, sealed.rows[1].box = sealed.rows[1].box, sealed.rows[0].box


def tiny_box(sealed, _):
    sealed.rows[0].box = b"x"


def no_boxes(sealed, _):
    for row in sealed.rows:
        row.ClearField("box")


def no_keys(sealed, _):
    del sealed.keys[:]


def junk_keys(sealed, _):
    """What is said to be sealed for the hub is not; and a point of small order among the keys."""
    for key in sealed.keys:
        key.sealed = os.urandom(80)
    sealed.keys.add(box_key=bytes(32), sealed=bytes(80))


def bent_leaf(sealed, _):
    sealed.rows[0].leaf = bytes(32)


def too_many_keys(sealed, _):
    while len(sealed.keys) < 17:
        sealed.keys.add(box_key=os.urandom(32), sealed=os.urandom(80))


def short_nonce(sealed, _):
    sealed.nonce = sealed.nonce[:23]


def beyond(sealed, _):
    sealed.rows[-1].change = 2


def beside_personal(sealed, update):
    update.personal = other.pb.Personal(salt=bytes(32)).SerializeToString()


BENT = [bent_box, exchanged, tiny_box, no_boxes, no_keys, junk_keys, bent_leaf, too_many_keys, short_nonce, beyond]


def main(code):
    agent = Sealer(code)
    agent.join()
    print("joined", agent.key.hex(), flush=True)
    sys.stdin.readline()
    agent.hello()
    agent.fetch()
    agent.hello()
    while not agent.ready:
        agent.hear()
    told = {"read": list(agent.names()), "hub_key": agent.sealing().box_key.hex(),
            "unit_keys": {b.hub_key.hex(): b.box_key.hex() for b, secret in agent.boxes() if secret}, "bent": {}}
    told["good"] = agent.push(agent.make(["Tốt Một", "Tốt Hai"], "20/QĐ-UBND"))
    for at, bend in enumerate(BENT):
        name = bend.__name__
        told["bent"][name] = agent.push(agent.make([name + " 1", name + " 2"], "%d/QĐ-UBND" % (30 + at), bend))
    # Has no shape, so no name by which it could be refused: it is passed over.
    _, raw = agent.make(["beside 1", "beside 2"], "50/QĐ-UBND", beside_personal)
    agent.link.send(UPDATE, raw)
    told["after"] = agent.push(agent.make(["Tốt Ba", "Tốt Bốn"], "51/QĐ-UBND"))
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    other.load_schema(sys.argv[1])
    main(sys.argv[2])
