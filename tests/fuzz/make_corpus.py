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
        "report-lives": head(7) + field(9, field(1, unit) + field(2, h) + field(3, 1795752522) + field(4, 12) + field(5, h)
                                        + field(6, bytes(64))) * 2,
        "ready": head(8),
        "refused": head(9) + field(1, h) + field(2, chain) + field(3, 1) + field(4, h)
        + field(5, "thiếu bản cập nhật trước".encode()),
        "join": join["message"],
        "joined": head(11) + field(1, 1) + field(3, unit) + field(4, unit) + field(5, h) + field(6, unit)
        + field(7, b"tcp://hub.example:7100"),
        "want-piece": head(12) + field(1, h) + field(2, 1 << 15),
        "piece": head(13) + field(1, h) + field(2, 1 << 15) + field(3, b"bytes") + field(4, 1),
        "piece-not-here": head(13) + field(1, h),
        "piece-too-long": head(13) + field(1, h) + field(3, bytes((1 << 15) + 1)),
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


def releases(vector):
    whole = vector["manifest"]
    write("release", {
        "whole": whole,
        "one-system": whole[:18] + b"\1" + whole[19:72],
        "cut-off": whole[:-1],
        "more": whole + b"\0",
        "number-zero": bytes(8) + whole[8:],
        "no-files": whole[:18] + b"\0",
        "nine-files": whole[:18] + b"\x09" + whole[19:],
        "nul-in-version": whole[:15] + b"\0" + whole[16:],
        "version-too-long": whole[:12] + b"\x20" + whole[13:],
        "path": whole.replace(b"linux-x86_64", b"../../x86_64"),
        "twice": whole[:18] + b"\2" + whole[19:72] * 2,
        "damaged": flip(whole, 3),
        "empty": b"",
    })


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




def entries():
    """Files of an operator: name -> (which planning, text)."""
    heirs, clusters, movements, obligations, titles, units = range(6)
    bom = "﻿"
    texts = {
        "heirs": (heirs, "code,valid_from,valid_to,successor,successor_valid_from,part,main\n28111,,,28111,2025-07-01,whole,\n"
                         "28112,,,28111,2025-07-01,whole,yes\n"),
        "heirs-split": (heirs, "code,successor,successor_valid_from,part,main\n28112,28111,2025-07-01,split,yes\n28112,80,,split,no\n"),
        "heirs-none": (heirs, "code,valid_to,successor,successor_valid_from,part\n807,2025-06-30,,,\n"),
        "clusters": (clusters, bom + "code,name,level,year,managing,lead,members\nC1,Cụm 1,district,2020,VN,28112,28111 28112\n"
                               "C2,\"Khối, 2\",commune,2021,807,,28111 28112\n"),
        "clusters-after": (clusters, "name;level;year;managing;members\nCụm số 3;province;2026;80;28111@2025-07-01 80\n"),
        "movements": (movements, "code,name,launcher,scope,from,to,method,implements\nPT2,Dân vận khéo,80,unit,2020-01-01,2025-12-31,"
                                 "thematic,PT1\n,Học tập,VN,national,01/05/2021,,regular,\n"),
        "obligations": (obligations, "unit,within,level,nature,kind,period,due,exempt\n28111,,,,award,2024,2025-01-15,\n"
                                     ",80,commune,administrative,,2024-H1,2024-07-15,\n28112,,,,,2024/2025,,yes\n,,,,score,2020-2025,,\n"),
        "titles": (titles, "code,kind,name,name_en,recipients,levels,law,valid_from,valid_to\nGK,form,Giấy khen,,,,,,\n"
                           "BK,form,Bằng khen,,collective individual,province state,Luật TĐKT 2022,2024-01-01,\n"),
        "units": (units, "code,parent,level,type,nature,name,valid_from,valid_to\n28113,807,commune,xã,administrative,Xã Ba,,2025-06-30\n"
                         "28114,80,commune,phường,,Phường Tư,2025-07-01,\n"),
        "empty": (heirs, ""), "header": (clusters, "code,name,level,year,managing\n"),
    }
    write("entries", {name: bytes([which]) + text.encode() for name, (which, text) in texts.items()})


def hashed_lines(*lines):
    return "".join(line + "\n" for line in lines).encode()


