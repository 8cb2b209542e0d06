//! Which events come into which workflow, through the calls of others of the
//! repository.

use std::collections::HashMap;

use kernel::Remark;

use crate::fork::Event;
use crate::inspect::Inspected;
use crate::jobs::Job;

/// A set of events, a bit each.
pub(crate) type Events = u8;

/// The set of `event` alone.
pub(crate) fn bit(event: Event) -> Events {
    1 << Event::ALL.iter().position(|it| *it == event).unwrap_or_default()
}

const ON: &str = "on";
const CALL: &str = "call";

/// Leaves the events of a stranger that start a workflow.
pub(crate) fn events(rule: &str, inspected: &Inspected<'_>) -> Vec<Remark> {
    let started = inspected.pipeline.triggers.iter().filter_map(|trigger| {
        let at = inspected.at(&trigger.event.span);
        Some(Remark {
            about: format!("{rule} {ON}"),
            says: bit(Event::of(trigger)?).to_string(),
            at,
        })
    });
    started.collect()
}

/// Leaves a call, if `job` makes one, and the `events` that let it run.
pub(crate) fn call(
    rule: &str,
    inspected: &Inspected<'_>,
    job: &Job,
    events: impl Iterator<Item = Event>,
) -> Option<Remark> {
    let (path, uses) = (local(job)?, job.uses.as_ref()?);
    let events = events.fold(0, |all, event| all | bit(event));
    let (about, says) = (format!("{rule} {CALL}"), format!("{events}\n{path}"));
    Some(Remark { about, says, at: inspected.at(&uses.span) })
}

/// The path of the workflow of this repository that `job` calls.
pub(crate) fn local(job: &Job) -> Option<&str> {
    let uses = job.uses.as_ref()?.text.as_str();
    uses.strip_prefix("./").or(uses.strip_prefix("$/"))
}

/// Where each event came into a file: its `on:`, or the call of another.
#[derive(Debug, Default)]
pub(crate) struct Ways<'r>(HashMap<(&'r str, Events), (&'r Remark, bool)>);

/// GitHub follows no more calls.
const CALLS_MAX: usize = 10;

impl<'r> Ways<'r> {
    /// Every event of every file, of what `rule` left.
    pub(crate) fn of(rule: &str, remarks: &'r [Remark]) -> Ways<'r> {
        let mut ways = HashMap::new();
        let mut open: Vec<(&str, Events)> = Vec::new();
        let mut calls: HashMap<&str, Vec<(Events, &str, &Remark)>> = HashMap::new();
        for remark in remarks {
            let kind = remark.about.strip_prefix(rule).and_then(|rest| rest.strip_prefix(' '));
            let path = remark.at.path.as_str();
            match (kind, remark.says.split_once('\n')) {
                (Some(ON), _) => {
                    let Ok(event) = remark.says.parse() else { continue };
                    ways.entry((path, event)).or_insert((remark, false));
                    open.push((path, event));
                }
                (Some(CALL), Some((events, callee))) => {
                    let events = events.parse().unwrap_or_default();
                    calls.entry(path).or_default().push((events, callee, remark));
                }
                _ => {}
            }
        }
        while let Some((path, event)) = open.pop() {
            for (events, callee, remark) in calls.get(path).into_iter().flatten() {
                if events & event != 0 && !ways.contains_key(&(*callee, event)) {
                    ways.insert((callee, event), (remark, true));
                    open.push((callee, event));
                }
            }
        }
        Ways(ways)
    }

    /// Whether `event` comes into the file.
    pub(crate) fn reach(&self, path: &str, event: Event) -> bool {
        self.0.contains_key(&(path, bit(event)))
    }

    /// The way from the file back to what starts it, each place with a label.
    pub(crate) fn back(&self, path: &'r str, event: Event) -> Vec<(&'r Remark, &'static str)> {
        let (mut back, mut path) = (Vec::new(), path);
        for _ in 0..CALLS_MAX {
            let Some((way, is_call)) = self.0.get(&(path, bit(event))) else { break };
            back.push((*way, if *is_call { "called here" } else { "started by this" }));
            if !is_call {
                break;
            }
            path = way.at.path.as_str();
        }
        back
    }
}
