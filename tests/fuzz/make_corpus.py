#!/usr/bin/env python3
"""Writes the seeds of the byte layer's fuzz targets from tests/data, valid ones and damaged ones.

Run by hand when the format grows; the seeds are kept with the sources. What fuzzing found beside
them (found-*) is left alone.
"""
import hashlib
import pathlib
import struct

here = pathlib.Path(__file__).resolve().parent
data = here.parent / "data"


def vectors(name):
    lines = (data / "vectors" / name).read_text().splitlines()
    values = dict(line.split(" ", 1) for line in lines)
    return {k: v if k.endswith(".text") else bytes.fromhex(v) for k, v in values.items()}


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(message):
    """(number, value) pairs of a well-formed message."""
    at, out = 0, []

    def number():
        nonlocal at
        value = shift = 0
        while True:
            value |= (message[at] & 0x7F) << shift
            at += 1
            if message[at - 1] < 0x80:
                return value
            shift += 7

    while at < len(message):
        tag = number()
        if tag & 7 == 0:
            out.append((tag >> 3, number()))
        else:
            size = number()
            out.append((tag >> 3, message[at:at + size]))
            at += size
    return out


def flip(seed, at):
    return seed[:at] + bytes([seed[at] ^ 0x41]) + seed[at + 1:]


def write(folder, seeds):
    path = here / "corpus" / folder
    path.mkdir(parents=True, exist_ok=True)
    for name, seed in seeds.items():
        (path / name).write_bytes(seed)


def updates():
    golden = {n: (data / "golden" / f"update-0.1.0-{n}.bin").read_bytes()
              for n in ("awards", "kinds", "directives")}
    outer = {n: dict(fields(g)) for n, g in golden.items()}
    root = dict(fields(outer["awards"][3]))[5]
    seeds = {f"whole-{n}": b"\0" + g for n, g in golden.items()}
    kinds = seeds["whole-kinds"]
    seeds["whole-cut-off"] = kinds[:150]
    seeds["whole-frame-damaged"] = flip(kinds, 9)
    seeds["whole-body-damaged"] = flip(kinds, len(kinds) - 20)
    seeds["whole-two-bodies"] = kinds + field(3, b"x")
    seeds["report-awards"] = b"\1" + outer["awards"][3]
    seeds["report-kinds"] = b"\1" + outer["kinds"][3]
    seeds["report-damaged"] = flip(seeds["report-kinds"], 60)
    seeds["report-to-come"] = b"\1" + field(4, field(17, b"new")) + field(4, field(1, 9)) + field(9, 1)
    seeds["report-empty-changes"] = b"\1" + field(4, field(15, b"")) * 300
    seeds["report-no-utf8"] = b"\1" + field(4, field(15, field(1, b"\xed\xa0\x80")))
    seeds["directive"] = b"\2" + outer["directives"][3]
    seeds["directive-damaged"] = flip(seeds["directive"], 33)
    seeds["directive-two-in-one"] = b"\2" + field(1, field(5, field(1, root)) + field(11, b""))
    for name, item in standing().items():
        seeds[f"directive-{name}"] = b"\2" + field(1, item)
    personal = outer["awards"][4]
    seeds["personal"] = b"\3" + struct.pack(">H", 20) + root + personal
    seeds["personal-beyond"] = b"\3" + struct.pack(">H", 19) + root + personal
    seeds["personal-damaged"] = flip(seeds["personal"], 100)
    leaves = [bytes([n]) * 32 for n in (1, 2)]
    root = hashlib.blake2b(b"lienthong persons v1\0" + struct.pack(">I", 2) + struct.pack(">I", 0) + leaves[0]
                           + struct.pack(">I", 3) + leaves[1], digest_size=32).digest()
    key = field(1, field(1, b"K" * 32) + field(2, b"S" * 80))
    rows = field(3, field(2, leaves[0]) + field(3, b"B" * 60)) + field(3, field(1, 3) + field(2, leaves[1]))
    seeds["sealed"] = b"\4" + struct.pack(">H", 20) + root + key + field(2, b"N" * 24) + rows
    seeds["sealed-beyond"] = b"\4" + struct.pack(">H", 3) + seeds["sealed"][3:]
    seeds["sealed-damaged"] = flip(seeds["sealed"], 60)
    seeds["sealed-no-rows"] = b"\4" + struct.pack(">H", 20) + root + key + field(2, b"N" * 24)
    seeds["whole-sealed"] = b"\0" + golden["kinds"] + field(5, key + field(2, b"N" * 24) + rows)
    write("update", seeds)