def settings(join):
    """Which file, and 8 where the target writes the hash at its end."""
    key, other, signature = "ab" * 32, "cd" * 32, "01" * 64
    request = hashed_lines("lienthong root request 1", "top VN", "root " + key, "recovery " + other, "key " + key, "next-key " + other)
    answer = hashed_lines("lienthong root answer 1", "top 01@2025-07-01", "root " + key, "recovery " + other,
                          "replacement " + signature, "key " + key, "grant " + signature)
    manifest = hashed_lines("lienthong backup 1", "program lienthong-hub", "version 0.1.0", "made 1795752522",
                            "unit 80@2025-07-01", "instance " + "0f" * 16, "updates 123", "drafts 0", "tips " + key,
                            "file %s 4096 store/data.mdb" % key, "file %s 65 sign.key" % other)

    def whole(text, word, size):
        return text + ("%s %s\n" % (word, hashlib.blake2b(text, digest_size=32).hexdigest()[:2 * size])).encode()

    conf = b"; the hub\nlisten = tcp://0.0.0.0:7400\nlisten = tcp://0.0.0.0:* listen-2.key\npublic = tcp://hub.example:7400\n" \
           b"workers = 2\ncredit = 4\npeers = 8192\nstrangers = 256\nnothing = 20\npace = 100\nday = 1024\ncut = 60\nsilent_after = 36h\n"
    state = '{"connected": true, "settled": false, "parent_ready": true, "since": 1795752522, "last_contact": 1795752522,' \
            ' "endpoint": "tcp://hub:7400", "hub": "80", "second": false, "trouble": "không nối được", "held_until": 0,' \
            ' "held_text": "", "bad_receipts": {"count": 2, "key": true, "at": 5, "hub": "VN"},' \
            ' "refused": [{"update": "%s", "reason": 3, "at": 7, "text": "khóa"}]}' % key
    switch = hashed_lines("lienthong switch 1", "kept 4 " + key, "trying 5 " + other, "starts 1", "ran 300", "lacking 2",
                          "bad 2 probe", "bad 3 time")
    code = join["code.text"]
    broken = code[:40] + "\n" + code[40:]
    write("settings", {
        "conf": b"\0" + conf, "conf-minimal": b"\0listen=tcp://*:0\n", "conf-section": b"\0[hub]\n" + conf,
        "conf-key-file": b"\0listen = tcp://0.0.0.0:7400 listen-9.key\n", "conf-no-listen": b"\0workers = 0\n",
        "conf-odd": b"\0listen = tcp://[::1]:65535\npublic = ipc://x\n", "conf-long": b"\0listen = tcp://" + b"h" * 300 + b":1\n",
        "request": b"\x09" + request, "request-whole": b"\1" + whole(request, "check", 8),
        "request-cut-off": b"\1" + whole(request, "check", 8)[:-30], "request-newer": b"\x09" + request.replace(b"request 1", b"request 2"),
        "answer": b"\x0a" + answer, "answer-whole": b"\2" + whole(answer, "check", 8),
        "answer-20-keys": b"\x0a" + answer + hashed_lines("key " + key, "grant " + signature) * 19,
        "manifest": b"\x0b" + manifest, "manifest-whole": b"\3" + whole(manifest, "end", 32),
        "manifest-leads-away": b"\x0b" + manifest.replace(b"store/data", b"store/../x"),
        "manifest-newer": b"\x0b" + manifest.replace(b"backup 1", b"backup 2"), "manifest-no-version": b"\x0b" + manifest.replace(b"version 0.1.0\n", b""),
        "manifest-no-files": b"\x0b" + manifest[:300],
        "key": b"\4" + key.encode() + b"\n", "key-zeros": b"\4" + b"0" * 64 + b"\n", "key-short": b"\4" + key[:60].encode() + b"\n",
        "code": b"\5" + code.encode() + b"\n", "code-in-letter": b"\5" + ("Kính gửi\n\nMã: %s\nTrân trọng\n" % broken).encode(),
        "code-mistyped": b"\5" + code.replace("Q", "P", 1).encode(), "code-none": b"\5hello\n",
        "code-twice": b"\5" + (code[:-7] + "\n" + code + "\n").encode(),
        "state": b"\6" + state.encode(), "state-no-object": b"\6[1, 2]", "state-long": b"\6" + ('{"trouble": "%s"}' % ("a" + "ế" * 200)).encode(),
        "switch": b"\x0f" + switch, "switch-whole": b"\7" + whole(switch, "check", 8), "switch-cut-off": b"\7" + switch,
        "switch-lesser": b"\x0f" + switch.replace(b"trying 5", b"trying 3"),
        "switch-started": b"\x0f" + switch.replace(b"starts 1", b"starts 3"),
        "switch-order": b"\x0f" + switch.replace(b"bad 3", b"bad 1"),
        "state-nested": b"\6" + b"[" * 3000,
    })


