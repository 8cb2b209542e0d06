//! Which finding is excepted, and which exceptions are no good.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Edit, Finding, Globs, Severity};

use super::{End, Found, Policy};
use crate::baseline::{self, Baseline, Known};
use crate::config::{Config, GateConfig, WaiverConfig, did_you_mean};
use crate::receipt::{FindingRecord, FindingState, FixRecord, WaiverRecord, sha256};
use crate::reuse::Read;

/// All exceptions of a run, and how often each was used.
pub struct Desk<'a> {
    policy: &'a Policy<'a>,
    slips: Vec<Slip>,
    scopes: Vec<Scope>,
    known: HashSet<baseline::Key<'a>>,
    /// What the merge base knows, where nothing else may be known.
    before: Option<HashSet<baseline::Key<'a>>>,
    seen: HashSet<(String, String, String)>,
}

/// One exception.
struct Slip {
    record: WaiverRecord,
    place: Place,
    expired: bool,
    reasonless: bool,
    /// Words of a comment that are not of the grammar.
    unread: bool,
    /// The edit that takes it out, where that is certain.
    removal: Option<Edit>,
}

enum Place {
    /// `[[waiver]]`, by position.
    Config(usize),
    /// A comment: file, its line, the line it covers.
    Comment(Utf8PathBuf, u32, u32),
    /// A gate's own allow list: the gate's name.
    Allow(String),
}

/// What a gate that was judged could have been excepted from.
struct Scope {
    gate: String,
    kind: String,
    rules: Vec<String>,
    /// Files whose comments speak to it; none is every file that any gate read.
    read: Option<Arc<Read>>,
    /// Files among them in which nothing was asked about an exception.
    unjudged: BTreeSet<String>,
    /// Files in which it found exceptions of its own: it has read them.
    excepted: BTreeSet<String>,
    own_options: bool,
}

