"""The pages' files lie in rooms: each page's own, and what both share. No script is left over, and none is missing."""
import re
import unittest

from tree import ROOT, files

WEB = ROOT / "src/gateway/web"
IMPORT = re.compile(r"^import .* from \"([^\"]+)\";$", re.M)
LINK = re.compile(r"(?:href|src)=\"/([\w/]+\.(?:js|css|svg))\"")


def imports(script):
    return [(script.parent / name).resolve() for name in IMPORT.findall(script.read_text(encoding="utf-8"))]


def linked(page):
    return [WEB / name for name in LINK.findall(page.read_text(encoding="utf-8"))]


def reached():
    """Every file that a page needs, over whatever others."""
    todo = sorted(WEB.glob("*.html"))
    found = set(todo)
    while todo:
        file = todo.pop()
        needed = linked(file) if file.suffix == ".html" else imports(file) if file.suffix == ".js" else []
        todo += [n for n in needed if n not in found]
        found |= set(needed)
    return found


class Web(unittest.TestCase):
    def test_every_file_is_needed_and_every_needed_file_is_there(self):
        self.assertEqual(set(files(WEB)), reached())

    def test_only_pages_and_their_icon_lie_outside_the_rooms(self):
        self.assertEqual({".html", ".svg"}, {p.suffix for p in WEB.iterdir() if p.is_file()})

    def test_a_room_knows_itself_and_what_is_shared(self):
        strangers = [f"{script.relative_to(WEB)} imports {needed.relative_to(WEB)}"
                     for script in files(WEB, ".js") for needed in imports(script)
                     if needed.parent not in (script.parent, WEB / "shared")]
        self.assertEqual([], strangers)

    def test_what_is_shared_is_shared(self):
        rooms = {script: set() for script in files(WEB / "shared", ".js")}
        for script in files(WEB, ".js"):
            for needed in imports(script):
                if needed in rooms:
                    rooms[needed].add(script.parent.name)
        alone = [s.name for s, users in rooms.items() if "shared" not in users and len(users) < 2]
        self.assertEqual([], alone, "used in one room only: it belongs there")


if __name__ == "__main__":
    unittest.main()
