"""validate-exports.py FOLDER: what scripts/validate-exports asks of readers written in Python."""

import contextlib
import copy
import io
import json
import os
import pathlib
import sys
import tempfile

import google.protobuf.json_format as pb
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from lxml import etree

tools = pathlib.Path(sys.argv[1])
samples = tools / "samples"
sys.path.insert(0, str(tools))
import alls_green  # noqa: E402
import vsa_pb2  # noqa: E402


def statement(document):
    parsed = pb.ParseDict(document, statement_pb2.Statement())
    Statement.copy_from_pb(parsed).validate()
    return document["predicate"]


def test_result(document):
    parsed = pb.ParseDict(statement(document), test_result_pb2.TestResult())
    assert parsed.result in ("PASSED", "WARNED", "FAILED"), parsed.result
    assert len(parsed.configuration) > 0
    for one in parsed.configuration:
        ResourceDescriptor.copy_from_pb(one).validate()
    return parsed.result


def vsa(document):
    body = copy.deepcopy(statement(document))
    # In the specification (1.1) and not in the protobuf; field names that are URIs are extensions.
    assert all(isinstance(one, str) for one in body["verifier"].pop("version").values())
    body = {name: value for name, value in body.items() if "://" not in name}
    parsed = pb.ParseDict(body, vsa_pb2.VerificationSummary())
    assert parsed.verification_result in ("PASSED", "FAILED"), parsed.verification_result
    assert parsed.verifier.id and parsed.resource_uri and parsed.policy.uri
    assert all(one.digest["sha256"] for one in parsed.input_attestations)
    levels = list(parsed.verified_levels)
    assert levels and not any(level.startswith("SLSA_") for level in levels), levels
    assert (levels == ["FAILED"]) == (parsed.verification_result == "FAILED"), levels
    return parsed.verification_result


schema = etree.XMLSchema(etree.parse(tools / "junit-10.xsd"))


def junit(document):
    schema.assertValid(document)
    return f"{len(document.getroot())} suites"


def needs(document):
    """As the action runs it: its exit code, with jobs that ci.toml exempts allowed to be skipped."""
    skips = [name for name, job in document.items() if job["result"] == "skipped"]
    assert all(job["result"] in ("success", "failure", "cancelled", "skipped") for job in document.values())
    assert all(isinstance(one, str) for job in document.values() for one in job["outputs"].values())
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        os.environ["GITHUB_STEP_SUMMARY"] = f"{folder}/summary"
        os.environ["GITHUB_OUTPUT"] = f"{folder}/output"
        code = alls_green.main(["", "[]", json.dumps(skips), json.dumps(document)])
    return "success" if code == 0 else "failure"


def as_json(path):
    return json.loads(path.read_text())


def drop(*keys):
    def spoil(document):
        place = document
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]
    return spoil


def first_suite_gone_wrong(document):
    document.getroot()[0].tag = "suite"


def one_result_unheard_of(document):
    next(iter(document.values()))["result"] = "maybe"


# format, how it is read, by whom, what it must say of the samples, how it is spoilt
CHECKS = [
    ("test-result", as_json, test_result, {"green": "PASSED", "red": "FAILED", "hostile": "FAILED"}, drop("subject")),
    ("vsa", as_json, vsa, {"green": "PASSED", "red": "FAILED"}, drop("predicate", "policy")),
    ("needs-json", as_json, needs, {"green": "success", "red": "failure", "hostile": "failure"}, one_result_unheard_of),
    ("junit", lambda path: etree.parse(path), junit, {"green": "1 suites", "red": "7 suites", "hostile": "3 suites"}, first_suite_gone_wrong),
]

for name, read, check, expected, spoil in CHECKS:
    for sample, words in expected.items():
        path = samples / f"{sample}.{name}"
        document = read(path)
        said = check(document)
        assert said == words, f"{path}: says {said}, expected {words}"
        spoil(document)
        try:
            check(document)
        except Exception:  # noqa: BLE001 each reader has errors of its own
            continue
        raise SystemExit(f"{path}: a spoilt copy was taken")
    print(f"ok: {name}, {', '.join(f'{sample} {words}' for sample, words in expected.items())}")