impl<'a> Desk<'a> {
    /// Lists every exception in force for gates that were judged to their end.
    pub fn new(policy: &'a Policy<'a>, ends: &[End]) -> Desk<'a> {
        let mut desk = Desk {
            policy,
            slips: Vec::new(),
            scopes: Vec::new(),
            known: policy.baseline.index(),
            before: policy.baseline_before.map(Baseline::index),
            seen: HashSet::new(),
        };
        for (gate, end) in policy.config.gates.iter().zip(ends) {
            let judged = match end {
                End::Judged(judged) => judged,
                End::Command(command) => {
                    desk.scopes.extend(command.found.as_ref().map(|found| told(gate, found)));
                    continue;
                }
                End::NotRun(..) => continue,
            };
            if judged.result.is_err() {
                continue;
            }
            for allow in &judged.allows {
                let rules = allow.rules.clone();
                let place = Place::Allow(gate.name.clone());
                desk.slip(rules, &allow.origin, Some(&allow.reason), allow.until.as_deref(), place);
            }
            let checked = judged.result.as_ref().ok();
            for own in checked.iter().flat_map(|checked| &checked.waivers) {
                let origin = format!("{}:{}", own.path, own.line);
                let place = Place::Comment(own.path.clone(), own.line, own.covers);
                desk.slip(own.rules.clone(), &origin, own.reason.as_deref(), None, place);
            }
            // Only replayed, not judged: whether an exception there covers
            // anything was not asked.
            let unjudged = checked.iter().flat_map(|it| &it.unjudged);
            let own = checked.iter().flat_map(|it| &it.waivers);
            desk.scopes.push(Scope {
                gate: gate.name.clone(),
                kind: gate.kind_id().to_owned(),
                rules: judged.rules.clone(),
                read: Some(Arc::clone(&judged.read)),
                unjudged: unjudged.map(ToString::to_string).collect(),
                excepted: own.map(|waiver| waiver.path.to_string()).collect(),
                own_options: judged.own_options,
            });
        }
        for (index, waiver) in policy.config.waivers.iter().enumerate() {
            let own = listed(policy.config, waiver);
            let place = Place::Config(index);
            desk.slip(own.rules, &own.origin, Some(&own.reason), own.until.as_deref(), place);
        }
        for (path, comments) in policy.comments {
            for comment in comments {
                let origin = format!("{path}:{}", comment.line);
                let place = Place::Comment(path.clone(), comment.line, comment.covers);
                let rules = comment.rules.clone();
                desk.slip(
                    rules,
                    &origin,
                    comment.reason.as_deref(),
                    comment.until.as_deref(),
                    place,
                );
                if let Some(slip) = desk.slips.last_mut() {
                    slip.unread = comment.unread;
                    slip.removal = comment.bytes.as_ref().map(|bytes| Edit {
                        path: path.clone(),
                        start: bytes.start,
                        end: bytes.end,
                        text: String::new(),
                    });
                }
            }
        }
        desk
    }

    fn slip(
        &mut self,
        rules: Vec<String>,
        origin: &str,
        reason: Option<&str>,
        until: Option<&str>,
        place: Place,
    ) {
        let reason = reason.unwrap_or_default().trim().to_owned();
        let reasonless = !reason.contains(char::is_alphanumeric);
        let day = until.map(str::parse::<jiff::civil::Date>);
        // A date that cannot be read has passed: it must not hold for ever.
        let expired = matches!(&day, Some(Ok(day)) if *day < self.policy.today)
            || matches!(day, Some(Err(_)));
        let until = until.map(str::to_owned);
        let record = WaiverRecord { rules, origin: origin.to_owned(), reason, until, used: 0 };
        self.slips.push(Slip { record, place, expired, reasonless, unread: false, removal: None });
    }

    /// The exception that covers a finding, counted as used: its position in
    /// the receipt's list. One that expired or has no reason covers nothing.
    pub fn cover(
        &mut self,
        gate: &GateConfig,
        finding: &Finding,
        record: &FindingRecord,
        allows: &[kernel::Waiver],
    ) -> Option<u64> {
        let mut allow = 0;
        for (index, slip) in self.slips.iter_mut().enumerate() {
            let covers = match &slip.place {
                Place::Allow(name) if *name == gate.name => {
                    let own = allows.get(allow);
                    allow += 1;
                    own.is_some_and(|own| own.covers(finding))
                }
                Place::Allow(_) => false,
                Place::Config(position) => {
                    let waiver = self.policy.config.waivers.get(*position);
                    waiver.is_some_and(|waiver| {
                        let path = waiver.path.as_ref().is_none_or(|path| {
                            Globs::new([path])
                                .is_ok_and(|globs| globs.matches(record.path.as_str().into()))
                        });
                        let line = waiver.line_has.as_ref().is_none_or(|text| {
                            record
                                .source
                                .as_ref()
                                .is_some_and(|source| source.contains(text.as_str()))
                        });
                        waiver.rule == record.rule && path && line
                    })
                }
                Place::Comment(path, line, covered) => {
                    let lines = record.line..=record.end_line.max(record.line);
                    let is_there =
                        |line: &u32| lines.contains(line) || finding.waiver_lines.contains(line);
                    record.commit.is_none()
                        && path.as_str() == record.path
                        && names(&slip.record.rules, &record.rule)
                        && (is_there(line) || is_there(covered))
                }
            };
            if covers {
                slip.record.used += 1;
                if !slip.expired && !slip.reasonless && !slip.unread {
                    return Some(index as u64);
                }
            }
        }
        None
    }

    /// Whether the baseline knows a finding.
    pub fn knows(&self, record: &FindingRecord) -> bool {
        self.known.contains(&(&*record.rule, &*record.path, &*record.fingerprint))
    }

    /// Notes a finding, so that a baseline entry without one is known stale.
    pub fn seen(&mut self, record: &FindingRecord) {
        let key = (record.rule.clone(), record.path.clone(), record.fingerprint.clone());
        self.seen.insert(key);
    }

    /// Findings about the exceptions themselves that belong to `gate`.
    pub fn leftovers(&self, gate: &GateConfig) -> Vec<FindingRecord> {
        let Some(scope) = self.scopes.iter().find(|scope| scope.gate == gate.name) else {
            return Vec::new();
        };
        let slips = self.slips.iter().filter(|slip| self.owner(slip) == Some(gate.name.as_str()));
        let mut found: Vec<FindingRecord> = slips.filter_map(|slip| fault(slip, scope)).collect();
        if scope.own_options {
            found.extend(self.entries(scope));
        }
        found
    }

    /// The judged gate that a slip speaks to: the first whose rules it names.
    fn owner(&self, slip: &Slip) -> Option<&str> {
        let mine = |scope: &&Scope| match &slip.place {
            Place::Allow(name) => scope.gate == *name,
            Place::Config(_) => kind_of(&slip.record.rules, scope),
            Place::Comment(path, ..) => {
                (scope.rules.iter().any(|rule| names(&slip.record.rules, rule))
                    || kind_of(&slip.record.rules, scope))
                    && scope.has_read(path)
            }
        };
        // A comment that nearly names a rule still speaks to whoever read it: a
        // mistyped rule must not be passed over.
        let reader = |scope: &&Scope| match &slip.place {
            Place::Comment(path, ..) => {
                slip.record.rules.iter().any(|rule| self.is_mistyped(rule)) && scope.has_read(path)
            }
            _ => false,
        };
        let owner = self.scopes.iter().find(mine).or_else(|| self.scopes.iter().find(reader));
        owner.map(|scope| scope.gate.as_str())
    }

    /// Whether a name is no judged gate's rule, but near one.
    fn is_mistyped(&self, name: &str) -> bool {
        let own = || self.scopes.iter().flat_map(|scope| &scope.rules);
        let rules = || own().chain(self.policy.elsewhere);
        let offences = rules().filter_map(|rule| rule.split_once('/')).map(|(_, offence)| offence);
        let known = offences.chain(rules().map(String::as_str));
        !rules().any(|id| names(&[name.to_owned()], id)) && did_you_mean(name, known).is_some()
    }

    fn entries(&self, scope: &Scope) -> Vec<FindingRecord> {
        let mut found = Vec::new();
        let same_kind_first = self.scopes.iter().find(|other| other.kind == scope.kind);
        if same_kind_first.is_some_and(|first| first.gate != scope.gate) {
            return found;
        }
        // Entries are read in the order of the text: one walk finds all lines.
        let (mut from, mut line) = (0, 1);
        for known in &self.policy.baseline.findings {
            let rest = self.policy.baseline_text.get(from..).unwrap_or_default();
            if let Some(at) = rest.find(&known.fingerprint) {
                line += line_of(rest, at) - 1;
                from += at;
            }
            let kind = known.rule.split_once('/').map_or("", |(kind, _)| kind);
            if kind != scope.kind {
                continue;
            }
            found.extend(self.faults(known).into_iter().map(|(offence, message, note)| {
                let rule = format!("{}/{offence}", scope.kind);
                record(rule, baseline::FILE_NAME, line, message, note)
            }));
        }
        found
    }

    /// What is wrong with an entry of the baseline: offence, message and note.
    fn faults(&self, known: &Known) -> Vec<(&'static str, String, &'static str)> {
        let (rule, path) = (&known.rule, &known.path);
        let key = (rule.clone(), path.clone(), known.fingerprint.clone());
        if !self.seen.contains(&key) {
            return vec![(
                "stale-baseline",
                format!("'{rule}' in '{path}' is gone: its entry is stale"),
                "take it out: cargo xtask baseline update --write",
            )];
        }
        let mut faults = Vec::new();
        let has_reason = known.reason.as_ref().is_some_and(|it| !it.trim().is_empty());
        if self.policy.config.verify.baseline_reasons && !has_reason {
            faults.push((
                "baseline-without-reason",
                format!("'{rule}' in '{path}' has no reason"),
                "write why it is still there: \"reason\" beside its fingerprint",
            ));
        }
        if self.before.as_ref().is_some_and(|before| !before.contains(&known.key())) {
            faults.push((
                "grown-baseline",
                format!("'{rule}' in '{path}' is new in the baseline, which only shrinks"),
                baseline::INSTEAD,
            ));
        }
        faults
    }

    /// Every exception with its use, for the receipt.
    pub fn into_records(self) -> Vec<WaiverRecord> {
        self.slips.into_iter().map(|slip| slip.record).collect()
    }
}

