"""Requests that no browser of ours would send: a fixed list, and what Hypothesis makes up."""

import json
import random
from collections.abc import Iterator

from hypothesis import strategies as st

from .rough import Request

JSON, FORM = b"application/json", b"application/x-www-form-urlencoded"
ENDING = (
    "choice",
    "lease",
    "submit",
    "decline",
)  # the parent's own session may do these; then nothing would be left to try
EMPTY_SAVE = b'{"lease":1,"rev":2,"answers":{}}'
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", ""]
NUMBERS = ["9" * 5000, "9" * 300, "-1", "1.0", "1e400", "true", "null", '"1"', "[]", "{}", "9223372036854775808", "00"]
WORDS = [
    "", "\0", "a\0b", "😀" * 500, "\u202eabc\u202c", "שלום", "\ufeff", "é" * 2001, "x" * 2001, "<script>",
    "' OR 1=1 --",
]  # fmt: skip
PATHS = [
    "", "x", "/", "//", "/svar", "/svar//", "/svar/..", "/svar/../keys", "/svar/%2e%2e/keys", "/svar/-/x/../../keys",
    "/svar/-/media/\0", "/svar/-/media/" + "a" * 64, "/svar/-/0/intake.css", "/svar/" + "a" * 60_000,
    "/svar/" + "/" * 999, "/svar/\ud800/1", "/svar/" + "0" * 32 + "/1", "/svar/" + " " * 32 + "/1",
    "/svar/" + "é" * 32 + "/1", "/svar/😀/😀",
]  # fmt: skip
TAILS = [
    "", "1", "2", "3", "0", "-1", "01", "9999", "99999", "9" * 5000, "٣", "1.0", "1/", "1/1", "\0", "..", "\ud800",
    "choice", "lease", "submit", "decline", "word", "questions", "thanks", "thanks/adult",
]  # fmt: skip
BODIES = [
    b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"null", b"[]", b"0", b"{", b"NaN", b'{"a":', b'"\\ud800"', b"x" * 70_000,
    b"[" * 60_000, b'{"x":' + b"[" * 1500, b'{"code":null}', b'{"code":["A"]}', b'{"code":"\\u0000"}',
    b'{"code":"\\ud800"}', b'{"code":"' + "ß".encode() * 40 + b'"}', b'{"code":"A","code":"B"}',
    b'{"code":"A","word":1e400}', b'{"code":"A","word":"' + b"9" * 900 + b'"}', b'{"code":"A","word":"\\u0000"}',
    b'{"code":"A","x":' + b"[" * 1500, b"lease=1&rev=1&item.p1=9", b"lease=1&rev=1&item.p1=\xff",
    b"lease=" + b"9" * 5000, b"&" * 6000, b"a=%ff&lease=%00", b"lease=1&rev=1&item.ord=%00&go=next",
    b"lease=1&rev=1&item.ord=%ed%a0%80", b"choice=maybe", b"code=A&word=" + b"9" * 99, b"code=%00&word=%ff",
]  # fmt: skip
HEADERS = [
    (b"host", b"["), (b"host", b"\xff"), (b"host", b""), (b"host", b"localhost:x"),
    (b"origin", b"https://elsewhere.example"), (b"origin", b"\xff"), (b"sec-fetch-site", b"cross-site"),
    (b"cookie", b"svar=zz; svar=\xff"), (b"cookie", b"=;;=;" * 999), (b"accept", b"application/json"),
    (b"accept", b"\xff" * 999), (b"accept-encoding", b"gzip;q=x"), (b"accept-language", b"," * 9999),
    (b"content-encoding", b"gzip"), (b"content-type", b"application/json; charset=utf-16"),
    (b"content-type", b"text/plain"), (b"content-type", b"\xff"), (b"content-type", b"multipart/form-data"),
    (b"transfer-encoding", b"x"), (b"range", b"bytes=9-1"), (b"x-forwarded-for", b"\x00"),
    (b"x-http-method-override", b"PUT"), (b"expect", b"x"), (b"if-none-match", b"*"),
]  # fmt: skip
QUERIES = [
    b"", b"lang=nn", b"lang=%00", b"lang=" + b"x" * 60_000, b"%ff=%ff", b"\xff\xfe", b"&" * 5000, b"lang=nn&lang=se",
    b"code=ABC",
]  # fmt: skip


