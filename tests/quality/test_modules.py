"""Properties of the code that no single module can see."""

import ast
import graphlib
import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def find_circle(imports: dict[str, set[str]]) -> list[str]:
    """Names of modules that import one another in a circle, first and last the same; empty when none do."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def imports_of_the_project() -> dict[str, set[str]]:
    """For each module those that it imports, sooner or later; imports for types alone do not count."""
    graph = grimp.build_graph("procurement", exclude_type_checking_imports=True, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert find_circle(imports_of_the_project()) == []


def test_a_circle_would_be_found() -> None:
    assert set(find_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_every_library_is_pinned_to_one_version(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert names
    assert [line for line in names if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", line)] == []


def test_no_test_is_a_class_or_is_excused() -> None:
    faults = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                faults.append(f"{path.name}: class {node.name}")
            if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
                faults.append(f"{path.name}:{node.lineno}: {node.attr}")
    assert faults == []


# What makes a browser fetch something, followed by an address with a host in it.
FETCHES = re.compile(
    r"""((src|srcset|poster)\s*=\s*["']?|<link[^>]+href\s*=\s*["']?|url\(\s*["']?|import\s*\(?\s*["'])\s*(https?:)?//"""
)


def test_no_page_loads_anything_from_another_host() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for folder in ("templates", "static")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".html", ".css", ".js", ".svg")
        for match in FETCHES.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/a.js">',
        '<link rel="stylesheet" href="//cdn.example/a.css">',
        "background: url(http://cdn.example/a.png)",
        '@import "https://cdn.example/a.css"',
        'import("https://cdn.example/a.js")',
    ],
)
def test_a_page_that_loads_from_another_host_would_be_found(text: str) -> None:
    assert FETCHES.search(text)