impl Scope {
    fn has_read(&self, path: &Utf8Path) -> bool {
        let path = path.as_str();
        let is_read = |read: &Arc<Read>| {
            !self.unjudged.contains(path) && (self.excepted.contains(path) || read.has(path))
        };
        self.read.as_ref().is_none_or(is_read)
    }
}

/// The scope of a command, which reads what it likes: a comment that names one
/// of its rules speaks to it wherever it stands.
fn told(gate: &GateConfig, found: &Found) -> Scope {
    Scope {
        gate: gate.name.clone(),
        kind: gate.name.clone(),
        rules: found.described.as_ref().map_or(&found.rules, |it| &it.rules).clone(),
        read: None,
        unjudged: BTreeSet::new(),
        excepted: BTreeSet::new(),
        own_options: true,
    }
}

fn fault(slip: &Slip, scope: &Scope) -> Option<FindingRecord> {
    let (path, line) = match slip.record.origin.rsplit_once(':') {
        Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => {
            (path, line.parse().unwrap_or(0))
        }
        _ => ("ci.toml", 0),
    };
    let rules = slip.record.rules.join(", ");
    let (offence, message, note) = if slip.unread {
        // Not quoted: on such a line it could be the secret that is excepted.
        let message = format!("words in the waiver of '{rules}' are not understood");
        (
            "malformed-waiver",
            message,
            "write gate:allow RULE[,RULE] reason=\"…\" [until=YYYY-MM-DD] [since=…], and nothing after it",
        )
    } else if slip.reasonless {
        (
            "waiver-without-reason",
            format!("a waiver of '{rules}' without a reason"),
            "add reason=\"…\"",
        )
    } else if slip.expired {
        let until = slip.record.until.as_deref().unwrap_or_default();
        let message = format!("the waiver of '{rules}' held until '{until}'");
        (
            "expired-waiver",
            message,
            "mend what it covers, or move 'until' (YYYY-MM-DD) with a new reason",
        )
    } else if slip.record.used == 0 && scope.own_options {
        let message = format!("the waiver of '{rules}' covers nothing");
        ("unused-waiver", message, "take it out, or mend the rule's name")
    } else {
        return None;
    };
    let mut record = record(format!("{}/{offence}", scope.kind), path, line, message, note);
    if matches!(offence, "expired-waiver" | "unused-waiver")
        && let Some(fix) = &mut record.fix
    {
        fix.edits.extend(slip.removal.clone());
    }
    Some(record)
}

