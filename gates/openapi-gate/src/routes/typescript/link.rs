//! The programs of all files, run together, as far as routes depend on them:
//! which router is served under which prefix, and so what the full path of each
//! registration is. Nothing is computed that constants do not fix.

mod aliases;
mod around;
mod autoload;
mod call;
mod class;
mod eval;
mod modules;
mod native;
mod path;
mod relevance;
mod run;
mod scope;
mod serve;
mod unseen;
mod value;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Location, Tree};

use super::facts::{Facts, Unread};
use super::words::Framework;
use super::{nest, next, rows};
use crate::routes::{Found, Unresolved};
use crate::settings::Static;

pub(super) use run::Machine;
pub(super) use value::{Made, Site, Told, Value};

/// Puts facts together; each is what [`super::read`] said about the file.
/// What they do not say themselves may be `wanted`'s to say; what they call other
/// files, that of configurations in `tree`.
pub(crate) fn link(
    said: &[(&Utf8Path, &str)],
    framework: Framework,
    wanted: &Static,
    tree: &Tree,
) -> Found {
    let read = said.iter().filter_map(|(path, text)| {
        serde_json::from_str::<Facts>(text).ok().map(|facts| ((*path).to_owned(), facts))
    });
    let files: Vec<(Utf8PathBuf, Facts)> = read.collect();
    let mut machine = Machine::new(&files, framework, tree);
    let mut found = match framework {
        Framework::Nextjs => next::found(&mut machine),
        Framework::Nestjs => {
            machine.run();
            nest::found(&mut machine, wanted.versioning)
        }
        _ => {
            machine.run();
            machine.tell_unseen();
            machine.found(wanted.unmounted.as_deref())
        }
    };
    rows::add(&mut machine, &mut found);
    for (path, facts) in &files {
        for Unread { site, why } in &facts.unread {
            let at = Location { path: path.clone(), span: Some(site.span), commit: None };
            let (text, why) = (site.written.clone(), why.clone());
            found.unresolved.push(Unresolved { at, text, why });
        }
    }
    found
}
