"""What ./dev proxies decides without any proxy: the table of the page, ports, command lines."""
import datetime
import unittest
from pathlib import Path

import page
from servers import KINDS, placed, words

CELLS = dict.fromkeys(page.COLUMNS, "yes")
TODAY = datetime.date(2026, 11, 29)
EMPTY = "# Page\n\n" + page.BEGIN + page.END + "\nThe rest.\n"


class Table(unittest.TestCase):
    def test_rows_stand_in_their_order_whenever_they_were_written(self):
        text = EMPTY
        for title in ("squid 5.7", "nginx 1.22.1"):
            name = title.split()[0]
            text = page.written(text, {name: page.new_row(title, CELLS, TODAY)}, ("nginx", "caddy", "squid"))
        self.assertEqual(["nginx", "squid"], list(page.rows_of(text)))
        self.assertTrue(text.startswith("# Page\n\n<!-- table"))
        self.assertTrue(text.endswith("\nThe rest.\n"))

    def test_a_new_row_takes_the_place_of_the_old_one(self):
        text = page.written(EMPTY, {"squid": page.new_row("squid 5.7", CELLS, TODAY)}, ("squid",))
        text = page.written(text, {"squid": page.new_row("squid 6.13", CELLS, TODAY)}, ("squid",))
        self.assertNotIn("5.7", text)
        self.assertEqual(["squid"], list(page.rows_of(text)))

    def test_every_row_has_as_many_cells_as_the_head(self):
        text = page.written(EMPTY, {"squid": page.new_row("squid 5.7", CELLS, TODAY)}, ("squid",))
        widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
        self.assertEqual({len(page.COLUMNS) + 3}, widths)

    def test_a_page_without_a_place_for_it_is_left_alone(self):
        with self.assertRaisesRegex(ValueError, "no place"):
            page.written("# Page\n", {}, ())


class Servers(unittest.TestCase):
    def test_every_configuration_has_both_ports(self):
        for kind in KINDS.values():
            with self.subTest(kind.name):
                text = placed(kind.source.read_text(encoding="utf-8"), 24001, 24002)
                self.assertIn("24001", text)
                self.assertIn("24002", text)

    def test_a_configuration_without_a_port_is_named(self):
        with self.assertRaisesRegex(AssertionError, "no port 8080"):
            placed("listen 8000;", 1, 2)

    def test_varnishd_is_started_as_its_file_says(self):
        kind = KINDS["varnish"]
        text = placed(kind.source.read_text(encoding="utf-8"), 24001, 24002)
        said = words(kind, text, Path("/t/x.vcl"), Path("/t"))
        self.assertEqual(["varnishd", "-F", "-n", "/t/varnish"], said[:4])
        self.assertEqual(["-a", "127.0.0.1:24001", "-f", "/t/x.vcl", "-p", "send_timeout=86400"], said[6:])


if __name__ == "__main__":
    unittest.main()
