use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, Reply, Severity};

use super::{Judge, Offence, Whole, one_line};
use crate::binary::{Binary, Start};

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/binary-leak",
    severity: Severity::Error,
    doc: "A program that is shipped holds what it must not, starts where it must refuse, or a probe of it is asleep.

`[[gate.editions-gate.binary]]` names the artifact. Each text of `absent` is looked \
for in its bytes: a stripped Go binary still has names of functions and literals. \
`refuses` starts it under an environment in which it has to end with an error and \
say a message. `twin` is a build that holds all of it: there every probe must trip, \
since a probe that finds nothing anywhere (a name that was changed, bytes that are \
compressed) proves nothing. An artifact that is not there is an error.

Fix: leave the package out of the core's build by a constraint; give a probe that \
sleeps the name that the code has now.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
binary = [{ artifact = 'dist/x', absent = ['pkg/ee/'] }]
-- @artifact dist/x --
…example.org/m/pkg/ee/licence.Check…
-- a.go --
package a
-- ee/a.go --
package ee
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
binary = [{ artifact = 'dist/x', twin = 'dist/x-all', absent = ['pkg/ee/'] }]
-- @artifact dist/x --
main.main
-- @artifact dist/x-all --
example.org/m/pkg/enterprise/licence.Check
-- a.go --
package a
-- ee/a.go --
package ee
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
[[binary]]
artifact = 'dist/x'
refuses = { env = { AUTH_MODE = 'dev' }, message = 'not compiled into this binary' }
-- @artifact dist/x --
main.main
-- @unended start dist/x --
-- a.go --
package a
-- ee/a.go --
package ee
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
[[binary]]
artifact = 'dist/x'
twin = 'dist/x-all'
absent = ['pkg/ee/']
refuses = { env = { AUTH_MODE = 'dev' }, message = 'not compiled into this binary' }
-- @artifact dist/x --
main.main
-- @artifact dist/x-all --
example.org/m/pkg/ee/licence.Check
-- @reply start dist/x 1 --
dev: not compiled into this binary
-- @unended start dist/x-all --
-- a.go --
package a
-- ee/a.go --
package ee
",
    )],
    judge: Judge::Whole(judge),
};

fn judge(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for binary in whole.binaries {
        for text in &binary.absent {
            findings.extend(bytes(whole, binary, text));
        }
        findings.extend(starts(whole, binary));
    }
    findings
}

fn finding(path: &Utf8Path, message: String, fix: &str) -> Finding {
    let key = message.clone();
    Finding::new(OFFENCE.id, Location::file(path), message).key(key).fix(Fix::note(fix))
}

const LEAVE_OUT: &str = "leave it out of this build by a constraint";
const ASLEEP: &str = "give the probe the name that the code has now, or name another twin";

fn bytes(whole: &Whole<'_>, binary: &Binary, text: &str) -> Vec<Finding> {
    let find = |path: &Utf8Path| match whole.replies.get(&Binary::bytes_name(path)) {
        Some(Reply::Artifact { bytes }) => Some(memchr::memmem::find(bytes, text.as_bytes())),
        _ => None,
    };
    let mut findings = Vec::new();
    let quoted = one_line(text);
    if let Some(Some(at)) = find(&binary.artifact) {
        let path = &binary.artifact;
        let message = format!("'{path}' holds '{quoted}', which must not be in it");
        findings.push(finding(path, message, LEAVE_OUT).label(format!("at byte {at}")));
    }
    if let Some(twin) = &binary.twin
        && find(twin) == Some(None)
    {
        let message = format!("the probe '{quoted}' is asleep: '{twin}' does not hold it either");
        findings.push(finding(twin, message, ASLEEP));
    }
    findings
}

fn starts(whole: &Whole<'_>, binary: &Binary) -> Vec<Finding> {
    let Some(refuses) = &binary.refuses else { return Vec::new() };
    let start = |path: &Utf8Path| {
        let reply = whole.replies.get(&Binary::start_name(path))?;
        Start::of(reply, &refuses.message)
    };
    let mut findings = Vec::new();
    let (path, message) = (&binary.artifact, one_line(&refuses.message));
    let given: Vec<String> =
        refuses.env.iter().map(|(name, value)| format!("{name}={}", one_line(value))).collect();
    let given = given.join(" ");
    match start(path) {
        Some(Start::Started) => {
            let text = format!("'{path}' starts with '{given}', which it must refuse");
            findings.push(finding(path, text, LEAVE_OUT));
        }
        Some(Start::Otherwise(exit_code)) => {
            let text = format!("'{path}' ended with {exit_code} and did not say '{message}'");
            findings.push(finding(path, text, "let it say why it does not start"));
        }
        Some(Start::Refused) | None => {}
    }
    if let Some(twin) = &binary.twin
        && start(twin) == Some(Start::Refused)
    {
        let text = format!("the probe '{given}' is asleep: '{twin}' refuses it as well");
        findings.push(finding(twin, text, ASLEEP));
    }
    findings
}
