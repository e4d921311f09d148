"""JSON as text: finding, changing and listing its values by a path, as the JSON functions of T-SQL do.

A value keeps its place in the text, because JSON_QUERY and JSON_MODIFY give back the text itself, blanks and digits as
written. Sources: the T-SQL reference, "JSON Path Expressions", JSON_VALUE, JSON_QUERY, JSON_MODIFY, OPENJSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from local_sqlserver.errors import SqlError, sql_error, unsupported

_BLANKS = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_WORDS = {"true": 3, "false": 3, "null": 0}
_STEP = re.compile(r'\.([A-Za-z_][A-Za-z0-9_]*|"(?:[^"\\]|\\.)*")|\[([0-9]+)\]')

NULL, STRING, NUMBER, BOOLEAN, ARRAY, OBJECT = range(6)
"""The kinds of values, as OPENJSON numbers them."""

Row = dict[str, object]


@dataclass(slots=True)
class Node:
    """A value: its kind, its place in the text, and the members of an object (by name) or of an array (by number)."""

    kind: int
    start: int
    end: int = 0
    members: list[tuple[str, Node]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Where the names of an object's members begin."""

    def member(self, step: str | int) -> Node | None:
        """The member of a name or a number, the first of equal names."""
        if isinstance(step, int):
            return self.members[step][1] if self.kind == ARRAY and step < len(self.members) else None
        if self.kind != OBJECT:
            return None
        return next((node for name, node in self.members if name == step), None)


def _malformed(text: str, place: int) -> SqlError:
    return sql_error(13609, text[place : place + 1] or ".", place)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def whole(self) -> Node:
        self._blanks()
        node = self._value()
        self._blanks()
        if self.place < len(self.text):
            raise _malformed(self.text, self.place)
        return node

    def _blanks(self) -> None:
        found = _BLANKS.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def _value(self) -> Node:
        character = self.text[self.place : self.place + 1]
        node = Node(STRING, self.place)
        if character == "{":
            self._object(node)
        elif character == "[":
            self._array(node)
        elif character == '"':
            self._string()
        elif found := _NUMBER.match(self.text, self.place):
            node.kind, self.place = NUMBER, found.end()
        else:
            word = next((word for word in _WORDS if self.text.startswith(word, self.place)), None)
            if word is None:
                raise _malformed(self.text, self.place)
            node.kind, self.place = _WORDS[word], self.place + len(word)
        node.end = self.place
        return node

    def _string(self) -> str:
        found = _STRING.match(self.text, self.place)
        if found is None:
            raise _malformed(self.text, self.place)
        self.place = found.end()
        return str(json.loads(found[0]))

    def _accept(self, character: str) -> bool:
        self._blanks()
        accepted = self.text.startswith(character, self.place)
        self.place += accepted
        return accepted

    def _object(self, node: Node) -> None:
        node.kind = OBJECT
        self.place += 1
        if self._accept("}"):
            return
        while True:
            self._blanks()
            node.places.append(self.place)
            name = self._string()
            if not self._accept(":"):
                raise _malformed(self.text, self.place)
            self._blanks()
            node.members.append((name, self._value()))
            if self._accept("}"):
                return
            if not self._accept(","):
                raise _malformed(self.text, self.place)

    def _array(self, node: Node) -> None:
        node.kind = ARRAY
        self.place += 1
        if self._accept("]"):
            return
        while True:
            self._blanks()
            node.members.append((str(len(node.members)), self._value()))
            if self._accept("]"):
                return
            if not self._accept(","):
                raise _malformed(self.text, self.place)


@dataclass(frozen=True, slots=True)
class Path:
    """A path: whether it is strict, whether it appends, its names and numbers."""

    strict: bool
    append: bool
    steps: tuple[str | int, ...]


def parse_path(path: str) -> Path:
    """Read a path; raises SqlError 13607."""
    text = path.strip(" ")
    append = bool(re.match(r"append\s", text))
    text = text[6:].lstrip() if append else text
    mode = re.match(r"(lax|strict)\s*(?=\$)", text)
    text = text[mode.end() :] if mode else text
    strict = mode is not None and mode[1] == "strict"
    offset = len(path) - len(text)
    if not text.startswith("$"):
        raise sql_error(13607, text[:1] or ".", offset)
    place = 1
    steps: list[str | int] = []
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None:
            raise sql_error(13607, text[place : place + 1], offset + place)
        if found[2] is not None:
            steps.append(int(found[2]))
        else:
            name = found[1]
            steps.append(json.loads(name) if name.startswith('"') else name)
        place = found.end()
    return Path(strict, append, tuple(steps))


def parse(text: str) -> Node:
    """Read a JSON text; raises SqlError 13609."""
    return _Parser(text).whole()


