"""The table of docs/conformance.md, of what was run."""
import datetime
import re

TITLES = {"openapi": "The descriptions in OpenAPI 3.1 and 3.2", "asyncapi": "The description in AsyncAPI",
          "typescript": "A client in strict TypeScript", "python": "A client in Python under `mypy --strict`",
          "schemathesis": "Requests made of the description"}
TABLE = re.compile(r"(?<=<!-- suites: written by ./dev suites -->\n).*?(?=<!-- /suites -->)", re.S)


def words(name):
    """Of the name of a test, in either language."""
    return re.sub(r"_|(?<!^)(?=[A-Z])", " ", name).lower()


def row(name, versions, done, said):
    return f"| {TITLES[name]} | {', '.join(versions)} | {'; '.join(['passed: ' + ', '.join(map(words, done)), *said])} |"


def write(page, seen):
    """Of a run of all suites; the words around the table stay."""
    if set(seen) != set(TITLES):
        return
    lines = [f"Seen on {datetime.date.today().isoformat()}:", "", "| what | made by | outcome |", "|---|---|---|",
             *(row(name, *what) for name, what in seen.items()), ""]
    text, count = TABLE.subn(lambda _: "\n".join(lines), page.read_text(encoding="utf-8"))
    assert count == 1, f"{page} has no place for the table"
    page.write_text(text, encoding="utf-8")
