"""Long expressions of SQL over several lines."""

from __future__ import annotations

from collections.abc import Iterator

_OPEN, _CLOSE = "([{", ")]}"
_WORDS = (" AND ", " OR ", " THEN ", " ELSE ")


def laid_out(text: str, indent: int, width: int) -> str:
    """An expression broken where it is least deep, so that lines are seldom wider than `width`.

    >>> print(laid_out("any_of(list_transform(entries, lambda e: e.a AND e.b), complete)", 2, 40))
    any_of(
      list_transform(
        entries,
        lambda e: e.a AND e.b),
      complete)
    """
    if indent + len(text) <= width:
        return text
    pieces = list(_pieces(text, _WORDS))
    if len(pieces) > 1:
        lines = [laid_out(piece, indent + 2, width) for piece in pieces]
        return ("\n" + " " * indent).join(lines)
    start = _first_bracket(text)
    if start is None:
        return text
    end = _closing(text, start)
    inner = [
        laid_out(piece, indent + 2, width)
        for piece in _pieces(text[start + 1 : end], (", ",))
    ]  # fmt: skip
    joined = (",\n" + " " * indent).join(inner)
    rest = laid_out(text[end:], indent, width) if indent + len(text[end:]) > width else text[end:]
    return f"{text[: start + 1]}\n{' ' * indent}{joined}{rest}"


def _pieces(text: str, words: tuple[str, ...]) -> Iterator[str]:
    """A text cut before (or, of a comma, at) some words that stand outside brackets and quotes."""
    begin = 0
    for place, depth in _outside(text):
        if depth:
            continue
        for word in words:
            # The names before the colon of a lambda stay together.
            names = word == ", " and text.startswith("lambda ", begin) and ":" not in text[begin:place]
            if text.startswith(word, place) and not names:
                yield text[begin:place]
                begin = place + (len(word) if word == ", " else 1)
    yield text[begin:]


def _outside(text: str) -> Iterator[tuple[int, int]]:
    """Each place that is not inside quotes, and how many brackets are open there."""
    depth, quote = 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            continue
        if sign in "'\"":
            quote = sign
            continue
        if sign in _CLOSE:
            depth -= 1
        yield place, depth
        if sign in _OPEN:
            depth += 1


def _first_bracket(text: str) -> int | None:
    return next((place for place, depth in _outside(text) if depth == 0 and text[place] in _OPEN), None)


def _closing(text: str, start: int) -> int:
    return next(
        place for place, depth in _outside(text) if place > start and depth == 0 and text[place] in _CLOSE
    )