def words():
    readers = {
        0: ("80", "01@2025-07-01", "VN@", "A-b_c.d@1945-09-02", "80@1970-01-01"),
        1: ("2024", "2024/2025", "2020-2025", "2024-05", "2024-Q1", "2024-H1", "2024-05-19", "2024-13", "1944"),
        2: ("2024-02-29", "1900-02-29", "0001-01-01", "9999-12-31"),
        3: ("tcp://hub.example:7400", "tcp://[::1]:00000", "tcp://*:*", "36h", "90s", "366d", "999999999999999999999d", "30"),
        4: ("--place 01@2025-07-01 --year 2018..2020 --by year,code --where 'field=y tế'",
            "--place 80 --period 2024-Q1 --basis decided --tree today --where recipient=individual --where code=GK",
            "--place 80 --year 2015-2020 --basis achieved --tree 2025-07-01", r"--place 80 --year 2020 --where 'movement=a'\''b'",
            "--year 2020", "--place '"),
        5: ("\x40Số 015/2020/QĐ-UBND", "\x40Cụm thi đua số 1", "\x02Cụm TĐ số 01", "\x40Hòa Hoà Thủy Thuỷ", "\x40ÐƯỜNG—“ﬀ”ﷺ",
            "\x40" + "ΐ" * 40, "\x40" + "ΐ" * 512, "\x40" + "ᾷ" * 341, "\x40" + "a" * 1025, "\0x"),
        6: ("ABCDE-01234", "oi l"),
    }
    seeds = {"%d-%d" % (n, i): bytes([n]) + text.encode() for n, texts in readers.items() for i, text in enumerate(texts)}
    seeds["5-no-utf8"] = b"\5\x40\xed\xa0\x80\xff"
    seeds["7-key"] = b"\7\x01" + b"80".ljust(16, b"\0") + struct.pack(">I", 0x80000000 + 20270)
    write("words", seeds)


def judged():
    golden = {n: dict(fields((data / "golden" / f"update-0.1.0-{n}.bin").read_bytes()))[3] for n in ("awards", "kinds")}
    old, new, top = (field(2, field(1, b"28111")), field(2, field(1, b"28111") + field(2, 40540)), field(2, field(1, b"VN")))
    decision = field(3, field(1, 1) + field(4, "15/QĐ-UBND".encode()) + field(5, 2 * 18400))
    year = field(1, 1) + field(3, 2020)

    def award(*more):
        return field(4, field(10, field(1, b"GK") + field(2, 1) + field(3, year) + b"".join(more)))

    seeds = {f"{n}-{at}": bytes([at]) + golden[n] for n in golden for at in range(6)}
    for at, unit in enumerate((top, old, new)):
        seeds["award-%d" % at] = bytes([at]) + unit + decision + award(field(5, 2), field(9, 1))
        seeds["award-total-%d" % at] = bytes([at]) + unit + decision + award(field(5, 1), field(9, 1), field(13, 40))
    write("judge", seeds)


def persons():
    def texts(*words):
        return b"".join(bytes([len(w.encode())]) + w.encode() for w in words)

    two = texts("Nguyễn Văn A", "Phòng Nội vụ", "Trưởng phòng", "Tổ 3", "", "")
    write("persons", {
        "one": b"\0\0\1\2" + texts("Trần Thị B", "", ""), "two": b"\1\0\0\x77" + two, "none-taken": b"\0\x12\x34\x56" + two,
        "all-taken": b"\xff\0\xff\xff" + two * 4, "with-gaps": b"\x05\3\0\1" + texts("", "", "") + two + texts("", "", "x"),
        "long": b"\2\0\2\0" + texts("ế" * 80, "a" * 250, "b") * 3,
    })


def talks():
    """Setting and what both sides hold, then steps (fuzz_talk.c): up 0, down 2, time 4, spoil 5, drop 6, repeat 7, to the
    parent 8, to the child 10, break 12, drafts 13, the parent learns 14, others 15."""
    everything, nothing, mixed = b"\xff" * 6, bytes(6), b"\x33\x01\x10\x0f\xf0\x03"
    honest = bytes([0, 2]) * 20
    seeds = {}
    for setting in range(4):
        for name, held in (("all", everything), ("none", nothing), ("mixed", mixed), ("child", b"\xff\xff\xff\0\0\0"), ("parent", b"\0\0\0\xff\xff\xff")):
            seeds["%s-%d" % (name, setting)] = bytes([setting]) + held + honest + bytes([13]) + honest
    head = b"\2" + mixed
    seeds["welcome"] = head + b"\0" + bytes([10, 0, 1, 0, 0, 1, 1, 2, 1, 1, 2, 0, 2]) + bytes([10, 1, 2, 0, 3, 1, 2, 3, 2, 1, 4, 0, 0, 2, 2])
    seeds["receipts"] = head + honest + bytes([10, 2, 0, 1, 2, 3, 2, 4, 5, 0, 2] * 4)
    seeds["refused"] = head + honest[:8] + bytes([10, 3, 6, 2, 7, 1, 0, 3, 0, 2] + [10, 3, 6, 2, 9, 1, 0, 3, 0, 2])
    seeds["wants"] = head + honest[:6] + bytes([8, 1, 2, 3, 1, 2, 3, 0, 0] * 6)
    seeds["hellos"] = head + bytes([8, 0, 1, 0, 0, 1, 1, 0, 0] * 6) + honest
    seeds["lost"] = head + bytes([0, 6, 1, 2, 6, 0, 7, 1, 0, 2, 4, 20, 12, 4, 22] * 4)
    seeds["spoilt"] = head + bytes([5, 1, 0, 9, 0, 5, 0, 3, 8, 2] * 4)
    seeds["learns"] = b"\3" + nothing + b"".join(bytes([14, n, 2, 15, 8, n, 0]) for n in range(14)) + honest
    seeds["owner"] = b"\1" + mixed + b"".join(bytes([15, n, 4, 2 * n, 0, 2]) for n in range(10)) + bytes([13]) + honest
    write("talk", seeds)


