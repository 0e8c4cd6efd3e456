"""The table of docs/proxies.md. Pure."""
import datetime

COLUMNS = {"sse": "SSE", "lines": "JSON lines", "websocket": "WebSocket", "longpoll": "long poll", "poll": "poll",
           "after_sigterm": "SIGTERM: a stream", "after_kill": "kill -9: a stream", "away": "an EventSource that meets no gateway",
           "origins": "Host, Origin", "early": "early 413, 415", "upload": "upload in chunks", "next_request": "connection after a stream",
           "leaving": "a client's leaving is noticed after"}
BEGIN, END = "<!-- table: ./dev proxies -->\n", "<!-- end of table -->\n"


def row(cells):
    return "| " + " | ".join(map(str, cells)) + " |\n"


def rows_of(text):
    """The rows that a page has, by proxy."""
    table = text.partition(BEGIN)[2].partition(END)[0]
    return {line.split("|")[1].split()[0]: line + "\n" for line in table.splitlines()[2:] if line.startswith("| ")}


def new_row(title, cells, today=None):
    return row([title, *(cells[column] for column in COLUMNS), today or datetime.date.today()])


def written(text, rows, order):
    """The page with the rows in place of its own; others stay."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the page has no place for the table: {BEGIN}{END}")
    rows = {**rows_of(text), **rows}
    table = row(["proxy", *COLUMNS.values(), "on"]) + "|" + "---|" * (len(COLUMNS) + 2) + "\n"
    table += "".join(rows[name] for name in order if name in rows)
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table + END + rest.partition(END)[2]
