"""Every member of the settings' structures stands exactly once in the list of settings."""
import collections
import re
import unittest

from tree import ROOT

MEMBER = re.compile(r"^\s+[\w:]+(?:<.*>)?\s+(\w+)\s*(?:=[^;]*|\{[^;]*\})?;")
SECTION_END = re.compile(r"^\s+\}\s*(\w+);")
# Filled from the tables [tasks.<kind>] and [auth.issuers.<name>].
TABLES = {"tasks.commands", "tasks.input_schemas", "tasks.request_topics", "auth.issuers"}


def members(text, struct, prefix=""):
    """The members of a structure, those of a section inside it as section.member."""
    body = re.search(rf"^struct {struct} \{{\n(.*?)^\}};", text, re.MULTILINE | re.DOTALL)[1]
    found, section = [], None
    for line in body.splitlines():
        end = SECTION_END.match(line)
        if line.strip() == "struct {":
            section = []
        elif section is not None and end:
            found += [f"{end[1]}.{name}" for name in section]
            section = None
        elif member := MEMBER.match(line):
            (found if section is None else section).append(member[1])
    return [prefix + name for name in found]


def lists():
    """The lists of all settings, as text."""
    return "".join((ROOT / "src/config" / name).read_text(encoding="utf-8") for name in ("fields.cpp", "issuer_fields.cpp"))


class Settings(unittest.TestCase):
    def test_every_member_is_declared_exactly_once(self):
        header = (ROOT / "include/streamdemo/config/settings.hpp").read_text(encoding="utf-8")
        listed = re.findall(r"AT\(([a-z0-9_.]+)\)", lists())
        wanted = set(members(header, "settings")) - TABLES | set(members(header, "command_task", "command."))
        wanted |= set(members(header, "token_issuer"))
        self.assertGreater(len(wanted), 50)
        counts = collections.Counter(listed)
        self.assertEqual([], sorted(name for name in wanted if counts[name] != 1), "not once in src/config/fields.cpp")
        self.assertEqual({"input_schema", "request_topic"}, set(listed) - wanted)

    def test_every_word_of_an_enumeration_can_be_chosen(self):
        header = (ROOT / "include/streamdemo/config/settings.hpp").read_text(encoding="utf-8")
        fields = lists()
        found = [(name, value) for name, values in re.findall(r"^enum class (\w+) \{ ([\w, ]+) \};", header, re.MULTILINE)
                 for value in values.split(", ")]
        self.assertGreater(len(found), 5)
        self.assertEqual([], [f"{name}::{value}" for name, value in found if f"{name}::{value}" not in fields], "not in src/config/fields.cpp")


if __name__ == "__main__":
    unittest.main()
