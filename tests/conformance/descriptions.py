"""The descriptions themselves: whether they are what OpenAPI and AsyncAPI say a description is."""
import sys

from . import tools
from .typed_clients import NAMES, description


def openapi(url):
    environment = tools.python_packages("openapi")
    place = tools.BUILD / "openapi"
    place.mkdir(exist_ok=True)
    for name in NAMES:
        tools.run(sys.executable, "-m", "openapi_spec_validator", description(url, place, name), env=environment)
    return list(NAMES), []


def asyncapi(url):
    place = tools.node_packages("asyncapi")
    tools.run("node", place / "validate.js", description(url, place, "asyncapi.json"))
    return ["asyncapi.json"], []
