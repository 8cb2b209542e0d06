"""What Redocly and openapi-spec-validator reject, with the lines of each place."""

import collections
import inspect
import json
import os
import re
import subprocess


class Stopped(Exception):
    """A tool ended with an error of its own."""


class Told:
    """A finding of anybody's. `lines`: of the place itself, and of the key it stands under."""

    def __init__(self, rule: str, lines: set[int], message: str, path: str, pointer: str = "", severity: str = "error"):
        self.rule, self.lines, self.message, self.path = rule, lines, message, path
        self.pointer, self.severity = pointer, severity

    def place(self) -> tuple:
        return self.path, max(self.lines)


def of_redocly(redocly: str, spec: str, temp: str) -> list[Told]:
    config = os.path.join(temp, "redocly.yaml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("extends: [spec]\n")
    command = [redocly, "lint", spec, "--format=json", "--max-problems=1000000", "--config", config]
    # A pipe is cut off where it ends before it was read.
    with open(os.path.join(temp, "told"), "w+", encoding="utf-8") as out:
        run = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, cwd=temp, check=False)
        out.seek(0)
        printed = out.read()
    try:
        problems = json.loads(printed)["problems"]
    except ValueError as error:
        raise Stopped("redocly", run.stderr[-300:]) from error
    told = []
    for it in (it for it in problems if it["severity"] == "error"):
        at = it["location"][0]
        path = os.path.realpath(os.path.join(temp, at["source"]["ref"]))
        line = at.get("start", {"line": 1})["line"]
        told.append(Told(it["ruleId"], {line}, it["message"], path, at.get("pointer") or ""))
    return told


class Lines:
    """Where each value of a document begins, by the path that leads to it."""

    def __init__(self, text: str):
        import yaml
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.root = yaml.compose(text, Loader=loader)

    def of(self, path) -> set[int]:
        import yaml
        node, line = self.root, self.root.start_mark.line + 1
        for step in path:
            node = node if step == "$ref" else self.followed(node)
            if isinstance(node, yaml.MappingNode):
                pair = next((it for it in node.value if it[0].value == str(step)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return {line, node.start_mark.line + 1, self.followed(node).start_mark.line + 1}

    def whole(self, path) -> set[int]:
        """Every line of a field, for what is wrong below it is called wrong as a whole."""
        import yaml
        node = self.root
        for step in path[:-1]:
            node = self.followed(node)
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            items = node.value if isinstance(node, yaml.SequenceNode) else []
            node = next((v for k, v in pairs if k.value == str(step)), None) or (
                items[step] if isinstance(step, int) and step < len(items) else None)
            if node is None:
                return self.of(path)
        node = self.followed(node)
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        for key, value in pairs:
            if key.value == str(path[-1]):
                return set(range(key.start_mark.line + 1, value.end_mark.line + 1)) | self.of(path)
        return self.of(path)

    def followed(self, node):
        import yaml
        for _ in range(32):
            if not isinstance(node, yaml.MappingNode):
                return node
            target = next((v.value for k, v in node.value if k.value == "$ref"), None)
            if not isinstance(target, str) or not target.startswith("#/"):
                return node
            found = self.root
            for step in target[2:].split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                pairs = found.value if isinstance(found, yaml.MappingNode) else []
                found = next((v for k, v in pairs if k.value == step), None)
            if found is None:
                return node
            node = found
        return node


def as_json(value):
    """With keys that are texts: `200:` is a number in YAML, and dates are dates."""
    if isinstance(value, dict):
        return {str(key): as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_json(below) for below in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def leaves(error):
    """What of an error names a place: of the branches that were tried, the one that got
    furthest, and never that there is no reference."""
    if not error.context:
        yield error
        return
    branches = collections.defaultdict(list)
    for below in error.context:
        branches[below.relative_schema_path[0]].append(below)
    is_reference = lambda all_: any(it.validator == "required" and "$ref" in it.message for it in all_)
    of_others = [all_ for all_ in branches.values() if not is_reference(all_)] or list(branches.values())
    depth = lambda it: max([len(it.absolute_path)] + [depth(below) for below in it.context])
    # A branch for another `type` is none that was meant.
    is_other = lambda all_: sum(it.validator in ("enum", "const") and bool(it.relative_path) and
                                it.relative_path[-1] in ("type", "in", "flow") for it in all_)
    for below in max(of_others, key=lambda all_: (-is_other(all_), max(map(depth, all_)))):
        yield from leaves(below)


def placed() -> None:
    """Lets each error of a part of the validator say which part: they hold no path."""
    from openapi_spec_validator.validation import keywords
    for name, below in (("SchemaValidator", ()), ("OperationValidator", ()), ("ParametersValidator", ()),
                        ("TagsValidator", ()), ("OpenAPIV32TagsValidator", ()), ("ValueValidator", ("default",))):
        own = getattr(keywords, name)

        def call(self, *arguments, original=own.__call__, below=below, **named):
            part = next(it for it in arguments if hasattr(it, "parts"))
            for error in original(self, *arguments, **named):
                if not hasattr(error, "part"):
                    error.part = (*part.parts, *below)
                yield error

        own.__call__ = call


def of_validator(spec: str, text: str) -> list[Told]:
    import yaml
    import openapi_spec_validator as own
    from jsonschema.exceptions import ValidationError

    document = json.loads(text) if spec.endswith(".json") else yaml.load(text, Loader=yaml.CSafeLoader)
    document = as_json(document)
    version = str(document.get("openapi") or document.get("swagger"))
    validator = {"2.0": own.OpenAPIV2SpecValidator, "3.0": own.OpenAPIV30SpecValidator,
                 "3.1": own.OpenAPIV31SpecValidator, "3.2": own.OpenAPIV32SpecValidator}[version[:3]]
    lines, told, errors = Lines(text), [], []
    try:
        rules = validator(document, base_uri="file://" + spec)
        # Without what copies each error, for a copy has lost its part.
        for error in inspect.unwrap(type(rules).iter_errors)(rules):
            errors.append(error)
    except Exception as error:  # pylint: disable=broad-except
        if not errors:
            raise Stopped("openapi-spec-validator", f"{type(error).__name__}: {error}") from error
        print(f"  openapi-spec-validator stopped after {len(errors)} errors: {type(error).__name__}: {str(error)[:80]}")
    for error in errors:
        part = getattr(error, "part", ())
        name = type(error).__name__
        name = "schema" if name in ("ValidationError", "SchemaError", "OpenAPIValidationError") else name
        for leaf in leaves(error) if isinstance(error, ValidationError) else [error]:
            path = list(part) + list(leaf.absolute_path)
            rule = "duplicate tag" if "tag name" in leaf.message else f"{name}: {leaf.validator}" if name == "schema" else name
            steps = [None]
            # A field that should not be there is told of its object.
            if leaf.validator in ("additionalProperties", "unevaluatedProperties"):
                steps = re.findall(r"'([^'^]+)'", leaf.message) or steps
            elif isinstance(leaf.instance, dict) and isinstance(leaf.instance.get("$ref"), str):
                steps = ["$ref"]
            for step in steps:
                full = path + ([step] if step else [])
                at = lines.of(full)
                if leaf.validator in ("unevaluatedProperties", "not") and full:
                    at = lines.whole(full)
                if leaf.validator == "uniqueItems":
                    at = at.union(*(lines.of([*full, number]) for number in range(len(leaf.instance))))
                told.append(Told(rule, at, leaf.message[:300], spec, "#/" + "/".join(map(str, full))))
    return told
