"""The machine-readable descriptions of the interface say what the code does: every route, problem, type and action."""
import json
import re
import unittest

from tree import ROOT

DESCRIPTIONS = ROOT / "src/gateway/descriptions"
ROW = re.compile(r"\{verb::(\w+), \"([^\"]+)\", (\w+), action::\w+\}")
ACTION = re.compile(r"\{verb::(\w+), \"([^\"]+)\", \w+, action::(\w+)\}")
SCOPES = {"submit": "tasks:submit", "list": "tasks:read", "read": "tasks:read", "ticket": "tasks:read", "cancel": "tasks:cancel",
          "forget": "tasks:cancel"}


def text(name):
    return (ROOT / "src" / name).read_text(encoding="utf-8")


def described(name):
    return json.loads((DESCRIPTIONS / name).read_text(encoding="utf-8"))


def references(node):
    """Every $ref below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if part not in node:
            return False
        node = node[part]
    return True


class Descriptions(unittest.TestCase):
    def test_every_route_is_described_and_nothing_else(self):
        rows = ROW.findall(text("gateway/api/routes.cpp"))
        self.assertGreater(len(rows), 10)
        routes = {(verb.rstrip("_"), path) for verb, path, _ in rows}
        paths = described("openapi.json")["paths"]
        self.assertEqual(routes, {(verb, path) for path, verbs in paths.items() for verb in verbs})

    def test_every_name_in_a_path_is_a_parameter(self):
        document = described("openapi.json")
        for path, verbs in document["paths"].items():
            for verb, operation in verbs.items():
                named = set()
                for p in operation.get("parameters", []):
                    p = document["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p
                    named |= {p["name"]} if p["in"] == "path" else set()
                with self.subTest(path=path, verb=verb):
                    self.assertEqual(set(re.findall(r"\{(\w+)\}", path)), named)

    def test_who_may_call_is_what_the_action_of_the_route_says(self):
        rows = ACTION.findall(text("gateway/api/routes.cpp"))
        self.assertGreater(len(rows), 10)
        paths = described("openapi.json")["paths"]
        for verb, path, action in rows:
            with self.subTest(verb=verb, path=path):
                asked = paths[path][verb.rstrip("_")].get("security", [])
                wanted = {SCOPES[action]} if action in SCOPES else set()
                self.assertEqual(wanted, {scope for one in asked for scopes in one.values() for scope in scopes})
                # A ticket counts for reading alone.
                self.assertEqual(action == "read", {"ticket": []} in asked)

    def test_every_route_and_every_bus_is_named_where_people_and_programs_look(self):
        page = (ROOT / "docs/http.md").read_text(encoding="utf-8")
        self.assertEqual([], [path for _, path, _ in ROW.findall(text("gateway/api/routes.cpp")) if path not in page], "not in docs/http.md")
        buses = re.search(r"enum class bus_kind \{ ([\w, ]+) \}", (ROOT / "include/streamdemo/config/settings.hpp").read_text(encoding="utf-8"))
        schema = described("openapi.json")["components"]["schemas"]["Timeline"]["properties"]["bus"]
        self.assertEqual(buses[1].split(", "), schema["enum"])

    def test_every_problem_is_described(self):
        names = re.findall(r"problem_row\{\w+, \d+, \"([\w-]+)\"", text("gateway/api/problem.cpp"))
        for document in ("openapi.json", "asyncapi.json"):
            enum = described(document)["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
            self.assertEqual(["urn:streamdemo:problem:" + n for n in names], enum)

    def test_the_websockets_and_what_may_be_said_there_are_described(self):
        document = described("asyncapi.json")
        upgrades = {path for path, verbs in described("openapi.json")["paths"].items() if "101" in verbs.get("get", {}).get("responses", {})}
        self.assertEqual(upgrades, {c["address"] for c in document["channels"].values()})
        actions = re.search(r"names\{(.*?)\}", text("gateway/api/stream/stream_message.cpp"))[1]
        said = {s["properties"]["action"]["const"] for s in document["components"]["schemas"].values()
                if "action" in s.get("properties", {})}
        self.assertEqual(set(re.findall(r"\w+", actions)), said)

    def test_both_speak_of_the_same_event(self):
        schemas = [described(d)["components"]["schemas"] for d in ("openapi.json", "asyncapi.json")]
        # A discriminator is another thing in AsyncAPI, where the constants tell as much.
        mapping = schemas[0]["Event"].pop("discriminator")["mapping"]
        self.assertEqual([{"$ref": there} for there in mapping.values()], schemas[0]["Event"]["oneOf"])
        names = ["Event", "EventHead", *(there.rsplit("/", 1)[1] for there in mapping.values())]
        self.assertEqual(*([all_of[name] for name in names] for all_of in schemas))
        for word, there in mapping.items():
            self.assertEqual(word, schemas[0][there.rsplit("/", 1)[1]]["allOf"][1]["properties"]["type"]["const"])

    def test_what_3_2_adds_leads_somewhere_and_replaces_nothing(self):
        document, added = described("openapi.json"), described("openapi-3.2.json")
        self.assertFalse(set(added["schemas"]) & set(document["components"]["schemas"]))
        document["components"]["schemas"].update(added["schemas"])
        self.assertEqual([], [r for r in references(added) if not resolves(document, r)])
        said = {media for path in document["paths"].values() for verb in path.values() for answer in verb["responses"].values()
                for media, has in answer.get("content", {}).items() if has.get("schema") == {"type": "string"}}
        self.assertEqual(set(added["itemSchema"]), said & {"text/event-stream", "application/x-ndjson"})
        kinds = document["components"]["schemas"]["Event"]["discriminator"]["mapping"]
        self.assertEqual([*kinds, "gap", "queued", "reconnect", "expiring"], added["schemas"]["ServerSentEvent"]["properties"]["event"]["enum"])

    def test_every_reference_leads_somewhere(self):
        for name in ("openapi.json", "asyncapi.json"):
            document = described(name)
            self.assertEqual([], [r for r in references(document) if not resolves(document, r)], name)


if __name__ == "__main__":
    unittest.main()
