"""What the documents name exists."""
import re
import unittest

from tree import ROOT, files

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"(?:src|include|tests|config|docs)/[\w./-]+\.\w+")
QUOTED = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
HOP = re.compile(r"^## (\d)\. .+$", re.MULTILINE)


def slug(heading):
    """A heading's anchor, as code hosts make it."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def anchors(path):
    return {slug(line.lstrip("#")) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")}


def dead_links(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            yield f"{path.relative_to(ROOT)}: {target}: there is no such file"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            yield f"{path.relative_to(ROOT)}: {target}: there is no such heading"


class Documents(unittest.TestCase):
    def test_no_document_has_a_dead_relative_link(self):
        pages = files(ROOT, ".md")
        self.assertTrue(pages)
        dead = [link for page in pages for link in dead_links(page)]
        self.assertEqual([], dead)

    def test_a_file_that_a_page_shows_is_that_file(self):
        shown = [(page, name, text) for page in files(ROOT, ".md")
                 for name, text in QUOTED.findall(page.read_text(encoding="utf-8"))]
        self.assertTrue(shown)
        for page, name, text in shown:
            with self.subTest(page=page.name, file=name):
                self.assertEqual((page.parent / name).read_text(encoding="utf-8"), text)

    def test_the_journey_has_nine_hops_and_every_file_it_names_exists(self):
        text = (ROOT / "docs" / "journey.md").read_text(encoding="utf-8")
        parts = HOP.split(text)[1:]
        self.assertEqual([str(n) for n in range(1, 10)], parts[0::2])
        for number, body in zip(parts[0::2], parts[1::2]):
            with self.subTest(hop=number):
                names = set(NAMED_FILE.findall(body))
                self.assertTrue(names, "the hop names no file")
                self.assertEqual([], sorted(name for name in names if not (ROOT / name).is_file()))


if __name__ == "__main__":
    unittest.main()
