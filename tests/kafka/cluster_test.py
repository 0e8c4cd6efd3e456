"""`cluster` and the releases of Kafka: what one cannot read or be is said in a sentence, and nothing is started or changed."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from metadata_version import metadata_version

CLUSTER = pathlib.Path(__file__).resolve().parent / "cluster"
DEFAULT = re.search(r"<kafka\.version>([^<]+)", CLUSTER.with_name("pom.xml").read_text())[1]


def level_record(level):
    return b"\x01\x0c\x00\x11metadata.version" + level.to_bytes(2, "big") + b"\x00"


class ClusterVersions(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.data = self.directory / "node1" / "data"
        (self.data / "__cluster_metadata-0").mkdir(parents=True)

    def cluster(self, *words):
        return subprocess.run([CLUSTER, "--dir", self.directory, "--port", "1", *words], capture_output=True, text=True,
                              timeout=300)

    def refused(self, *words):
        done = self.cluster(*words)
        self.assertNotEqual(0, done.returncode)
        self.assertNotIn("Traceback", done.stderr)
        self.assertFalse(list(self.directory.glob("node*/log")), "a broker was started")
        return done.stderr

    def test_data_of_a_newer_kafka_are_left_alone(self):
        snapshot = self.data / "__cluster_metadata-0" / "00000000000000000000-0000000000.checkpoint"
        snapshot.write_bytes(b"..." + level_record(32000))
        before = snapshot.read_bytes()
        (self.directory / "version").write_text("9.9.9\n")
        said = self.refused("up", "--version", DEFAULT)
        self.assertRegex(said, rf"Kafka {re.escape(DEFAULT)} cannot read the data .*metadata\.version is 32000, and it knows \d\d at most")
        self.assertIn("the last was 9.9.9", said)
        self.assertIn("cluster wipe", said)
        self.assertEqual(before, snapshot.read_bytes())
        self.assertEqual("9.9.9\n", (self.directory / "version").read_text())

    def test_a_feature_level_that_was_raised_later_counts(self):
        (self.data / "bootstrap.checkpoint").write_bytes(level_record(7))
        self.assertEqual(7, metadata_version(self.data))
        (self.data / "__cluster_metadata-0" / "00000000000000000000.log").write_bytes(level_record(7) + b".." + level_record(32000))
        self.assertEqual(32000, metadata_version(self.data))
        self.assertIn("metadata.version is 32000", self.refused("up", "--version", DEFAULT))

    def test_what_is_running_keeps_its_release(self):
        (self.directory / "version").write_text("3.9.2\n")
        node = self.directory / "node1"
        stand_in = subprocess.Popen([sys.executable, "-c", "input()", node], stdin=subprocess.PIPE)
        try:
            (node / "pid").write_text(str(stand_in.pid))
            self.assertEqual("3.9.2", self.cluster("version").stdout.strip())
            self.assertIn("brokers of Kafka 3.9.2 are running", self.refused("up", "--version", DEFAULT))
        finally:
            stand_in.communicate(b"\n")

    def test_what_is_no_release(self):
        self.assertIn("'latest' is no release of Kafka", self.refused("up", "--version", "latest"))
        self.assertIn("--version goes with up", self.refused("down", "--version", DEFAULT))

    def test_without_data_it_is_the_one_of_pom_xml(self):
        self.assertEqual(DEFAULT, self.cluster("version").stdout.strip())


if __name__ == "__main__":
    unittest.main()
