"""The suite of the bus contract runs on every bus that has a fixture."""
import re
import unittest

from tree import ROOT


class Contract(unittest.TestCase):
    def test_every_fixture_is_run(self):
        fixtures = re.findall(r'\{"([\w-]+)", make_\w+_fixture\}', (ROOT / "tests/contract/fixtures.cpp").read_text(encoding="utf-8"))
        self.assertGreater(len(fixtures), 2)
        runs = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("tests/CMakeLists.txt", "dev"))
        run = set(re.findall(r"STREAMDEMO_CONTRACT_BUS=([\w-]+)", runs))
        self.assertEqual([], [name for name in fixtures if name not in run], "runs neither from tests/CMakeLists.txt nor from dev")


if __name__ == "__main__":
    unittest.main()
