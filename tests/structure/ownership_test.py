"""Every coroutine and every thread has an owner that joins it and hears of its exceptions."""
import re
import unittest

from tree import ROOT, files

LEFT_ALONE = {
    "a detached coroutine": re.compile(r"\bdetached\b(?=\s*[;),])"),
    "a swallowed exception": re.compile(r"\(\s*(?:const\s+)?(?:std::exception_ptr|auto)\s*&*\s*\w*\s*\)\s*\{\s*(?:\(void\)\w+;\s*)?\}"),
    "a detached thread": re.compile(r"(?:\.|thread\w*->)detach\(\)"),
}
# librdkafka can hold a client's thread for ever; the file says what becomes of it.
EXCEPTIONS = {("a detached thread", "src/bus/kafka/client_reaper.hpp")}


def left_alone(name, text):
    """Yields 'file:line: what'."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in LEFT_ALONE.items():
            if pattern.search(line) and (what, name) not in EXCEPTIONS:
                yield f"{name}:{number}: {what}"


class Ownership(unittest.TestCase):
    def test_nothing_is_left_alone(self):
        found = [f for base in ("src", "include") for path in files(ROOT / base, ".hpp", ".cpp")
                 for f in left_alone(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))]
        self.assertEqual([], found)

    def test_every_planted_one_is_found(self):
        for line in ("asio::co_spawn(ex, f(), asio::detached);", "asio::co_spawn(ex, f(), [](std::exception_ptr) {});",
                     "asio::co_spawn(ex, f(), [](const std::exception_ptr& e) { (void)e; });",
                     "std::thread(f).detach();", "worker.detach();"):
            with self.subTest(line):
                self.assertEqual(1, len(list(left_alone("src/x.cpp", line))))


if __name__ == "__main__":
    unittest.main()