fn record(rule: String, path: &str, line: u32, message: String, note: &str) -> FindingRecord {
    let fingerprint = sha256(format!("{rule}\0{path}\0{message}").as_bytes());
    FindingRecord {
        rule,
        severity: Severity::Error,
        path: path.to_owned(),
        line,
        column: u32::from(line > 0),
        end_line: line,
        end_column: u32::from(line > 0),
        message,
        label: None,
        source: None,
        commit: None,
        related: Vec::new(),
        fix: Some(FixRecord { note: note.to_owned(), edits: Vec::new() }),
        fingerprint: fingerprint.chars().take(32).collect(),
        state: FindingState::New,
        waiver: None,
    }
}

/// Whether a list of full ids or offences names the rule `id`.
pub fn names(rules: &[String], id: &str) -> bool {
    // A secret scanner has hundreds of rules, and is asked for each exception.
    let is_offence = |rule: &String| {
        let kind = id.strip_suffix(rule.as_str()).and_then(|kind| kind.strip_suffix('/'));
        kind.is_some_and(|kind| !kind.contains('/'))
    };
    rules.iter().any(|rule| rule == id || is_offence(rule))
}

/// Whether a full id among `rules` is of the scope's kind.
fn kind_of(rules: &[String], scope: &Scope) -> bool {
    rules.iter().any(|rule| rule.split_once('/').is_some_and(|(kind, _)| kind == scope.kind))
}

/// A `[[waiver]]` of `config` as receipts list it, before any use.
pub(crate) fn listed(config: &Config, waiver: &WaiverConfig) -> WaiverRecord {
    WaiverRecord {
        rules: vec![waiver.rule.clone()],
        origin: format!("{}:{}", config.path, line_of(&config.text, waiver.span.start)),
        reason: waiver.reason.trim().to_owned(),
        until: waiver.until.clone(),
        used: 0,
    }
}

fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}
