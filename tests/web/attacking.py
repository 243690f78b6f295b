"""What a hostile crowd sends, from a process of its own, so that it does not slow the look-ups."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from multiprocessing.connection import Connection

from tests.web.serving import exchange

DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Request = tuple[str, str, bytes | None, dict[str, str]]


def cross_product(variables: str) -> str:
    blocks = (f"VALUES ?{v} {{ {' '.join(map(str, range(1000)))} }}" for v in variables)
    return "SELECT (COUNT(*) AS ?n) { " + " ".join(blocks) + " }"


def hostile_requests() -> list[Request]:
    values = " ".join(map(str, range(15_000)))
    deep = "{" * 59 + "?s ?p ?o" + "}" * 59
    queries = [
        cross_product("abcdef"),
        cross_product("abc"),
        f"SELECT * {{ VALUES ?x {{ {values} }} }}",
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
        f"SELECT * {deep}",
        "ASK " + "{" * 5000 + "}" * 5000,
        "SELECT * { " + " ".join(f"?s ?p{n} ?o{n} ." for n in range(100)) + " }",
        "SELECT (GROUP_CONCAT(?o) AS ?x) { ?s ?p ?o . ?t ?q ?r }",
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s (<a:a>|!<a:a>)* ?o }",
        "SELECT * { ?s (((<a:a>*)*)*)* ?o }",
        "SELECT * { ?s ?p ?o " + "OPTIONAL { ?o ?p ?o " * 58 + "}" * 59,
        "SELECT (" + "(" * 59 + "1" + ")" * 59 + " AS ?x) { ?s ?p ?o . ?t ?q ?r }",
        "SELECT * { ?s a ?t " + "FILTER EXISTS { ?s ?p ?o . ?o ?q ?r } " * 1500 + "}",
        "SELECT * { ?s " + "a" + "/a" * 1500 + " ?o }",
        "ASK { " + "a." * 45_000,
        "ASK { " + "'\\" * 45_000,
        "SELECT (" + "1+" * 9000 + " AS ?x) { }",
        "SELECT * { ?s ?p ?o } # service load " + "x" * 90_000,
        "\x00\ufffe nonsense",
        "SELECT",
    ]
    return [
        *(("POST", "/sparql", query.encode(), DIRECT) for query in queries),
        ("POST", "/sparql", b"x" * 10_000_000, DIRECT),
        ("POST", "/sparql", b"query=" + b"x" * 10_000_000, FORM),
        ("POST", "/sparql", b"\xff\xfe\x00", DIRECT),
        ("GET", "/sparql?query=" + "x" * 100_000, None, {}),
        ("GET", "/" + "%2e%2e/" * 500, None, {}),
        ("GET", "/sparql?" + "&".join(f"a{n}=1" for n in range(5000)), None, {}),
        ("BREW", "/sparql", None, {}),
        ("GET", "/search?q=" + "a%20" * 2000, None, {}),
        ("GET", "/sparql?query=%ZZ%00%FF", None, {}),
        ("GET", "/sparql?query=ASK%7B%7D", None, {"Accept": ";q=,/" * 1000, "Host": "a b"}),
        ("GET", "/system/%00", None, {"If-None-Match": '"' * 5000, "Range": "bytes=9-1"}),
        ("POST", "/sparql", b"&".join(b"a%d=1" % n for n in range(100_000)), FORM),
        (
            "POST",
            "/sparql",
            b"SELECT * { ?s ?p ?o } LIMIT 20000",
            {**DIRECT, "Accept": "text/html"},
        ),
    ]


def half_sent(address: str, count: int) -> list[socket.socket]:
    """Open connections whose requests never come to their end."""
    host, _, port = address.removeprefix("http://").partition(":")
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    opened = []
    for number in range(count):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(head + (b"Content-Length: 99\r\n\r\nASK" if number % 2 else b""))
        opened.append(connection)
    return opened


def attack(address: str, crowd: int, channel: Connection) -> None:
    """Send what is hostile, from many threads, until told to stop; report what came back."""
    requests, seen, over = hostile_requests(), Counter[int](), threading.Event()

    def one(seed: int) -> None:
        chance = random.Random(seed)
        while not over.is_set():
            try:
                answer = exchange(address, *chance.choice(requests))
            except OSError:  # the server hung up, as it may
                continue
            seen[answer.status] += 1
            seen[-1] += b"Traceback" in answer.body

    slow = half_sent(address, 50)
    threads = [threading.Thread(target=one, args=(seed,)) for seed in range(crowd)]
    for thread in threads:
        thread.start()
    channel.recv()
    over.set()
    for thread in threads:
        thread.join()
    for connection in slow:
        connection.close()
    channel.send(dict(seen))