def _found(text: str, path: Path) -> Node | None:
    """The value at a path, None without one in the lax mode; raises SqlError 13608 in the strict mode."""
    node: Node | None = parse(text)
    for step in path.steps:
        node = node.member(step) if node is not None else None
    if node is None and path.strict:
        raise sql_error(13608)
    return node


def _scalar(text: str, node: Node) -> str:
    raw = text[node.start : node.end]
    return str(json.loads(raw)) if node.kind == STRING else raw


def tsql_is_json(text: str, kind: str) -> int:
    """ISJSON with a type of JSON; '' is an object or an array."""
    try:
        node = parse(text)
    except SqlError:
        return 0
    return int(node.kind in _KINDS[kind])


_KINDS = {
    "": (OBJECT, ARRAY),
    "VALUE": tuple(range(6)),
    "OBJECT": (OBJECT,),
    "ARRAY": (ARRAY,),
    "SCALAR": (STRING, NUMBER),
}


def tsql_json_value(text: str, path: str, longest: int) -> str | None:
    """JSON_VALUE; ``longest`` is the most characters of the result, 0 for no limit."""
    where = parse_path(path)
    node = _found(text, where)
    if node is None or node.kind == NULL:
        return None
    if node.kind in (OBJECT, ARRAY):
        if where.strict:
            raise sql_error(13623)
        return None
    value = _scalar(text, node)
    if longest and len(value) > longest:
        if where.strict:
            raise sql_error(13625)
        return None
    return value


def tsql_json_query(text: str, path: str) -> str | None:
    """JSON_QUERY."""
    where = parse_path(path)
    node = _found(text, where)
    if node is None:
        return None
    if node.kind not in (OBJECT, ARRAY):
        if where.strict:
            raise sql_error(13624)
        return None
    return text[node.start : node.end]


def tsql_json_exists(text: str, path: str) -> int:
    """JSON_PATH_EXISTS: never an error, so that wrong JSON has no value at any path."""
    try:
        return int(_found(text, parse_path(path)) is not None)
    except SqlError as error:
        if error.number == 13607:
            raise
        return 0


def tsql_json_modify(text: str, path: str, value: str) -> str:
    """JSON_MODIFY; ``value`` is JSON, '' for NULL."""
    where = parse_path(path)
    if not where.steps:
        raise sql_error(13619, 2, "JSON_MODIFY")
    *parents, last = where.steps
    holder = _found(text, Path(where.strict, False, tuple(parents)))
    node = holder.member(last) if holder is not None else None
    if where.append:
        if node is None or node.kind != ARRAY:
            raise unsupported("JSON_MODIFY with append to anything but an array", 0)
        return _inserted(text, node, value or "null")
    if node is not None and holder is not None:
        if value or where.strict:
            return text[: node.start] + (value or "null") + text[node.end :]
        if holder.kind == ARRAY:
            raise unsupported("JSON_MODIFY of an element of an array to NULL", 0)
        return _deleted(text, holder, [name for name, _ in holder.members].index(str(last)))
    if where.strict:
        raise sql_error(13608)
    if holder is None or not value:
        return text
    if isinstance(last, int) or holder.kind != OBJECT:
        raise unsupported("JSON_MODIFY of an element that the array does not have", 0)
    return _inserted(text, holder, f"{json.dumps(last, ensure_ascii=False)}:{value}")


def _inserted(text: str, holder: Node, member: str) -> str:
    place = holder.members[-1][1].end if holder.members else holder.start + 1
    return text[:place] + ("," if holder.members else "") + member + text[place:]


def _deleted(text: str, holder: Node, position: int) -> str:
    """Remove a member of an object with the comma after it, or before it if it is the last."""
    start, end = holder.places[position], holder.members[position][1].end
    if position + 1 < len(holder.members):
        end = holder.places[position + 1]
    elif position:
        start = holder.members[position - 1][1].end
    return text[:start] + text[end:]


def _container(text: str, path: str) -> Node | None:
    """The object or array at a path, None if there is none; raises SqlError 13624 for a scalar at a strict path."""
    where = parse_path(path)
    node = _found(text, where)
    if node is None or node.kind in (OBJECT, ARRAY):
        return node
    if where.strict:
        raise sql_error(13624)
    return None


def tsql_json_members(text: str, path: str) -> list[Row]:
    """OPENJSON without WITH: the members of an object or array, with key, value and type."""
    node = _container(text, path)
    if node is None:
        return []
    return [
        {"key": name, "value": None if member.kind == NULL else _scalar(text, member), "type": member.kind}
        for name, member in node.members
    ]


def tsql_json_rows(text: str, path: str) -> list[str]:
    """OPENJSON with WITH: the rows as JSON, the elements of an array or one object."""
    node = _container(text, path)
    if node is None:
        return []
    members = [member for _, member in node.members] if node.kind == ARRAY else [node]
    return [text[member.start : member.end] for member in members]
