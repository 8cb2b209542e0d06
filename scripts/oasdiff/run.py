"""Runs a Go test of oasdiff statement by statement: specifications are changed as the
test does it, each comparison keeps the pair as it was then, and what is required of its
changes is noted. What the helpers of the tests mean is suite.py's to say."""

import copy
import json

from .go_reader import NotRead

# Fields of kin-openapi that are not called as the document has them.
FIELDS = {"Min": "minimum", "Max": "maximum", "ExclusiveMin": "exclusiveMinimum", "ExclusiveMax": "exclusiveMaximum",
          "MinProps": "minProperties", "MaxProps": "maxProperties", "OperationID": "operationId", "OpenAPI": "openapi"}
STEPS_MAX = 20_000


class Unknown:
    """What nobody here knows, whatever is asked of it."""


UNKNOWN = Unknown()


class Node:
    """A part of a document."""

    def __init__(self, document: dict, raw):
        self.document, self.raw = document, raw

    def resolved(self) -> "Node":
        node, hops = self, 0
        while isinstance(node.raw, dict) and isinstance(node.raw.get("$ref"), str):
            ref, raw, hops = node.raw["$ref"], node.document, hops + 1
            if not ref.startswith("#/") or hops > 20:
                raise NotRead(f"reference {ref}")
            for part in ref[2:].split("/"):
                raw = raw[part.replace("~1", "/").replace("~0", "~")]
            node = Node(self.document, raw)
        return node


class Spec:
    def __init__(self, file: str, document, is_plain=True):
        self.file, self.document, self.text, self.is_plain = file, document, json.dumps(document), is_plain

    def kept(self) -> dict:
        """As it is now: its file, and the document where code changed it."""
        is_changed = json.dumps(self.document) != self.text
        return {"file": self.file, "document": copy.deepcopy(self.document) if is_changed else None}


class Comparison:
    def __init__(self, base: Spec, revision: Spec, is_plain: bool):
        self.base, self.revision = base.kept(), revision.kept()
        self.is_plain = is_plain and base.is_plain and revision.is_plain


class Changes:
    """What checking a comparison gave: `wanted` are sets of names one of which each must
    be there, `denied` names that must not, `is_whole` says that there are no others."""

    def __init__(self, comparison: Comparison, is_single: bool):
        self.comparison, self.is_single = comparison, is_single
        self.wanted, self.denied, self.is_empty = [], set(), False


class Has:
    """Whether one of these names is among the changes."""

    def __init__(self, changes: Changes, names: set):
        self.changes, self.names = changes, names


class Names:
    """The names of all changes, or of one of them."""

    def __init__(self, changes: Changes):
        self.changes = changes


