"""The folders keep to their floors; and the check that says so finds what is planted."""
import pathlib
import tempfile
import unittest

from includes import violations
from tree import ROOT

PLANTED = {
    "upward": ("src/base/x.cpp", "#include <streamdemo/bus/bus.hpp>", "must not use bus"),
    "sideways": ("src/task/x.cpp", "#include <streamdemo/config/settings.hpp>", "must not use config"),
    "gateway to processor": ("src/gateway/x.cpp", "#include <streamdemo/processor/handler.hpp>", "must not know"),
    "processor to gateway": ("src/processor/handlers/x.cpp", "#include <streamdemo/gateway/gateway.hpp>", "must not know"),
    "api to its own roof": ("src/gateway/api/x.cpp", '#include "gateway/gateway.hpp"', "must not use gateway"),
    "access to api": ("src/gateway/access/x.cpp", '#include "gateway/api/call.hpp"', "must not use gateway/api"),
    "history to api": ("src/gateway/history/x.cpp", '#include "gateway/api/api.hpp"', "must not use gateway/api"),
    "bus to bus": ("src/bus/kafka/x.cpp", '#include "bus/inprocess/topic.hpp"', "must not know"),
    "bus knows a task": ("src/bus/x.cpp", "#include <streamdemo/task/message.hpp>", "must not know"),
    "private header": ("src/app/x.cpp", '#include "bus/inprocess/bus.hpp"', "private header"),
    "Beast outside": ("src/gateway/x.cpp", "#include <boost/beast/http.hpp>", "belongs to http only"),
    "Beast in a contract": ("include/streamdemo/http/x.hpp", "#include <boost/beast/core.hpp>", "must not show"),
    "librdkafka outside": ("src/bus/x.cpp", "#include <librdkafka/rdkafka.h>", "belongs to bus/kafka only"),
    "librdkafka in a contract": ("include/streamdemo/bus/x.hpp", "#include <librdkafka/rdkafka.h>", "must not show"),
    "toml++ outside": ("src/app/x.cpp", "#  include <toml++/toml.h>", "belongs to config only"),
    "toml++ in a contract": ("include/streamdemo/config/x.hpp", "#include <toml++/toml.h>", "must not show"),
    "prometheus-cpp outside": ("src/http/x.cpp", "#include <prometheus/counter.h>", "belongs to base only"),
    "spdlog in a contract": ("include/streamdemo/base/x.hpp", "#include <spdlog/spdlog.h>", "must not show"),
    "Asio in the vocabulary": ("src/task/x.cpp", "#include <boost/asio/post.hpp>", "no event loop"),
    "contract with a private header": ("include/streamdemo/bus/x.hpp", '#include "bus/watermark.hpp"', "contracts only"),
    "relative path": ("src/bus/x.cpp", '#include "watermark.hpp"', "not written as"),
    "unknown folder": ("src/util/x.cpp", "", "lies in no folder"),
}

ALLOWED = {
    "src/bus/kafka/x.cpp": '#include <librdkafka/rdkafka.h>\n#include "bus/watermark.hpp"\n',
    "src/http/x.cpp": "#include <boost/beast/http.hpp>\n#include <streamdemo/base/log.hpp>\n",
    "src/config/x.cpp": "#include <toml++/toml.h>\n",
    "include/streamdemo/base/x.hpp": "#include <prometheus/counter.h>\n",
    "src/gateway/x.cpp": '#include "gateway/api/api.hpp"\n#include <streamdemo/bus/bus.hpp>\n',
    "src/app/main.cpp": "#include <streamdemo/gateway/gateway.hpp>\n#include <streamdemo/processor/processor.hpp>\n",
}


def planted(contents):
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name, text in contents.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
        return violations(root)


class Includes(unittest.TestCase):
    def test_the_tree_keeps_to_its_floors(self):
        self.assertEqual([], violations(ROOT), "\n" + "\n".join(violations(ROOT)))

    def test_every_planted_violation_is_found(self):
        for name, (path, line, why) in PLANTED.items():
            with self.subTest(name):
                found = planted({path: "// one line before\n" + line})
                self.assertEqual(1, len(found), found)
                self.assertTrue(found[0].startswith(path), found)
                self.assertIn(why, found[0])

    def test_what_is_allowed_is_not_reported(self):
        self.assertEqual([], planted(ALLOWED))


if __name__ == "__main__":
    unittest.main()
