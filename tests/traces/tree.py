"""Spans by their place in a trace."""


class Tree:
    def __init__(self, spans):
        self.spans = sorted(spans, key=lambda s: s.begin)

    def all(self, name, kind, parent):
        return [s for s in self.spans if (s.name, s.kind, s.parent) == (name, kind, parent)]

    def only(self, name, kind, parent):
        found = self.all(name, kind, parent)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} {kind} spans {name} below {parent} in {self.spans}")
        return found[0]