def standing():
    """Directive items of each kind beside units, titles and keys: name -> item."""
    new = 2 * 20270  # 2025-07-01, zigzag
    old, next_, other = (field(1, b"28111"), field(1, b"28111") + field(2, new), field(1, b"28112"))
    top, district = field(1, b"VN"), field(1, b"807")
    h = bytes(range(32))
    year, half = field(1, 1) + field(3, 2020), field(1, 7) + field(2, 1) + field(3, 2020)

    def tips(unit):
        return field(1, field(1, 1) + field(2, unit)) + field(2, h)

    def closing(part, unit):
        return field(9, field(1, half) + field(2, tips(unit)) + field(3, district) + field(5, part) + field(6, 2))

    return {
        "succession": field(13, field(1, old) + field(2, next_) + field(3, 1) + field(4, 1) + field(5, h) + field(6, 1)),
        "split": field(13, field(1, other) + field(2, next_) + field(3, 1)),
        "circle": field(13, field(1, old) + field(2, other)),
        "backwards": field(13, field(1, other) + field(2, old)),
        "withdrawn": field(13, field(1, old) + field(2, next_) + field(7, 1)),
        "abolished": field(13, field(1, district) + field(6, 1)),
        "cluster": field(6, field(1, b"K1") + field(2, "Cụm thi đua số 1".encode()) + field(3, 3) + field(4, district)
                         + field(5, 2020) + field(6, old) + field(7, old) + field(7, other)),
        "movement": field(7, field(2, "Nông thôn mới".encode()) + field(3, top) + field(4, 1) + field(5, 36524)
                          + field(6, 43828) + field(7, 1) + field(8, b"PT1")),
        "obligation": field(8, field(1, old) + field(3, 1) + field(4, year) + field(5, 37200)),
        "described": field(8, field(2, 1) + field(4, half) + field(6, 1) + field(7, 4) + field(8, district)),
        "closing-1": closing(1, old),
        "closing-2": closing(2, other),
        "publication": field(14, field(1, b"nam 2020") + field(3, top) + field(4, b"figures --year 2020")
                             + field(5, b"{}") + field(6, h) + field(7, tips(old)) + field(11, 1609459200)),
        "redaction": field(10, field(1, field(1, h) + field(2, 3)) + field(2, "yêu cầu".encode())),
        "sealing": field(17, field(1, district) + field(2, top) + field(3, h)),
        "sealing-open": field(17, field(1, district) + field(4, 1)),
        "unit-box": field(18, field(1, old) + field(2, h) + field(3, h[::-1]) + field(4, bytes(80)) + field(5, h)),
        "unit-box-told": field(18, field(1, old) + field(2, h) + field(5, h[::-1])),
        "move": field(12, field(1, old) + field(2, b"tcp://hub.example:7100") + field(3, h) + field(4, top)),
    }


