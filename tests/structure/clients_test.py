"""docs/clients.md is what was seen last and the programs as they are; and the judge of what clients show finds what is wrong."""
import sys
import unittest

from tree import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from clients import catalog, page  # noqa: E402
from clients.judge import away, judge, last_words  # noqa: E402


def events(*seqs, end=True):
    shown = [{"type": "result", "seq": seq, "at": 1000 * at} for at, seq in enumerate(seqs)]
    if end:
        shown[-1]["type"] = "ended"
    return shown


class Page(unittest.TestCase):
    def test_the_page_is_made_of_what_was_seen_and_of_the_programs(self):
        self.assertEqual(page.document(page.kept()), page.PAGE.read_text(encoding="utf-8"), "`./dev clients --page` mends this")

    def test_what_was_seen_was_seen_of_the_version_that_is_pinned(self):
        for client in catalog.CLIENTS:
            pinned, seen = catalog.version(client), page.kept().get(client.name)
            if pinned and seen:
                self.assertEqual(pinned, seen["version"], f"`./dev clients {client.name}` mends this")

    def test_each_client_has_a_program_and_no_program_is_left_over(self):
        named = {catalog.program(client, "readme").parent for client in catalog.CLIENTS}
        there = {path.parent for path in (ROOT / "tests" / "clients").glob("*/*/readme.*")}
        there |= {path.parent for path in (ROOT / "tests" / "clients").glob("*/*/readme/main.go")}
        self.assertEqual(there, named)


class Judge(unittest.TestCase):
    def test_each_event_once_is_right_and_a_signal_is_no_event(self):
        signal = {"type": "reconnect", "seq": None, "at": 0}
        self.assertEqual("", judge([*events(1, 2, end=False), signal, *events(3, 4)], 0, ""))

    def test_each_fault_is_named(self):
        empty = {"type": "", "seq": None, "at": 0}
        for wrong, shown, code, complaint in (
                ("2 empty events", [empty, empty, *events(1, 2)], 0, ""),
                ("1 event twice", events(1, 2, 2, 3), 0, ""),
                ("events out of order", events(2, 1, 3), 0, ""),
                ("1 missing", events(1, 3), 0, ""),
                ("did not stop at `ended`", events(1, 2), None, ""),
                ("silent after 2 events", events(1, 2, end=False), None, ""),
                ("stopped after 1 event, without an error", events(1, end=False), 0, ""),
                ("stopped after 1 event: `OSError: gone`", events(1, end=False), 1, "Traceback\nOSError: gone\n"),
                ("stopped after 1 event, exit code 3", events(1, end=False), 3, "")):
            with self.subTest(wrong):
                self.assertEqual(wrong, judge(shown, code, complaint))

    def test_the_line_that_names_the_error_counts_and_not_what_a_runtime_adds(self):
        self.assertEqual("TypeError: terminated", last_words("x\nTypeError: terminated\n  at y\n\nNode.js v20\n"))
        self.assertEqual("", last_words("(node:1) [X] Warning: experimental\n(Use `node --trace-warnings ...`)\n"))

    def test_the_page_leaves_out_what_is_chance(self):
        self.assertEqual("events twice, stopped: `closed`",
                         page.in_general("6 events twice, stopped after 7 events: `2026/11/29 07:15:21 closed`"))

    def test_the_longest_silence_is_in_seconds(self):
        self.assertEqual(3, away([{"at": 0}, {"at": 500}, {"at": 3400}]))


if __name__ == "__main__":
    unittest.main()