def takes():
    award = (here / "corpus/judge/award-0").read_bytes()[1:]
    book = (here / "corpus/book/all").read_bytes()[1:]
    kinds = dict(fields((data / "golden/update-0.1.0-kinds.bin").read_bytes()))[3]

    def update(kind, unit, body, parents=0, seq=0, signer=0, version=0):
        return bytes([kind, unit, signer, parents, seq, version, 0]) + struct.pack(">H", len(body)) + body

    def raw(kind, data):
        return bytes([7, kind]) + struct.pack(">H", len(data)) + data

    receipt = bytes([5, 1, 3, 1, 1, 0, 0])
    items = {
        "report": update(0, 3, award), "chain": update(0, 3, award) + update(0, 3, kinds, 1, 1) + update(0, 3, award, 1, 2),
        "fork": update(0, 3, award) + update(0, 3, award, 1, 1) + update(0, 3, kinds, 2, 1) + update(0, 3, b"", 3, 2),
        "orphan": update(0, 3, award) + update(0, 4, award, 1, 1), "seq": update(0, 3, award, 0, 5), "another-key": update(0, 3, award, signer=0xc4),
        "newer": update(0, 3, award, version=0xff), "nothing-said": update(0, 0, b""),
        "top": update(3, 0, book, 0, 2), "top-first": update(3, 0, book), "district": update(3, 1, book) + update(3, 2, book),
        "no-hub": update(3, 4, book), "reports-then-directive": update(0, 4, award) + update(3, 0, book, 0, 2) + update(0, 5, kinds),
        "receipts": update(0, 3, award) + receipt * 3, "raw": raw(1, b"x") + raw(2, b"") + raw(1, (data / "golden/update-0.1.0-awards.bin").read_bytes()),
        "bad-kind": raw(3, b""),
    }
    for n, item in enumerate(standing().values()):
        items["directive-%d" % n] = update(3, 0, field(1, item), 0, 2) + update(0, 3, award)
    seeds = {name: b"\2" + item for name, item in items.items()}
    key = b"\1" + b"80".ljust(16, b"\0") + struct.pack(">I", 0x80000000)
    seeds.update({"keys": b"\0" + key, "keys-many": b"\0" + key * 40, "keys-cut-off": b"\0" + key[:20], "keys-bad": b"\0\3" + key[1:]})
    seeds["invites"] = b"\1unit,days,role,approve\n28159,7,agent,yes\n80,,hub,\n28162,30,,no\n"
    seeds["invites-unknown"] = b"\1unit;role\n99999;agent\n"
    seeds["invites-bad"] = b"\1unit,days\n28159,0\n"
    write("take", seeds)


def controls():
    def frame(verb, payload, size=None):
        return struct.pack(">IB", len(payload) if size is None else size, verb) + payload

    write("control", {"status": frame(1, b""), "direct": frame(2, b"hello"), "cut-off": frame(2, b"hello")[:7], "short": b"\0\0",
                      "too-long": frame(5, b"x", 0xffffffff), "said-more": frame(5, b"x", 100), "more": frame(6, bytes(21)) + b"more", "empty": b""})


updates()
bundles(vectors("bundle.txt"))
proofs()
books(standing())
forms()
join_vector, receipt_vector = vectors("join.txt"), vectors("receipt.txt")
messages(join_vector, receipt_vector["receipt"])
join_codes(join_vector)
receipts(receipt_vector)
releases(vectors("release.txt"))
entries()
settings(join_vector)
words()
judged()
persons()
talks()
takes()
controls()