def books(items):
    def bodies(*names):
        return b"".join(field(1, items[n]) for n in names)

    def pair(first, second):
        size = len(first) + len(second)
        split = next((n for n in range(256) if size * n // 256 == len(first)), None)
        assert split is not None, "no 256th ends where the first body does"
        return bytes([split]) + first + second

    unit = field(1, field(1, field(1, field(1, b"28113")) + field(2, field(1, b"807")) + field(3, 4) + field(7, 40538)))
    seeds = {name: b"\0" + bodies(name) for name in items}
    seeds["all"] = b"\0" + bodies(*items)
    seeds["withdrawn-later"] = pair(bodies("succession"), bodies("withdrawn"))
    seeds["unit-later"] = b"\0" + bodies("succession", "split") + unit
    seeds["parts-apart"] = pair(bodies("closing-1"), bodies("closing-2"))
    seeds["circle-both"] = pair(bodies("circle"), bodies("backwards"))
    seeds["damaged"] = flip(seeds["all"], 70)
    for name, body in (("versions", b"\x02"), ("versions-absurd", b"\xff\xff\xff\xff\x0f"), ("versions-none", b"\0")):
        seeds[name] = b"\0" + field(1, field(16, b"\x08" + body))
    write("book", seeds)


def messages(join, receipt):
    def head(kind):
        return bytes([kind, 1, 0, 0]) + struct.pack(">Q", 7)

    h = bytes(range(32))
    unit = field(1, b"807") + field(2, 25206)
    chain = field(1, 1) + field(2, unit)
    tips = field(1, chain) + field(2, h) + field(2, bytes(32 * [0xEE]))
    seeds = {
        "hello": head(1) + field(1, unit) + field(2, 1) + field(3, h[:16]) + field(4, 1) + field(5, 1)
        + field(6, b"lienthong 0.1.0") + field(7, h) + field(8, receipt),
        "welcome": head(2) + field(1, unit) + field(2, h) + field(3, 1) + field(4, 1 << 22)
        + field(5, 1) + field(6, 1) + field(7, h[:16]) + field(8, 1609459200) + field(9, 1),
        "tips": head(3) + field(1, tips) * 3 + field(2, 1),
        "receipts": head(5) + field(1, receipt) * 2,
        "want": head(6) + field(1, chain) + field(2, h) * 5,
        "report": head(7) + field(1, 3) + field(2, 1) + field(4, 1 << 40) + field(6, b"lienthong 0.1.0"),
        "ready": head(8),
        "refused": head(9) + field(1, h) + field(2, chain) + field(3, 1) + field(4, h)
        + field(5, "thiếu bản cập nhật trước".encode()),
        "join": join["message"],
        "joined": head(11) + field(1, 1) + field(3, unit) + field(4, unit) + field(5, h) + field(6, unit)
        + field(7, b"tcp://hub.example:7100"),
        "tips-not-ascending": head(3) + field(1, field(1, chain) + field(2, h) * 2),
        "want-too-many": head(6) + field(1, chain) + field(2, h) * 129,
        "unknown-type": head(99),
        "cut-off": head(1)[:11],
    }
    seeds["hello-damaged"] = flip(seeds["hello"], 14)
    seeds["joined-damaged"] = flip(seeds["joined"], 40)
    write("message", seeds)


def join_codes(join):
    code = join["code.text"]
    raw = join["hub.curve_key"] + join["secret"]
    write("join_code", {
        "code": code.encode(),
        "lower": code.lower().encode(),
        "sloppy": code.replace("0", "o").replace("1", "l").replace("-", "  ").encode(),
        "no-prefix": code[4:].encode(),
        "mistyped": code.replace("Q", "P", 1).encode(),
        "exchanged": (code[:6] + code[7] + code[6] + code[8:]).encode(),
        "cut-off": code[:-7].encode(),
        "too-long": (code * 4).encode(),
        "no-digit": (code[:20] + "U" + code[21:]).encode(),
        "empty": b"",
        "zeros": b"0" * 86,
        "raw": raw + b"tcp://[2001:db8::1]:7100",
        "raw-no-scheme": raw + b"ipc://somewhere",
    })


def receipts(vector):
    whole, statement = vector["receipt"], vector["statement"]
    parts = fields(statement)

    def without(number):
        return b"".join(field(n, v) for n, v in parts if n != number)

    seeds = {
        "whole": b"\0" + whole,
        "whole-cut-off": b"\0" + whole[:-30],
        "whole-signature-damaged": b"\0" + flip(whole, len(whole) - 9),
        "whole-statement-damaged": b"\0" + flip(whole, 40),
        "statement": b"\1" + statement,
        "statement-no-tips": b"\1" + without(5),
        "statement-no-hub": b"\1" + without(1),
        "statement-no-quarantine": b"\1" + without(9),
        "statement-to-come": b"\1" + statement + field(99, 1),
        "statement-two-hubs": b"\1" + statement + field(1, field(1, b"80")),
        "statement-17-keys": b"\1" + statement + field(8, bytes(32)) * 16,
        "statement-tips-not-ascending": b"\1" + statement + field(5, bytes(32)),
    }
    write("receipt", seeds)


def forms():
    """Those that are compiled in, and small ones with each way to go wrong."""
    small = ('{"form":"X","version":"1","title":"T","rows":[{"code":"1","text":"a"},%s],'
             '"columns":[{"code":"1","text":"b"},%s]}')
    rows = {
        "sum": '{"code":"2","text":"s","sum":["1"]}',
        "circle": '{"code":"2","text":"s","sum":["2"]}',
        "share": '{"code":"2","text":"s","share":["1","1"]},{"code":"3","text":"m","minus":["2","1"]}',
        "each": '{"code":"2","each":"place"}',
        "where": '{"code":"2","text":"w","where":["code!=HC_*|GK","month=3","type="]}',
        "bad-value": '{"code":"2","text":"w","where":["recipient=crowd"]}',
        "twice": '{"code":"1","text":"w"}',
        "heading": '{"heading":true,"text":"h","indent":4}',
    }
    plain = '{"text":"g","where":["level=state"],"columns":[{"code":"2","text":"y"}]}'
    deep = '{"code":"9","text":"x"}'
    for level in range(5):
        deep = '{"text":"%d","columns":[%s]}' % (level, deep)
    seeds = {path.stem: path.read_bytes() for path in (here.parent.parent / "hub/forms").glob("*.json")}
    seeds.update({name: (small % (row, plain)).encode() for name, row in rows.items()})
    seeds["deep"] = (small % (rows["sum"], deep)).encode()
    seeds["cut-off"] = seeds["0602"][:700]
    seeds["nested"] = b"[" * 3000
    seeds["no-utf8"] = seeds["sum"].replace(b'"a"', b'"\xed\xa0\x80"')
    write("form", seeds)


def bundles(vector):
    whole, plain = vector["bundle"], vector["chunk.plain"]
    size = struct.unpack(">I", plain[:4])[0]
    hello, rest = plain[:4 + size], plain[4 + size:]

    def framed(message):
        return struct.pack(">I", len(message)) + message

    head = hello[4:16]
    seeds = {
        "raw": b"\0" + whole,
        "raw-cut-off": b"\0" + whole[:-20],
        "raw-no-stream": b"\0" + whole[:130],
        "raw-damaged": b"\0" + flip(whole, 60),
        "raw-16-receivers": b"\0" + whole[:9] + b"\x10" + whole[10:12] + whole[12:124] * 16 + whole[124:],
        "raw-newer": b"\0" + whole[:8] + b"\2" + whole[9:],
        "whole": b"\1" + plain,
        "empty": b"\1",
        "hello-alone": b"\1" + hello,
        "no-hello": b"\1" + rest,
        "two-hellos": b"\1" + hello + hello + rest,
        "other-session": b"\1" + hello + flip(rest, 15),
        "cut-off": b"\1" + plain[:-9],
        "several-chunks": b"\1" + hello + rest * 200,
        "ready": b"\1" + hello + framed(bytes([8]) + head[1:]),
        "size-0": b"\1" + hello + bytes(4),
        "size-large": b"\1" + hello + b"\xff" * 8,
        "update-damaged": b"\1" + hello + flip(rest, 60),
    }
    write("bundle", seeds)


def proofs():
    """The golden proof whole, damaged, and changed by a hub that seals it again (first byte odd)."""
    whole, at, pieces = (data / "golden" / "proof-0.1.0.bin").read_bytes(), 8, []
    while at < len(whole):
        size = struct.unpack(">I", whole[at + 1:at + 5])[0]
        pieces.append((whole[at], whole[at + 5:at + 5 + size]))
        at += 5 + size

    def file(changed):
        return whole[:8] + b"".join(bytes([k]) + struct.pack(">I", len(c)) + c for k, c in changed)

    def each(kind, change):
        return file([(k, change(c) if k == kind else c) for k, c in pieces])

    ups = [i for i, (k, _) in enumerate(pieces) if k == 4]
    first = fields(pieces[1][1])[0][1]
    seeds = {"whole": b"\xfe" + whole, "bytewise": b"\0" + whole, "sealed": b"\xff" + whole,
             "cut-off": b"\0" + whole[:900], "no-seal": b"\0" + file(pieces[:-1]), "more": b"\0" + whole + b"x",
             "other-kind": b"\0" + flip(whole, 0), "piece-too-long": b"\0" + whole[:9] + b"\xff" + whole[10:],
             "row-twice": b"\xff" + each(2, lambda c: c + field(1, first)),
             "row-wrong": b"\xff" + each(2, lambda c: c[:-1] + bytes([c[-1] ^ 2])),
             "no-rows": b"\xff" + file([p for p in pieces if p[0] != 2]),
             "no-cut": b"\xff" + file([p for p in pieces if p[0] != 3]),
             "chain-dropped": b"\xff" + each(3, lambda c: b"".join(field(1, v) for _, v in fields(c)[1:])),
             "chain-left-out": b"\xff" + each(3, lambda c: b"".join(field(1, v + field(3, 1)) for _, v in fields(c)[:1]) +
                                              b"".join(field(1, v) for _, v in fields(c)[1:])),
             "no-updates": b"\xff" + file([p for p in pieces if p[0] != 4]),
             "update-twice": b"\xff" + file(pieces[:ups[1]] + pieces[ups[0]:]),
             "update-damaged": b"\xff" + file(pieces[:ups[0]] + [(4, flip(pieces[ups[0]][1], 30))] + pieces[ups[0] + 1:])}
    for i in ups:
        seeds["update-dropped-%d" % (i - ups[0])] = b"\xff" + file(pieces[:i] + pieces[i + 1:])
    head = fields(pieces[0][1])
    for number in sorted({n for n, _ in head}):
        seeds["head-without-%d" % number] = b"\xff" + file([(1, b"".join(field(n, v) for n, v in head if n != number))] + pieces[1:])
    question = fields(dict(head)[8])
    asked = {"span": question + [(5, 1)], "decided": [(2, 1)] + question, "tree": question + [(8, 36000)],
             "months": question + [(6, 3), (7, 1)], "by-nothing": question + [(9, b"colour")],
             "where": question + [(10, field(1, b"recipient") + field(2, b"enterprise"))],
             "where-place": question + [(10, field(1, b"place") + field(2, b"nowhere"))],
             "where-year": question + [(10, field(1, b"year") + field(2, b"2020-"))]}
    for name, words in asked.items():
        told = b"".join(field(n, b"".join(field(m, w) for m, w in words) if n == 8 else v) for n, v in head)
        seeds["asked-" + name] = b"\xff" + file([(1, told)] + pieces[1:])
    write("proof", seeds)


updates()
bundles(vectors("bundle.txt"))
proofs()
books(standing())
forms()
join_vector, receipt_vector = vectors("join.txt"), vectors("receipt.txt")
messages(join_vector, receipt_vector["receipt"])
join_codes(join_vector)
receipts(receipt_vector)
