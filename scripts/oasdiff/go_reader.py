"""Go source as a small syntax tree, as far as tests are made of it: functions,
calls, assignments, literals, loops and conditions. What is not understood raises
NotRead, for one function and no other."""

import re

TOKEN = re.compile(r"""
    (?P<space>[ \t\r]+|//[^\n]*|/\*.*?\*/) | (?P<line>\n)
  | (?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\])+')
  | (?P<number>\d[\w.]*) | (?P<name>[A-Za-z_]\w*)
  | (?P<mark>:=|==|!=|<=|>=|&&|\|\||\.\.\.|\+\+|--|\+=|-=|<-|[-+*/%&|^!<>=(){}\[\],;:.~])
""", re.X | re.S)
OPERATORS = [("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">="), ("+", "-", "|", "^"), ("*", "/", "%", "&")]


class NotRead(Exception):
    """What this reader or who runs the tree does not know."""


def tokens(source: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(source):
        match = TOKEN.match(source, at)
        if not match:
            raise NotRead(source[at:at + 20])
        at, kind = match.end(), match.lastgroup
        if kind == "line" or (kind == "space" and "\n" in match.group()):
            last = found[-1] if found else ("", "")
            ends = last[0] in ("text", "number") or last[1] in (")", "]", "}", "++", "--") or (
                last[0] == "name" and last[1] not in ("func", "if", "for", "range", "switch", "case", "map", "var"))
            if ends:
                found.append(("mark", ";"))
        elif kind != "space":
            found.append((kind, match.group()))
    return found


def text(token: str) -> str:
    if token[0] == "`":
        return token[1:-1]
    return re.sub(r"\\(.)", lambda own: {"n": "\n", "t": "\t"}.get(own[1], own[1]), token[1:-1])


class Reader:
    """Statements and expressions are tuples: what they are, and their parts."""

    def __init__(self, found: list[tuple[str, str]]):
        self.found, self.at = found, 0

    def word(self) -> str:
        return self.found[self.at][1] if self.at < len(self.found) else ""

    def take(self, word: str) -> bool:
        is_it = self.word() == word and self.found[self.at][0] != "text"
        self.at += is_it
        return is_it

    def want(self, word: str):
        if not self.take(word):
            raise NotRead(f"{word} wanted, {self.word()} found")

    def next(self) -> str:
        self.at += 1
        return self.found[self.at - 1][1]

    def block(self) -> list:
        self.want("{")
        statements = []
        while not self.take("}"):
            if not self.take(";"):
                statements.append(self.statement())
        return statements

    def statement(self):
        if self.take("for"):
            return self.loop()
        if self.take("if"):
            return self.condition()
        if self.take("return"):
            return ("return", [] if self.word() in (";", "}") else self.expressions())
        if self.take("var"):
            names = [("name", self.next())]
            while self.take(","):
                names.append(("name", self.next()))
            kind = "" if self.word() == "=" else self.type()
            return ("set", names, self.expressions() if self.take("=") else [("zero", kind)] * len(names))
        if self.word() in ("continue", "break"):
            return (self.next(),)
        if self.take("switch"):
            return self.choice()
        if self.word() in ("select", "defer", "go", "type", "const"):
            raise NotRead(self.word())
        return self.simple()

    def simple(self, is_head=False):
        left = self.expressions(is_head)
        word = self.word()
        if word in (":=", "="):
            self.at += 1
            if self.take("range"):
                return ("range", left, self.expression(is_head))
            return ("set", left, self.expressions(is_head))
        if word in ("+=", "-=", "++", "--"):
            self.at += 1
            return ("count", left, None if word in ("++", "--") else self.expression(is_head))
        return ("do", left[0])

    def loop(self):
        if self.take("range"):
            head = ("range", [], self.expression(True))
        elif self.word() == "{":
            raise NotRead("for without end")
        else:
            head = self.simple(True)
        if head[0] != "range":
            raise NotRead("for that counts")
        return ("for", head[1], head[2], self.block())

    def condition(self):
        first = None
        test = self.simple(True)
        if self.take(";"):
            first, test = test, self.simple(True)
        if test[0] != "do":
            raise NotRead("if")
        then, other = self.block(), []
        if self.take("else"):
            other = [self.condition()] if self.take("if") else self.block()
        return ("if", first, test[1], then, other)

    def choice(self):
        """A switch over a value, as conditions one after another."""
        over, chosen = self.expression(True), ("if", None, ("name", "false"), [], [])
        self.want("{")
        last = chosen
        while not self.take("}"):
            values = []
            if not self.take("default"):
                self.want("case")
                values = self.expressions()
            self.want(":")
            body = []
            while self.word() not in ("case", "default", "}"):
                if not self.take(";"):
                    body.append(self.statement())
            test = None
            for value in values:
                own = ("binary", "==", over, value)
                test = ("binary", "||", test, own) if test else own
            if test is None:
                last[4].extend(body)
            else:
                last[4].append(("if", None, test, body, []))
                last = last[4][-1]
        return chosen

    def expressions(self, is_head=False) -> list:
        found = [self.expression(is_head)]
        while self.take(","):
            found.append(self.expression(is_head))
        return found

    def expression(self, is_head=False, level=0):
        if level == len(OPERATORS):
            return self.unary(is_head)
        left = self.expression(is_head, level + 1)
        while self.word() in OPERATORS[level] and self.found[self.at][0] == "mark":
            left = ("binary", self.next(), left, self.expression(is_head, level + 1))
        return left

    def unary(self, is_head):
        if self.take("!"):
            return ("not", self.unary(is_head))
        if self.take("-"):
            return ("minus", self.unary(is_head))
        if self.word() in ("&", "*", "+"):
            self.at += 1
            return self.unary(is_head)
        return self.chain(is_head)

    def chain(self, is_head):
        value = self.primary()
        while True:
            if self.take("."):
                if self.take("("):
                    self.type()
                    self.want(")")
                else:
                    value = ("member", value, self.next())
            elif self.take("("):
                value = ("call", value, self.arguments())
            elif self.take("["):
                if self.take(":"):
                    value = ("slice", value, None, self.expression())
                else:
                    index = self.expression()
                    if self.take(":"):
                        value = ("slice", value, index, None if self.word() == "]" else self.expression())
                    else:
                        value = ("index", value, index)
                self.want("]")
            elif self.word() == "{" and not is_head and value[0] in ("name", "member", "type"):
                value = ("literal", value, self.elements())
            else:
                return value

    def arguments(self) -> list:
        found = []
        while not self.take(")"):
            found.append(self.expression())
            self.take("...")
            self.take(",")
        return found

    def primary(self):
        kind, word = self.found[self.at]
        if kind == "text":
            self.at += 1
            return ("text", text(word))
        if kind == "number":
            self.at += 1
            number = word.replace("_", "")
            return ("number", float(number) if "." in number else int(re.sub(r"^0(?=\d)", "0o", number), 0))
        if word == "(":
            self.at += 1
            inner = self.expression()
            self.want(")")
            return inner
        if word == "func":
            self.at += 1
            names = self.parameters()
            if self.word() != "{":
                self.type()
            return ("func", names, self.block())
        if word in ("[", "map", "struct"):
            return ("type", self.type())
        if kind == "name":
            self.at += 1
            return ("name", word)
        raise NotRead(word)

    def elements(self) -> list:
        self.want("{")
        found = []
        while not self.take("}"):
            key = None
            value = self.element()
            if self.take(":"):
                key, value = value, self.element()
            found.append((key, value))
            self.take(",")
            self.take(";")
        return found

    def element(self):
        if self.word() == "{":
            return ("literal", ("type", ""), self.elements())
        return self.expression()

    def parameters(self) -> list[str]:
        self.want("(")
        names = []
        while not self.take(")"):
            name = self.next()
            names.append(name)
            if self.word() not in (",", ")"):
                self.take("...")
                self.type()
            self.take(",")
        return names

    def type(self) -> str:
        start = self.at
        while self.word() in ("[", "]", "*", "...") or (self.word() == "map" and self.found[self.at + 1][1] == "["):
            if self.take("["):
                if self.word() != "]":
                    self.take("...") or self.type()
                self.want("]")
            else:
                self.at += 1
        if self.take("struct") or self.take("interface"):
            depth = 0
            while True:
                depth += {"{": 1, "}": -1}.get(self.next(), 0)
                if depth == 0:
                    break
        elif self.take("func"):
            self.parameters()
            if self.word() in ("(", "*", "[") or self.found[self.at][0] == "name":
                self.type()
        elif self.take("("):
            while not self.take(")"):
                self.type()
                self.take(",")
        else:
            self.next()
            while self.take("."):
                self.next()
        return " ".join(word for _, word in self.found[start:self.at])


def functions(source: str) -> dict[str, tuple[list[str], list]]:
    """The functions of a file that are read, by name: their parameters and body."""
    found = {}
    for match in re.finditer(r"^func (\w+)(\(.*?^\}$)", source, re.M | re.S):
        try:
            reader = Reader(tokens(match[2] + "\n"))
            names = reader.parameters()
            if reader.word() != "{":
                reader.type()
            found[match[1]] = (names, reader.block())
        except (NotRead, IndexError):
            continue
    return found