class Run:
    """One test."""

    def __init__(self, suite: "Suite"):
        self.suite, self.steps, self.all = suite, 0, []

    def block(self, statements: list, names: dict, under=None):
        """Runs statements; what is returned, in a tuple. `under` is a condition that
        only the changes can tell."""
        for statement in statements:
            self.steps += 1
            if self.steps > STEPS_MAX:
                raise NotRead("too much")
            done = getattr(self, "do_" + statement[0])(statement, names, under)
            if done is not None:
                return done
        return None

    def do_do(self, statement, names, under):
        self.value(statement[1], names)

    def do_return(self, statement, names, under):
        values = [self.value(own, names) for own in statement[1]]
        return ("return", values[0] if len(values) == 1 else values)

    def do_continue(self, statement, names, under):
        return ("continue",)

    def do_break(self, statement, names, under):
        return ("break",)

    def do_count(self, statement, names, under):
        for own in statement[1]:
            self.assign(own, under or UNKNOWN, names)

    def do_set(self, statement, names, under):
        _, left, right = statement
        values = [self.value(own, names) for own in right]
        if len(left) > 1 and len(values) == 1:
            values = values[0] if isinstance(values[0], list) else [values[0]] + [UNKNOWN] * (len(left) - 1)
        for own, value in zip(left, values):
            # What a condition gathers is there if the condition is.
            is_gathered = under and own[0] == "name" and own[1] in names
            self.assign(own, under if is_gathered else value, names)

    def do_for(self, statement, names, under):
        _, left, over, body = statement
        over = self.value(over, names)
        if isinstance(over, Changes):
            items = [(UNKNOWN, Names(over))]
        elif isinstance(over, Node):
            raw = over.raw
            pairs = list(raw.items()) if isinstance(raw, dict) else list(enumerate(raw))
            items = [(key, wrapped(over.document, value)) for key, value in pairs]
        elif isinstance(over, dict):
            items = list(over.items())
        elif isinstance(over, list):
            items = list(enumerate(over))
        else:
            items = []
        for pair in items:
            for own, value in zip(left, pair):
                self.assign(own, value, names)
            done = self.block(body, names, under)
            if done and done[0] != "continue":
                return done if done[0] == "return" else None
        return None

    def do_if(self, statement, names, under):
        _, first, test, then, other = statement
        if first:
            self.block([first], names, under)
        test = self.value(test, names)
        if isinstance(test, Has):
            return self.block(then, names, test)
        if test is True or test is False:
            return self.block(then if test else other, names, under)
        return None

    def assign(self, to, value, names):
        kind = to[0]
        if kind == "name":
            if to[1] != "_":
                names[to[1]] = value
            return
        if kind == "slice":
            raise NotRead("slice")
        of = self.value(to[1], names)
        key = to[2] if kind == "member" else self.value(to[2], names)
        if isinstance(of, Node):
            if kind == "member":
                of, key = of.resolved(), field(key)
            put(of.raw, key, plain(value))
        elif isinstance(of, dict) and isinstance(key, Names):
            of[None] = key
        elif isinstance(of, (dict, list)):
            put(of, field(key) if kind == "member" else key, plain(value))
        elif isinstance(of, Unknown):
            return
        else:
            raise NotRead("assignment")

    def value(self, it, names):
        return getattr(self, "of_" + it[0])(it, names)

    def of_text(self, it, names):
        return it[1]

    of_number = of_text

    def of_zero(self, it, names):
        return [] if it[1].startswith("[ ]") else {} if it[1].startswith("map") else UNKNOWN

    def of_type(self, it, names):
        return it

    def of_func(self, it, names):
        return ("func", it[1], it[2], names)

    def of_name(self, it, names):
        name = it[1]
        if name in names:
            return names[name]
        if name in ("nil", "true", "false"):
            return {"nil": None, "true": True, "false": False}[name]
        return self.suite.constants.get(name, ("package", name))

    def of_not(self, it, names):
        value = self.value(it[1], names)
        return not value if isinstance(value, bool) else UNKNOWN

    def of_minus(self, it, names):
        value = self.value(it[1], names)
        return -value if isinstance(value, (int, float)) else UNKNOWN

    def of_binary(self, it, names):
        _, operator, left, right = it
        left, right = self.value(left, names), self.value(right, names)
        for changes, name in ((left, right), (right, left)):
            if isinstance(changes, Names) and isinstance(name, str) and operator == "==":
                return Has(changes.changes, {name})
        if isinstance(left, Has) and isinstance(right, Has) and operator == "||":
            return Has(left.changes, left.names | right.names)
        if isinstance(left, (Unknown, Names, Has)) or isinstance(right, (Unknown, Names, Has)):
            return UNKNOWN
        match operator:
            case "==":
                return left == right
            case "!=":
                return left != right
            case "&&":
                return bool(left and right)
            case "||":
                return bool(left or right)
            case "+" if isinstance(left, str) and isinstance(right, str):
                return left + right
        return UNKNOWN

    def of_slice(self, it, names):
        _, of, start, end = it
        of = self.value(of, names)
        ends = [own if own is None else self.value(own, names) for own in (start, end)]
        raw = of.raw if isinstance(of, Node) else of
        return raw[ends[0]:ends[1]] if isinstance(raw, list) else UNKNOWN

    def of_index(self, it, names):
        of, key = self.value(it[1], names), self.value(it[2], names)
        if isinstance(of, Node):
            raw = of.raw
            if isinstance(raw, dict) and key not in raw:
                key = next((own for own in raw if str(own).lower() == str(key).lower()), key)
            return wrapped(of.document, raw[key]) if key in raw or isinstance(raw, list) else None
        if isinstance(of, Changes):
            return Names(of)
        if isinstance(of, dict) and isinstance(of.get(None), Names) and isinstance(key, str):
            return Has(of[None].changes, {key})
        try:
            return of[key] if isinstance(of, (dict, list)) else UNKNOWN
        except (KeyError, IndexError, TypeError):
            return UNKNOWN

    def of_member(self, it, names):
        of, name = self.value(it[1], names), it[2]
        if isinstance(of, tuple) and of[0] == "package":
            # openapi3.ParameterInQuery
            if name.startswith("ParameterIn"):
                return name.removeprefix("ParameterIn").lower()
            return self.suite.constants.get(name, ("package", f"{of[1]}.{name}"))
        if isinstance(of, Spec):
            of = Node(of.document, of.document)
            if name == "Spec":
                return of
        if isinstance(of, Node):
            if name == "Value":
                return of.resolved()
            if name == "Extensions":
                return of
            inner = of.resolved().raw
            value = inner.get(field(name)) if isinstance(inner, dict) else None
            return wrapped(of.document, value)
        if isinstance(of, Names):
            return of if name == "Id" else UNKNOWN
        return of.get(field(name), UNKNOWN) if isinstance(of, dict) else UNKNOWN

    def of_literal(self, it, names):
        _, kind, elements = it
        shown = ".".join(map(str, kind[1:])) if kind[0] != "member" else kind[2]
        values = [(key, self.value(own, names)) for key, own in elements]
        is_list = shown.startswith("[") or shown == "Types" or (values and all(key is None for key, _ in values))
        if is_list:
            return [value for _, value in values]
        if shown.startswith("map"):
            return {self.value(key, names): value for key, value in values}
        found = {field(key[1]) if key[0] == "name" else self.value(key, names): value for key, value in values}
        # A reference stands for what it refers to.
        only = next(iter(found), None)
        return found[only] if (only, shown[-3:]) == ("value", "Ref") or shown == "SpecInfo" else found

    def of_call(self, it, names):
        _, callee, arguments = it
        if callee[0] == "member":
            of = self.value(callee[1], names)
            if not (isinstance(of, tuple) and of[0] == "package"):
                return self.method(of, callee[2], [self.value(own, names) for own in arguments])
        called = self.value(callee, names)
        name = called[1] if isinstance(called, tuple) and called[0] == "package" else ""
        values = [self.value(own, names) for own in arguments]
        if isinstance(called, tuple) and called[0] == "func":
            return self.function(called[1], called[2], values, called[3])
        own = self.suite.known.get(name.rsplit(".", 1)[-1] if "." in name else name)
        if own:
            return own(self, values)
        if name in self.suite.functions:
            return self.function(*self.suite.functions[name], values, {})
        last = name.rsplit(".", 1)[-1]
        return values[0] if len(values) == 1 and (last.lower().endswith("ptr") or last in CASTS) else UNKNOWN

    def function(self, parameters, body, values, outer):
        names = Layer(outer)
        names.own.update(zip(parameters, values + [[]] * (len(parameters) - len(values))))
        done = self.block(body, names)
        return done[1] if done and done[0] == "return" else None

    def method(self, of, name, values):
        if isinstance(of, Node):
            raw = of.resolved().raw
            if name in ("Value", "Find") and isinstance(raw, dict):
                return wrapped(of.document, raw.get(str(values[0])))
            if name == "Map":
                return of
            if name == "GetByInAndName":
                for item in raw:
                    own = Node(of.document, item).resolved()
                    if (own.raw.get("in"), own.raw.get("name")) == tuple(values):
                        return own
                return None
            if name == "Set" and isinstance(raw, dict):
                put(raw, values[0], plain(values[1]))
                return None
            raise NotRead(f"method {name}")
        if name == "Run" and len(values) == 2 and isinstance(values[1], tuple) and values[1][0] == "func":
            _, parameters, body, names = values[1]
            return self.function(parameters, body, [UNKNOWN], names)
        if isinstance(of, Names):
            return of if name == "GetId" else UNKNOWN
        own = self.suite.known.get("." + name)
        return own(self, values) if own else UNKNOWN


