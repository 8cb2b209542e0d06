"""What oasdiff's own tests compare, and what they ask of it."""

import glob
import json
import os
import re

import yaml

from .go_reader import NotRead, functions
from .run import UNKNOWN, Changes, Comparison, Has, Names, Run, Spec

NO_DATES = type("NoDates", (yaml.SafeLoader,), {})
NO_DATES.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in own if not tag.endswith(":timestamp")]
    for first, own in yaml.SafeLoader.yaml_implicit_resolvers.items()}
PLAIN = "plain config"
SINGLE = "single check"


class Suite:
    """Its tests, read from a clone."""

    def __init__(self, clone: str):
        self.clone, self.functions, self.constants, self.folders = clone, {}, {}, {}
        self.known = KNOWN
        for path in sorted(glob.glob(os.path.join(clone, "*", "*.go"))):
            with open(path, encoding="utf-8") as file:
                source = file.read()
            names = re.finditer(r"^\s*(?:const |var )?(\w+)\s*(?:string)?\s*=\s*\"([^\"\n]*)\"", source, re.M)
            for name, value in ((own[1], own[2]) for own in names):
                self.constants.setdefault(name, value)
            for name, folder in re.findall(r"(\w+)\s*= dataFileFn\(\"([^\"]*)\"\)", source):
                self.functions[name] = in_folder(folder)
            if path.endswith("_test.go"):
                own = functions(source)
                self.functions.update(own)
                self.folders.update({name: os.path.dirname(path) for name in own})

    def open(self, path: str, folder: str, is_plain=True) -> Spec:
        path = os.path.normpath(os.path.join(folder, path))
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file.read(), NO_DATES)
        return Spec(os.path.relpath(path, self.clone), json.loads(json.dumps(document)), is_plain)

    def asked(self, test: str) -> list[Changes]:
        """What a test asks of each comparison, as far as it is understood."""
        if test not in self.functions:
            return []
        run = Run(self)
        run.folder = self.folders[test]
        try:
            run.function(*self.functions[test], [UNKNOWN], {})
        except (NotRead, OSError, AttributeError, KeyError, IndexError, TypeError, RecursionError, yaml.YAMLError):
            pass
        return run.all


def in_folder(folder: str) -> tuple[list[str], list]:
    """A function that names a file of a folder of data/."""
    return ["file"], [("return", [("binary", "+", ("text", f"../data/{folder}/"), ("name", "file"))])]


def opened(run: Run, values: list):
    if not values or not isinstance(values[0], str):
        raise NotRead("file")
    return [run.suite.open(values[0], run.folder), None]


def loaded(run: Run, values: list):
    # Options change what is read, e.g. merge what `allOf` lists.
    return [run.suite.open(values[1], run.folder, len(values) == 2), None]


def formatted(run: Run, values: list):
    parts = iter(values[1:])
    return re.sub(r"%[dsv]", lambda _: str(next(parts)), values[0])


def numbered(run: Run, values: list):
    return run.suite.open(f"../data/openapi-test{values[1]}.yaml", run.folder)


def compared(run: Run, values: list):
    config, base, revision = values[:3]
    if not isinstance(base, Spec) or not isinstance(revision, Spec):
        raise NotRead("comparison")
    return [Comparison(base, revision, config == PLAIN), UNKNOWN, None]


def checked(run: Run, values: list):
    config, comparison = values[:2]
    if not isinstance(comparison, Comparison):
        raise NotRead("check")
    comparison.is_plain &= config in (PLAIN, SINGLE)
    run.all.append(Changes(comparison, config == SINGLE))
    return run.all[-1]


def compared_and_checked(run: Run, values: list):
    base, revision = (numbered(run, [None, number]) for number in values[2:4])
    return checked(run, [PLAIN, compared(run, [values[1], base, revision])[0]])


def config(kind: str):
    def made(run: Run, values: list):
        # Options say that something is not as it is otherwise.
        others = [value for value in values[kind == SINGLE:] if value is not None]
        return UNKNOWN if others else kind
    return made


