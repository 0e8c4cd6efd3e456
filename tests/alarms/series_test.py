import unittest

from . import promtool, scrape
from .files import queries, selectors

# Only where there are brokers: kafka_test.py.
ON_BROKERS = "streamdemo_kafka_"

# Everything that a process may be: a journal, histories on disk, and a bucket and tokens of an issuer that cannot be reached.
ALL = {"auth__mode": "jwt", "auth__issuers__main__issuer": "https://issuer.example", "auth__issuers__main__audience": "streamdemo",
       "auth__issuers__main__jwks": "http://127.0.0.1:9/keys", "auth__id_secret": "0123456789abcdef0123456789abcdef",
       "artifacts__store": "s3", "s3__endpoint": "http://127.0.0.1:9", "s3__bucket": "files", "s3__access_key_id": "any",
       "s3__secret_access_key": "any"}


class Series(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with scrape.process("streamdemo", **ALL) as series:
            cls.series = series()

    def test_every_series_that_is_named_is_there(self):
        named = [s for s in selectors() if not s.startswith(ON_BROKERS)]
        self.assertGreater(len(named), 60)
        self.assertEqual([], [f"{s} in {selectors()[s]}" for s in promtool.missing([of_any(s) for s in named], self.series)])

    def test_every_query_of_the_dashboard_shows_something(self):
        asked = [e for _, e in queries() if ON_BROKERS not in e and not e.endswith(" > 0")]
        self.assertGreater(len(asked), 60)
        self.assertEqual([], promtool.missing(asked, self.series))


def of_any(selector):
    return selector.replace("$job", ".*").replace("$instance", ".*")


if __name__ == "__main__":
    unittest.main()
