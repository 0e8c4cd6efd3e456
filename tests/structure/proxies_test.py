"""What docs/proxies.md tells people to write is what is run: every configuration stands there (that it is the file itself is the
affair of documents_test.py), and every proxy has a row in the table."""
import re
import unittest

from tree import ROOT

PAGE = (ROOT / "docs/proxies.md").read_text(encoding="utf-8")
FOLDER = ROOT / "tests/proxies"


class Proxies(unittest.TestCase):
    def test_every_configuration_stands_on_the_page(self):
        files = sorted(path.name for suffix in ("conf", "mjs") for path in FOLDER.glob(f"*.{suffix}"))
        self.assertTrue(files)
        self.assertEqual(files, sorted(re.findall(r"<!-- file: \.\./tests/proxies/(\S+) -->", PAGE)))

    def test_every_proxy_has_a_row(self):
        rows = re.findall(r"^\| (\S+) [\d.]+ \|", PAGE, re.MULTILINE)
        self.assertEqual(sorted(path.stem for suffix in ("conf", "mjs") for path in FOLDER.glob(f"*.{suffix}")), sorted(rows))


if __name__ == "__main__":
    unittest.main()
