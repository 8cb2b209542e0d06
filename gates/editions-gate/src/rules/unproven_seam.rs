use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Inspected, Judge, Offence, Whole, one_line};
use crate::edges::Edge;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/unproven-seam",
    severity: Severity::Error,
    doc: "A seam is not shown to be left out of the core's build.

A seam may import what is restricted because the core's build never sees it. \
That holds only if its `//go:build` line is false whenever the core's tag is set: \
`//go:build linux || !core` is true on Linux, and a line behind the package clause \
is a comment like any other. A seam that is not there, or in a language without \
build constraints, proves nothing either.

Fix: begin the file with `//go:build !core`.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], seams = [{ path = 'cmd/ee.go', requires = '!core' }] }]
-- go.mod --
module example.org/m
-- cmd/ee.go --
//go:build linux || !core

package main

import _ \"example.org/m/ee/licence\"
-- ee/licence/a.go --
package licence
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], seams = [{ path = 'cmd/ee.go', requires = '!core' }] }]
-- go.mod --
module example.org/m
-- cmd/ee.go --
package main

//go:build !core

import _ \"example.org/m/ee/licence\"
-- ee/licence/a.go --
package licence
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], seams = [{ path = 'cmd/gone.go', requires = '!core' }] }]
-- ee/licence/a.go --
package licence
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], seams = [{ path = 'cmd/ee.go', requires = '!core' }] }]
-- go.mod --
module example.org/m
-- cmd/ee.go --
// Joins the two.

//go:build (linux || darwin) && !core

package main

import _ \"example.org/m/ee/licence\"
-- ee/licence/a.go --
package licence
",
    )],
    judge: Judge::Both(judge, missing),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(seam) = inspected.seam.filter(|_| !inspected.is_proven_seam()) else {
        return Vec::new();
    };
    let required = &seam.requires;
    let (why, place) = match &inspected.facts.constraint {
        Some((text, span)) => {
            let why = format!("'//go:build {}' does not make '{required}' certain", one_line(text));
            (why, Some(Location::of(inspected.file, span.clone())))
        }
        None => ("no '//go:build' line stands before its package clause".to_owned(), None),
    };
    let finding = |edge: &Edge| {
        let reference = &edge.reference;
        let at = Location::of(inspected.file, reference.span.clone());
        let named = one_line(&reference.specifier);
        let finding =
            Finding::new(OFFENCE.id, at, format!("the seam imports '{named}', but {why}"))
                .label("the core's build may contain this")
                .subject(reference.specifier.clone())
                .key(format!("{} {}", inspected.boundary.name, reference.specifier))
                .fix(Fix::note(format!("begin the file with '//go:build {required}'")));
        match &place {
            Some(place) => finding.related(place.clone(), "this decides"),
            None => finding,
        }
    };
    inspected.edges.iter().map(finding).collect()
}

fn missing(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for boundary in whole.boundaries {
        let gone = boundary.seams.iter().filter(|seam| whole.tree.find(&seam.path).is_none());
        for seam in gone {
            let name = &boundary.name;
            let message = format!("'{}', a seam of '{name}', is not there", seam.path);
            findings.push(
                Finding::new(OFFENCE.id, Location::file(&seam.path), message)
                    .key(format!("{name} {}", seam.path))
                    .fix(Fix::note("take it out of 'seams', or name the file that took its place")),
            );
        }
        // A restricted file needs no leave to import what is restricted.
        let idle = boundary
            .seams
            .iter()
            .filter(|seam| whole.tree.find(&seam.path).is_some() && !boundary.is_core(&seam.path));
        for seam in idle {
            let name = &boundary.name;
            let message =
                format!("'{}' is no file of '{name}', so it cannot be its seam", seam.path);
            findings.push(
                Finding::new(OFFENCE.id, Location::file(&seam.path), message)
                    .key(format!("{name} {}", seam.path))
                    .fix(Fix::note("take it out of 'seams'")),
            );
        }
    }
    findings
}