def contains_id(run: Run, values: list):
    changes, name = values
    return Has(changes, {name}) if isinstance(changes, Changes) and isinstance(name, str) else UNKNOWN


def contains(run: Run, values: list):
    """slices.Contains([]string{…}, change.GetId())"""
    names, own = values
    return Has(own.changes, set(names)) if isinstance(own, Names) and isinstance(names, list) else UNKNOWN


def has(changes, name):
    if isinstance(changes, Changes) and isinstance(name, str):
        changes.wanted.append({name})
    return Names(changes) if isinstance(changes, Changes) else UNKNOWN


def require_true(run: Run, values: list):
    if isinstance(values[1], Has):
        values[1].changes.wanted.append(values[1].names)


def require_false(run: Run, values: list):
    if isinstance(values[1], Has):
        values[1].changes.denied |= values[1].names


def require_none(run: Run, values: list):
    if isinstance(values[1], Changes):
        values[1].is_empty = True
    require_false(run, values)


def require_length(run: Run, values: list):
    if isinstance(values[1], Changes) and values[2] == 0:
        values[1].is_empty = True


def require_equal(run: Run, values: list):
    for name, own in ((values[1], values[2]), (values[2], values[1])):
        if name == 0 and isinstance(own, Has):
            own.changes.denied |= own.names
        if isinstance(own, Names):
            has(own.changes, name.get("id") if isinstance(name, dict) else name)


def require_not_equal(run: Run, values: list):
    for name, own in ((values[1], values[2]), (values[2], values[1])):
        if isinstance(own, Names) and isinstance(name, str):
            own.changes.denied.add(name)


def require_contains(run: Run, values: list):
    if isinstance(values[2], dict):
        has(values[1], values[2].get("id"))


def require_elements(run: Run, values: list):
    for names, own in ((values[1], values[2]), (values[2], values[1])):
        if isinstance(own, Has) and names:
            own.changes.wanted.append(own.names)
        if isinstance(own, Names) and isinstance(names, list):
            for name in names:
                has(own.changes, name)


def appended(run: Run, values: list):
    names = [value for value in values if isinstance(value, Names)]
    if names:
        return names[0]
    return values[0] + values[1:] if isinstance(values[0], list) else UNKNOWN


def deleted(run: Run, values: list):
    raw = values[0].resolved().raw
    raw.pop(values[1], None)


KNOWN = {
    "open": opened, "l": numbered, "d": compared_and_checked,
    "NewConfig": config(PLAIN), "allChecksConfig": config(PLAIN), "singleCheckConfig": config(SINGLE),
    "GetAllChecks": lambda run, values: None, "withoutVersioningPolicy": lambda run, values: None,
    "GetWithOperationsSourcesMap": compared,
    "CheckBackwardCompatibility": checked, "CheckBackwardCompatibilityUntilLevel": checked,
    "containsId": contains_id, "Contains": lambda run, values: (require_contains if len(values) > 2 else contains)(run, values),
    "True": require_true, "False": require_false, "Empty": require_none, "Len": require_length,
    "Equal": require_equal, "NotEqual": require_not_equal, "ElementsMatch": require_elements,
    "requireChange": lambda run, values: has(values[1], values[2]),
    "requireSingleChange": lambda run, values: has(values[1], values[2]),
    "requireNoChange": lambda run, values: values[1].denied.add(values[2]),
    "requireSingleApiChange": lambda run, values: has(values[2], values[1].get("id")),
    "requireApiChange": lambda run, values: has(values[2].changes, values[1].get("id")),
    "requireApiChanges": lambda run, values: [has(values[2], own.get("id")) for own in values[1]],
    "append": appended, "delete": deleted,
    "len": lambda run, values: len(values[0]) if isinstance(values[0], (list, dict)) else UNKNOWN,
    "make": lambda run, values: {} if values[0][1].startswith("map") else [],
    "NewSpecInfo": loaded, ".LoadFromFile": opened, "Sprintf": formatted,
    "NewSource": lambda run, values: values[0],
    "toJson": lambda run, values: values[1],
}