def wrong_saves() -> Iterator[bytes]:
    """Bodies of saves on the parents' screen that must be refused, each wrong in one way."""
    for number in NUMBERS:
        yield f'{{"lease":{number},"rev":1,"answers":{{"p1":1}}}}'.encode()
        yield f'{{"lease":1,"rev":{number},"answers":{{"p1":1}}}}'.encode()
    for value in ["0", "5", "1.5", "true", '"1"', "[1]", "{}", "NaN", "Infinity", "-1", "9" * 5000, "[" * 20_000]:
        yield f'{{"lease":1,"rev":1,"answers":{{"p1":{value}}}}}'.encode()
    for value in [
        "1",
        "true",
        "[]",
        "{}",
        '"\\ud800"',
        json.dumps("\0"),
        json.dumps("x" * 2001),
        json.dumps("😀" * 2001),
    ]:
        yield f'{{"lease":1,"rev":1,"answers":{{"ord":{value}}}}}'.encode()
    for key in ["a1", "", "P1", "\0", "__class__", "p1 ", "é" * 99]:
        yield json.dumps({"lease": 1, "rev": 1, "answers": {key: 1}}).encode()
    for more in ['"answers":null', '"answers":[]', '"answers":{},"pid":"0"', '"answers":{},"rev":[]', '"answers":{}}{']:
        yield f'{{"lease":1,"rev":1,{more}}}'.encode()


def fixed(attempts: dict[str, str], cookies: dict[str, bytes]) -> Iterator[Request]:
    """Everything of the lists against everything it can be said to."""
    both = [(header,) for header in HEADERS] + [((b"content-type", kind),) for kind in (JSON, FORM)]
    for path in PATHS:
        yield from (Request(method, path) for method in METHODS)
        yield from (Request("GET", path, headers, query=query) for headers in both for query in QUERIES)
    for path in ("/svar/code", "/svar/withdrawal", "/svar/next"):
        yield from (Request("POST", path, headers, body) for headers in both for body in BODIES if body != b"choice=no")
    for whose, name in attempts.items():
        for tail in TAILS:
            for cookie in (b"", *cookies.values()):
                own = cookie == cookies.get(whose) and whose == "parent"
                headers = ((b"cookie", cookie), (b"content-type", JSON))
                methods = [method for method in METHODS if not (own and method == "POST")]
                yield from (Request(method, f"/svar/{name}/{tail}", headers, EMPTY_SAVE) for method in methods)
    for body in (*wrong_saves(), *BODIES):
        for kind in (JSON, FORM):
            headers = ((b"cookie", cookies["parent"]), (b"content-type", kind))
            yield Request("PUT", f"/svar/{attempts['parent']}/1", headers, body)
            yield Request("POST", f"/svar/{attempts['parent']}/1", headers, body)


def mixed(seed: int, attempts: dict[str, str], cookies: dict[str, bytes]) -> Iterator[Request]:
    """Without end: anything of the lists with anything else of them."""
    draw = random.Random(seed)
    bodies = [*BODIES, *wrong_saves(), EMPTY_SAVE]
    tails = [tail for tail in TAILS if tail not in ENDING]
    kinds = [(b"content-type", JSON), (b"content-type", FORM)]
    while True:
        name = draw.choice([*attempts.values(), "0" * 32])
        path = draw.choice(
            [f"/svar/{name}/{draw.choice(tails)}"] * 3 + [draw.choice(PATHS), "/svar/code", "/svar/withdrawal"]
        )
        headers = [draw.choice(kinds), (b"cookie", draw.choice([b"", *cookies.values()])), draw.choice(HEADERS)]
        draw.shuffle(headers)
        method = draw.choice(["PUT", "POST", draw.choice(METHODS)])
        yield Request(method, path, tuple(headers[: draw.randint(1, 3)]), draw.choice(bodies), draw.choice(QUERIES))


def made_up(attempts: dict[str, str], cookies: dict[str, bytes]) -> st.SearchStrategy[Request]:
    """Requests near the protocol: a right address with a wrong body, a right body under a wrong cookie."""
    value = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
    key = st.sampled_from(["p1", "ord", "a1", "valg", "tall"]) | st.text(max_size=6)
    save = st.fixed_dictionaries(
        {"lease": st.integers(0, 3) | value, "rev": st.integers(0, 9) | value, "answers": st.dictionaries(key, value)}
    )
    typed = st.fixed_dictionaries({"code": value}, optional={"word": value})
    body = st.one_of((save | typed | value).map(_as_json), st.sampled_from(BODIES), st.binary(max_size=60))
    name = st.sampled_from(sorted(attempts.values())) | st.text(max_size=40)
    tail = st.sampled_from([tail for tail in TAILS if tail not in ENDING]) | st.text(max_size=6)
    path = st.one_of(
        st.builds("/svar/{}/{}".format, name, tail),
        st.sampled_from([*PATHS, "/svar/code", "/svar/withdrawal", "/svar/next"]),
    )
    cookie = st.sampled_from(sorted(cookies.values())).map(lambda cookie: (b"cookie", cookie))
    kind = st.sampled_from([JSON, FORM]).map(lambda kind: (b"content-type", kind))
    headers = st.tuples(cookie, kind) | st.lists(cookie | kind | st.sampled_from(HEADERS), max_size=4).map(tuple)
    method = st.sampled_from(["PUT", "PUT", "POST", "GET", *METHODS])
    return st.builds(Request, method, path, headers, body, st.sampled_from(QUERIES))


def _as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()
