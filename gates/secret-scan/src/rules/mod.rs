//! The rules that come with the gate: documented token formats from tables,
//! and those that take code.

pub mod files;
pub mod format;
pub mod generic;
pub mod known;
pub mod places;
pub mod private_key;
pub mod sample;
pub mod source;
pub mod tables;
mod words;

use std::ops::Range;

use crate::engine::Required;
use crate::engine::pattern::{Match, Pattern};
use crate::gitleaks::allow::Allowlist;
use files::{CredentialFile, Read};
use format::{Checksum, Format};

/// How a rule looks for its secrets.
#[derive(Debug)]
pub enum Finder {
    /// By regular expressions, around keywords.
    Patterns(Vec<Pattern>),
    /// In the fields of a kind of file.
    File(&'static CredentialFile),
    /// By code that is asked about each keyword.
    Code(fn(&[u8], Range<usize>) -> Option<Match>),
    /// Not at all: the path alone is the offence.
    Path,
}

/// Says of a keyword's own line whether anything can be found from there on.
pub type ReadsOn = fn(&[u8], &Range<usize>) -> bool;

/// One rule, ready to be looked for.
#[derive(Debug)]
pub struct Spec {
    /// The offence, without the gate's name.
    pub id: String,
    /// What it finds, in a few words.
    pub description: String,
    /// How.
    pub finder: Finder,
    /// Words of which one must stand in the text; none means always.
    pub keywords: Vec<String>,
    /// Of a rule that may read on beyond a keyword's line: whether it does so from the
    /// keyword there, as that line alone tells.
    pub reads_on: Option<ReadsOn>,
    /// Only in files of such a path.
    pub path: Option<crate::gitleaks::allow::Expr>,
    /// A secret must have more entropy, in bits a character; 0 for any.
    pub entropy_min: f64,
    /// The group that is the secret; 0 for the first that took part.
    pub group: usize,
    /// The checksum its secrets carry.
    pub checksum: Option<Checksum>,
    /// Exceptions.
    pub allow: Vec<Allowlist>,
    /// Whether it gives way to any other rule about the same secret.
    pub yields: bool,
    /// Whether it is telling enough to be looked for in binaries.
    pub in_binaries: bool,
    /// The kind of file it is about.
    pub file: Option<&'static CredentialFile>,
    /// The table entries it is made of; empty for the others.
    pub formats: Vec<&'static Format>,
    /// Whether it comes from the user's configuration.
    pub from_user: bool,
    /// Rules that must find something near.
    pub required: Vec<Required>,
    /// Whether it is there only to be required.
    pub skip_report: bool,
}

impl Spec {
    /// A rule that does nothing yet.
    pub fn new(id: &str, description: String, finder: Finder) -> Spec {
        Spec {
            id: id.to_owned(),
            description,
            finder,
            keywords: Vec::new(),
            reads_on: None,
            path: None,
            entropy_min: 0.0,
            group: 0,
            checksum: None,
            allow: Vec::new(),
            yields: false,
            in_binaries: false,
            file: None,
            formats: Vec::new(),
            from_user: false,
            required: Vec::new(),
            skip_report: false,
        }
    }
}

/// Every rule that comes with the gate.
pub fn built_in() -> Vec<Spec> {
    let mut specs: Vec<Spec> = Vec::with_capacity(300);
    for format in tables::ALL.iter().copied().flatten() {
        match specs.iter_mut().find(|spec| spec.id == format.id) {
            Some(spec) => extend(spec, format),
            None => specs.push(from_format(format)),
        }
    }
    specs.extend(places::ALL.map(places::Place::spec));
    specs.extend(files::ALL.iter().map(from_file));
    specs.extend(coded());
    specs
}

fn from_format(format: &'static Format) -> Spec {
    let finder = Finder::Patterns(vec![format.pattern()]);
    let mut spec = Spec::new(format.id, format.description(), finder);
    spec.keywords = format.keywords();
    spec.entropy_min = format.entropy_min;
    spec.checksum = format.checksum;
    spec.path = format.path.map(crate::gitleaks::allow::Expr::own);
    spec.in_binaries = format.is_telling();
    spec.formats = vec![format];
    spec
}

fn from_file(file: &'static CredentialFile) -> Spec {
    let finder = if let Read::Path = file.read { Finder::Path } else { Finder::File(file) };
    let mut spec = Spec::new(file.id, file.what.to_owned(), finder);
    spec.keywords = file.keywords.iter().map(|keyword| (*keyword).to_owned()).collect();
    spec.path =
        Some(file.path).filter(|path| !path.is_empty()).map(crate::gitleaks::allow::Expr::own);
    spec.file = Some(file);
    spec.reads_on = file.reads_on;
    // A token with a format of its own is told by that.
    spec.yields = true;
    spec
}

/// A second shape of one rule's token.
fn extend(spec: &mut Spec, format: &'static Format) {
    if let Finder::Patterns(patterns) = &mut spec.finder {
        patterns.push(format.pattern());
    }
    for keyword in format.keywords() {
        if !spec.keywords.contains(&keyword) {
            spec.keywords.push(keyword);
        }
    }
    spec.entropy_min = spec.entropy_min.min(format.entropy_min);
    spec.in_binaries |= format.is_telling();
    spec.formats.push(format);
}

fn coded() -> [Spec; 3] {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut pem = Spec::new(PRIVATE_KEY, "private key".into(), Finder::Code(private_key::pem));
    pem.keywords = words(&["private key"]);
    pem.in_binaries = true;
    // Prose names private keys; only a header can open one.
    pem.reads_on = Some(|text, hit| private_key::header(text, hit).is_some());
    let mut putty =
        Spec::new(PUTTY_KEY, "PuTTY private key".into(), Finder::Code(private_key::putty));
    putty.keywords = words(&["private-lines:"]);
    putty.in_binaries = true;
    let mut generic = Spec::new(
        GENERIC,
        "value that looks like a key, assigned to a name that says so".into(),
        Finder::Code(generic::find),
    );
    generic.keywords = words(generic::KEYWORDS);
    generic.entropy_min = generic::ENTROPY_MIN;
    generic.yields = true;
    [pem, putty, generic]
}

/// Private keys in PEM.
pub const PRIVATE_KEY: &str = "private-key";
/// Private keys of PuTTY.
pub const PUTTY_KEY: &str = "putty-private-key";
/// The rule for secrets without a format of their own.
pub const GENERIC: &str = "generic-api-key";
