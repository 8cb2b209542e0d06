//! What may be called green, and which receipt may be believed: attempts to
//! get there without having judged.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";

fn with(config: &str, reference: &str) -> Fixture {
    let config = format!("schema = 1\n{config}\n");
    Fixture::new(&[("ci.toml", &config), (WORKFLOW, &workflow(reference))])
}

#[test]
fn advisory_gates_alone_make_nothing_green() {
    let advisory =
        "[gate.action-pins]\nrequired = false\n[gate.it]\nrun = [\"true\"]\nrequired = false\n";
    let fixture = with(advisory, "a/b@v1");
    fixture.xtask(&["verify"]).ends_with(3).says(&["no required gate judged anything"]);
    let fixture = with(
        "[gate.it]\nrun = [\"false\"]\nwhen = { event = [\"schedule\"] }\n[gate.ok]\nrun = [\"true\"]\nrequired = false\n",
        PINNED,
    );
    fixture.xtask(&["verify"]).ends_with(3).says(&["no required gate judged anything"]);
    fixture.xtask(&["receipt", "check"]).ends_with(5);
}

#[test]
fn a_waiver_with_a_mistyped_end_does_not_hold_for_ever() {
    let fixture = with("[gate.action-pins]", PINNED);
    for rest in ["untill=2020-01-01", "Until=2020-01-01", "until =2020-01-01", "until=\"2020-01-01"]
    {
        let line = format!("a/b@v1 # gate:allow unpinned-uses reason=\"r\" {rest}");
        fixture.write(WORKFLOW, workflow(&line));
        fixture
            .xtask(&["verify"])
            .ends_with(1)
            .says(&["action-pins/malformed-waiver", "action-pins/unpinned-uses"]);
    }
    fixture.xtask(&["explain", "action-pins/malformed-waiver"]).ends_with(0);
}
