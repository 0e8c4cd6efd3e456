"""What comments and documents name, and whether it exists: files, settings, the verbs of ./dev, and in docs/ metrics.

Each finder yields 'file:line: name: what is wrong'. A false name is found by its look: a file by its suffix, a setting by
its section, a metric by its prefix, a verb by the `./dev` before it."""
import re

from tree import files

SUFFIXES = "cpp|hpp|py|mjs|js|md|toml|yaml|json|html|css|cmake|service|template"
FILE = re.compile(rf"(?<![\w/.*<{{$…:-])((?:[\w.-]+/)*[\w-][\w.-]*\.(?:{SUFFIXES}))(?![\w/-])")
METRIC = re.compile(r"\b(?:streamdemo_[a-z_]+|process_[a-z_]+_(?:total|bytes|seconds))\b")
VARIABLE = re.compile(r"\bSTREAMDEMO_[A-Z][A-Z_]*[A-Z]\b")
OUR_SUFFIXES = (".cpp", ".hpp", ".py", ".mjs", ".md", ".toml", ".cmake")
VERB = re.compile(r"(?<![\w.])\./dev ([a-z][a-z0-9-]*)")
SOURCE_COMMENT = {".cpp": "//", ".hpp": "//", ".js": "//", ".mjs": "//", ".py": "#", ".cmake": "#", ".txt": "#", "": "#"}

# What users have, what is made at run time, and what other programs bring.
NOT_OURS = re.compile(
    r"^(?:answer|results|server|docker-compose|clip|package|package-lock|holiday|report)\b|^Node\.js$|(?:^|/)x\.\w+$")


def prose(path):
    """The lines of a document, or of the comments in a source, with their numbers."""
    mark = SOURCE_COMMENT.get(path.suffix)
    # Not within an address, and not right within a string.
    comment = mark and re.compile(rf"(?<![:\"'\w]){mark}.*")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not comment:
            yield number, line
        elif found := comment.search(line):
            yield number, found[0]


def is_script(path):
    return not path.suffix and path.read_bytes()[:2] == b"#!"


def texts(root):
    for folder in ("src", "include", "tests", "cmake", "docs", "config", "docker"):
        for path in files(root / folder):
            if path.suffix in (*SOURCE_COMMENT, ".md", ".toml", ".yaml") or is_script(path):
                yield path
    yield from (path for path in files(root, depth=1) if path.suffix == ".md" or path.name == "dev")


def false_names(root, what, judge, pages=texts):
    """judge(line) yields the names on a line that do not exist."""
    for path in pages(root):
        for number, line in prose(path):
            for name in judge(line):
                yield (f"{path.relative_to(root)}:{number}: {name}: there is no such {what} (what others bring is listed in "
                       "tests/structure/names.py)")


def false_files(root):
    there = {path.relative_to(root).as_posix() for path in files(root)}
    # A file may be named by as much of its path as makes it clear: router.cpp, http/router.cpp, src/http/router.cpp.
    known = {"/".join(name.split("/")[-n:]) for name in there for n in range(1, name.count("/") + 2)}

    def judge(line):
        for name in FILE.findall(line):
            plain = name.removeprefix("./").removeprefix("../")
            # What has no folder may be of any project unless we write such files.
            ours = "/" in plain or plain.endswith(OUR_SUFFIXES)
            if ours and plain not in known and not NOT_OURS.search(plain):
                yield name

    return list(false_names(root, "file", judge))


def settings_of(root):
    """All names in the one list of settings, as section.name."""
    text = (root / "src/config/fields.cpp").read_text(encoding="utf-8")
    names = set(re.findall(r'"((?:[a-z]+\.)[a-z_]+)"', text))
    # Those that several sections have: add_…(f, "section.", …), which calls add("name", …).
    for section in re.findall(r'add_\w+\(f, "([a-z]+\.)"', text):
        names |= {section + name for name in re.findall(r'\badd\("([a-z_]+)"', text)}
    return names


def false_settings(root):
    known = settings_of(root)
    sections = {name.split(".")[0] for name in known}
    # tasks.<kind> is a table that people name, and so are those of issuers.
    table = re.compile(r"tasks\.[a-z]+|auth\.issuers")
    setting = re.compile(rf"(?<![\w./:-])((?:{'|'.join(sorted(sections))})\.[a-z]+(?:_[a-z]+)*)(?![\w(/]|\.[a-z])(?<!\.env)(?<!\.socket)")

    def judge(line):
        for name in setting.findall(line):
            if name not in known and not FILE.fullmatch(name) and not table.fullmatch(name):
                yield name

    return list(false_names(root, "setting", judge))


def false_metrics(root):
    source = "".join(path.read_text(encoding="utf-8") for path in files(root / "src", ".cpp", ".hpp"))
    known = set(METRIC.findall("".join(re.findall(r'"[^"\n]*"', source))))
    # Of a histogram.
    known |= {name + end for name in known for end in ("_bucket", "_sum", "_count")}

    def judge(line):
        return [name for name in METRIC.findall(line) if name not in known]

    return list(false_names(root, "metric", judge, lambda r: [*files(r / "docs", ".md"), *files(r / "docker", ".yaml", ".json")]))


def false_variables(root):
    """Variables that look like a setting's: STREAMDEMO_, a section, the rest of a name."""
    settings = settings_of(root)
    known = {"STREAMDEMO_" + name.upper().replace(".", "_") for name in settings}
    sections = {name.split(".")[0].upper() for name in settings}
    # Filled by tables: any property of the client library, any kind, any issuer.
    tables = ("STREAMDEMO_KAFKA_PROPERTIES_", "STREAMDEMO_TASKS_", "STREAMDEMO_AUTH_ISSUERS_")

    def judge(line):
        for name in VARIABLE.findall(line):
            if name.split("_")[1] in sections and name not in known and not (name + "_").startswith(tables):
                yield name

    return list(false_names(root, "variable", judge))


def verbs_of(root):
    functions = re.findall(r"^verb_([a-z0-9_]+)\(\)", (root / "dev").read_text(encoding="utf-8"), re.MULTILINE)
    return {name.replace("_", "-") for name in functions}


def false_verbs(root):
    known = verbs_of(root)
    return list(false_names(root, "verb of ./dev", lambda line: [v for v in VERB.findall(line) if v not in known]))
