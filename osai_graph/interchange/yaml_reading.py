"""yaml_reading reads YAML as people leave it: marks, tabs, colons, double keys, half a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

#: Text, list or mapping. Every scalar is text as written, so ``7e9``, ``no`` and ``1.10`` survive.
Value = Any

_MARK = "\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE = re.compile(
    r"^(?P<lead>\s*(?:- +)*)(?P<key>[^\s:#'\"\[\]{},][^:#]*?)\s*:(?:[ \t]+(?P<rest>.*))?$"
)
_MOST_NODES = 50_000
_DEEPEST = 40


@dataclass(frozen=True)
class YamlRecord:
    """One file as read: its mapping, its comment lines and what had to be mended."""

    data: dict[str, Value] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class _Builder:
    """Turn YAML nodes into texts, lists and mappings."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.count = 0

    def value(self, node: yaml.Node, depth: int = 0) -> Value:
        self.count += 1
        if depth > _DEEPEST or self.count > _MOST_NODES:
            self.faults.append("nested too deep or too large; the rest is left out")
            return ""
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(self.value(key_node, depth + 1)).strip()
            value = self.value(value_node, depth + 1)
            if key in found:
                line = key_node.start_mark.line + 1
                self.faults.append(f'line {line}: the key "{key}" stands twice')
                if found[key] not in ("", None) or value in ("", None):
                    continue
            found[key] = value
        return found


def _decode(content: bytes) -> tuple[str, list[str]]:
    faults = []
    for encoding in (
        "utf-8-sig",
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252",
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            faults.append(f"the file is {encoding}, not UTF-8")
        break
    else:
        text = content.decode("utf-8", errors="replace")
        faults.append("the file is no text in a known encoding; some letters are lost")
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace(_MARK, ""))
    return clean, faults


def _compose(text: str) -> dict[str, Value]:
    """Return the mapping of all documents of a text.

    Raises:
        yaml.YAMLError: the text is no YAML.
        RecursionError: it is nested too deep.
    """
    builder = _Builder()
    merged: dict[str, Value] = {}
    for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
        if isinstance(node, yaml.MappingNode):
            for key, value in builder.mapping(node, 0).items():
                merged.setdefault(key, value)
    merged[_FAULTS] = builder.faults
    return merged


_FAULTS = "\0faults"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _needs_quotes(rest: str) -> bool:
    if not rest or rest[0] in "|>&!":
        return False
    if rest[0] in "'\"":
        return rest.count(rest[0]) % 2 == 1 or not rest.rstrip().endswith(rest[0])
    if rest[0] in "[{":
        return rest.count(rest[0]) != rest.count("]" if rest[0] == "[" else "}")
    return rest[0] in "@`%*?-," or ": " in rest or rest.rstrip().endswith(":")


def _mended_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line as a YAML parser can read it, with a word on what was mended."""
    for number, line in enumerate(text.split("\n"), 1):
        note = ""
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            line, note = indent.expandtabs(2) + line.lstrip(), f"line {number}: tab for spaces"
        match = _LINE.match(line)
        rest = (match["rest"] or "").strip() if match else ""
        if match and _needs_quotes(rest):
            bare = rest.strip("'\"") if rest[0] in "'\"" else rest
            line = f"{match['lead']}{match['key']}: {_quoted(bare)}"
            note = f"line {number}: value without its quotes"
        yield line, note


def _by_lines(text: str) -> dict[str, Value]:
    """Read ``key: value`` lines by their indentation alone; the last resort for a broken file."""
    root: dict[str, Value] = {}
    stack: list[tuple[int, Value]] = [(-1, root)]
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        body = line.strip()
        item = body.startswith("-")
        body = body.lstrip("- ").strip() if item else body
        while len(stack) > 1 and indent < stack[-1][0] + (0 if item else 1):
            stack.pop()
        holder = stack[-1][1]
        if item:
            holder = _open_item(stack, indent)
        key, colon, value = body.partition(":")
        if colon and isinstance(holder, dict) and key.strip():
            value = value.strip().strip("'\"")
            holder.setdefault(key.strip(), value if value else "")
            if not value:
                child: dict[str, Value] = {}
                holder[key.strip()] = child
                stack.append((indent, child))
    return mapping_of(_without_empty(root))


def _open_item(stack: list[tuple[int, Value]], indent: int) -> dict[str, Value]:
    """Begin a new entry of the list that the lines above have opened."""
    while len(stack) > 1 and stack[-1][0] > indent:
        stack.pop()
    holder = stack[-1][1]
    item: dict[str, Value] = {}
    if isinstance(holder, dict):
        holder.setdefault(_ITEMS, []).append(item)
    stack.append((indent + 1, item))
    return item


_ITEMS = "\0items"


def _without_empty(value: Value, depth: int = 0) -> Value:
    if not isinstance(value, dict) or depth > _DEEPEST:
        return value
    if _ITEMS in value:
        return [_without_empty(item, depth + 1) for item in value[_ITEMS]]
    return {k: _without_empty(v, depth + 1) if v != {} else "" for k, v in value.items()}


def _comments(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.split("\n"))
    return tuple(line.lstrip("# ").strip() for line in lines if line.startswith("#"))


def read_yaml(content: bytes) -> YamlRecord:
    """Read a YAML file as well as it can be read.

    Args:
        content: the bytes of the file.

    Returns:
        The top mapping with every scalar as text, the comment lines (facts sit there too), and a
        sentence on everything that was mended or could not be read. Never raises.
    """
    text, faults = _decode(content)
    comments = _comments(text)
    try:
        data = _compose(text)
    except (yaml.YAMLError, RecursionError, ValueError) as first:
        mended = list(_mended_lines(text))
        notes = [note for _, note in mended if note]
        try:
            data = _compose("\n".join(line for line, _ in mended))
            faults += notes
        except (yaml.YAMLError, RecursionError, ValueError):
            data = _by_lines("\n".join(line for line, _ in mended))
            faults.append(f"no YAML ({_where(first)}); read line by line")
    faults += data.pop(_FAULTS, [])
    if not data:
        start = " ".join(text.split())[:80]
        faults.append(f'no keys and values in it: "{start}"' if start else "the file is empty")
    return YamlRecord(data, comments, tuple(faults))


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or type(error).__name__
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def text_of(value: Value) -> str:
    """Return a value as one line of text; lists are joined, mappings are empty."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(text_of, value)))
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""


def mapping_of(value: Value) -> dict[str, Value]:
    """Return a mapping, or an empty one when the value is none."""
    return value if isinstance(value, dict) else {}


def list_of(value: Value) -> list[Value]:
    """Return a list; a single value that is not empty becomes a list of one."""
    if isinstance(value, list):
        return value
    return [value] if value not in ("", None, {}) else []
