use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/info-version",
    severity: Severity::Error,
    doc: "`info.version` is not what the version file says.

A client reads there which release it talks to; a number that nobody raised tells it \
the wrong one. Asked for by `require.info_version_file`; a leading `v` of the file's \
text is passed over.

Fix: write the file's version into `info.version`.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { info_version_file = 'VERSION' } }]
-- VERSION --
1.3.0
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1.2.0'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { info_version_file = 'VERSION' } }]
-- VERSION --
1.3.0
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { info_version_file = 'VERSION' } }]
-- VERSION --
v1.3.0
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1.3.0'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let (Some(wanted), Some(root)) = (&inspected.wanted_version, inspected.library.root()) else {
        return Vec::new();
    };
    let said = root.node.get("info").and_then(|info| info.get("version"));
    let text = said.and_then(|node| node.text());
    if text == Some(wanted.as_str()) {
        return Vec::new();
    }
    let at = said.map(|node| inspected.at(&(0, node.span())));
    let at = at.unwrap_or_else(|| inspected.library.whole());
    let message = match text {
        Some(text) => format!("'info.version' is '{}'", one_line(text)),
        None => format!("'{}' has no 'info.version'", inspected.api.spec),
    };
    let wanted = one_line(wanted);
    let finding = Finding::new(OFFENCE.id, at, message)
        .label(format!("expected '{wanted}'"))
        .key("info.version")
        .fix(Fix::note(format!("write version: '{wanted}'")));
    vec![finding]
}