class Layer(dict):
    """Names of a function within another."""

    def __init__(self, outer):
        super().__init__()
        self.own, self.outer = {}, outer

    def __contains__(self, name):
        return name in self.own or name in self.outer

    def __getitem__(self, name):
        return self.own[name] if name in self.own else self.outer[name]

    def __setitem__(self, name, value):
        (self.outer if name not in self.own and name in self.outer else self.own)[name] = value


CASTS = ("Ptr", "uint64", "float64", "int", "string", "RawMessage", "Float64Ptr", "To")


def field(name: str) -> str:
    return FIELDS.get(name, name[:1].lower() + name[1:])


def wrapped(document, value):
    return Node(document, value) if isinstance(value, (dict, list)) else value


def plain(value):
    """As a document has it."""
    if isinstance(value, Node):
        return copy.deepcopy(value.raw)
    if isinstance(value, dict):
        return {key: plain(own) for key, own in value.items()}
    if isinstance(value, list):
        return [plain(own) for own in value]
    if isinstance(value, (Unknown, Changes, Names, Has, Spec, tuple)):
        raise NotRead("what is put into a document is not known")
    return value


def put(raw, key, value):
    if isinstance(raw, dict) and (value is None or (value == 0 and value is not False)):
        raw.pop(key, None)
    elif isinstance(raw, dict):
        # `type: [string]` is `type: string`.
        raw[key] = value[0] if key == "type" and isinstance(value, list) and len(value) == 1 else value
    elif isinstance(raw, list) and isinstance(key, int) and key < len(raw):
        raw[key] = value
    else:
        raise NotRead("assignment to nothing")
