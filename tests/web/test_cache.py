"""What is asked by many at once is made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from osai_graph.web.service import AnswerCache


def ask_together(cache: AnswerCache, outcome: bytes | Exception) -> tuple[list[object], int]:
    """Let four threads ask for the same; return what they got, and how often it was made."""
    begun, go_on = threading.Event(), threading.Event()
    made = []

    def make() -> bytes:
        made.append(1)
        begun.set()
        go_on.wait(10)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def ask() -> object:
        try:
            return cache.get(("key",), make)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask)
        begun.wait(10)
        others = [threads.submit(ask) for _ in range(3)]
        while sum(future.running() for future in others) < 3:
            pass
        go_on.set()
        return [future.result() for future in (first, *others)], len(made)


def test_one_makes_the_answer_for_all() -> None:
    cache = AnswerCache()
    assert ask_together(cache, b"answer") == ([b"answer"] * 4, 1)
    assert cache.get(("key",), lambda: b"other") == b"answer"


def test_errors_are_not_kept() -> None:
    cache = AnswerCache()
    error = ValueError("wrong")
    answers, count = ask_together(cache, error)
    assert answers == [error] * 4
    assert count <= 4
    assert cache.get(("key",), lambda: b"right") == b"right"


def test_the_oldest_make_room() -> None:
    cache = AnswerCache(limit=10_000)
    for number in range(30):
        cache.get((number,), lambda: b"x" * 1000)
    assert cache._size <= 10_000
    with pytest.raises(ZeroDivisionError):
        cache.get((0,), lambda: b"%d" % (1 / 0))
