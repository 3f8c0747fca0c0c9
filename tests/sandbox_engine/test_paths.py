"""Property paths: how they are written, what they cover, what resetting one does."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engine.paths import covers, parse_path, reset
from sandbox.engine.values import secret

names = st.from_regex(r"[a-z]{1,2}", fullmatch=True)
values: st.SearchStrategy[Any] = st.recursive(
    st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["b.c"]["d\\"e"]', ("a", "b.c", 'd"e')),
        ("a[*].*", ("a", "*", "*")),
        ("a[", ("a[",)),
        ("#initerror", ("#initerror",)),
    ],
)
def test_a_path_is_split_into_its_parts(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    ("path", "other", "is_covered"),
    [
        ("a", "a.b", True),
        ("a.b", "a", False),
        ("*", "anything[0]", True),
        ("a[*].b", "a[3].b.c", True),
        ("a[0]", "a[1]", False),
        ("b", "a", False),
    ],
)
def test_a_path_covers_what_is_at_or_below_it(path: str, other: str, *, is_covered: bool) -> None:
    assert covers(parse_path(path), parse_path(other)) is is_covered


@pytest.mark.parametrize(
    ("path", "old", "new", "after"),
    [
        ("a", {"a": 1}, {"a": 2, "b": 3}, {"a": 1, "b": 3}),
        ("a", {}, {"a": 2}, {}),
        ("a", {"a": 1}, {}, {"a": 1}),
        ("a.b", {"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 1, "c": 3}}),
        ("a.b", {}, {"a": {"b": 2}}, {"a": {}}),
        ("a[1]", {"a": [1, 2]}, {"a": [3, 4]}, {"a": [3, 2]}),
        ("a[*].b", {"a": [{"b": 1}]}, {"a": [{"b": 2, "c": 3}]}, {"a": [{"b": 1, "c": 3}]}),
        ("*", {"a": 1}, {"a": 2, "b": 3}, {"a": 1}),
        ("a.b", {"a": secret({"b": 1})}, {"a": {"b": 2}}, {"a": {"b": secret(1)}}),
        ("a.b", {"a": secret({"b": 1})}, {"a": secret({"b": 2})}, {"a": secret({"b": 1})}),
        ("x.y", {}, {}, {}),
    ],
)
def test_resetting_puts_the_old_value_back(path: str, old: Any, new: Any, after: Any) -> None:
    assert reset(parse_path(path), old, new)
    assert new == after


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.b", {"a": {"b": 1}}, {}),
        ("a[1]", {"a": [1]}, {"a": [1, 2]}),
        ("a[0].b", {"a": []}, {"a": [{"b": 1}]}),
        ("a[*]", {"a": [1]}, {"a": [1, 2]}),
        ("a.b", {"a": {"b": 1}}, {"a": 5}),
    ],
)
def test_a_path_that_leads_nowhere_in_one_of_them_says_so(path: str, old: Any, new: Any) -> None:
    assert not reset(parse_path(path), old, new)


@settings(deadline=None)
@given(st.dictionaries(names, values, max_size=4), st.dictionaries(names, values, max_size=4), names)
def test_resetting_twice_is_resetting_once_and_touches_nothing_else(
    old: dict[str, Any], new: dict[str, Any], name: str
) -> None:
    once = copy.deepcopy(new)
    reset((name,), old, once)
    twice = copy.deepcopy(once)
    reset((name,), old, twice)
    assert once == twice
    assert once.get(name) == old.get(name)
    assert {key: value for key, value in once.items() if key != name} == {
        key: value for key, value in new.items() if key != name
    }
