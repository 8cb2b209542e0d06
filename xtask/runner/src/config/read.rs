//! The reading itself: every key known, every fault kept with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use camino::Utf8Path;
use kernel::{Globs, Kind, Options};
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::{
    Common, Component, Config, Fault, GateConfig, Profile, ProfileKeys, SCHEMA, Select,
    WaiverConfig, components::ComponentKeys, did_you_mean, suggest,
};

const TOP_LEVEL: [&str; 8] =
    ["schema", "verify", "cache", "gate", "profile", "waiver", "components", "select"];

/// Reads one document.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Utf8Path,
    pub(super) text: &'a Arc<str>,
    pub(super) faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, message: impl Into<String>, span: Option<Range<usize>>) -> &mut Fault {
        let fault = Fault::new(self.path, Arc::clone(self.text), message.into(), span);
        self.faults.push(fault);
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    /// The config as far as it can be told; it counts only without faults.
    pub(super) fn read(&mut self, kinds: &[Kind]) -> Option<Config> {
        let text = Arc::clone(self.text);
        let (document, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            self.fault(error.message(), error.span());
        }
        if !errors.is_empty() {
            return None;
        }
        let mut document = document.into_inner();
        self.refuse_unknown(&document);
        self.schema(&document);
        let verify = self.table(&mut document, "verify").unwrap_or_default();
        let cache = self.table(&mut document, "cache");
        let before = self.faults.len();
        let gates = self.gates(document.remove("gate"), kinds);
        // Of a gate with a fault it is not known what it finds.
        let are_known = self.faults.len() == before;
        let profiles = self.profiles(document.remove("profile"), &gates);
        let waivers = self.waivers(document.remove("waiver"), are_known.then_some(&gates));
        let components = self.components(document.remove("components"));
        let select = self.select(&mut document);
        let path = self.path.to_owned();
        Some(Config { path, text, verify, cache, gates, profiles, waivers, components, select })
    }

    fn refuse_unknown(&mut self, document: &DeTable<'_>) {
        for key in document.keys() {
            let name: &str = key.get_ref();
            if !TOP_LEVEL.contains(&name) {
                let hint = did_you_mean(name, TOP_LEVEL)
                    .unwrap_or_else(|| format!("known are {}", TOP_LEVEL.join(", ")));
                self.fault(format!("unknown key '{name}'"), Some(key.span())).hint = Some(hint);
            }
        }
    }

    fn schema(&mut self, document: &DeTable<'_>) {
        let hint = Some(format!("begin the file with 'schema = {SCHEMA}'"));
        match document.get("schema") {
            None => self.fault("no 'schema' key", None).hint = hint,
            Some(value) => {
                let number =
                    value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
                if number != Some(SCHEMA) {
                    let message = format!("this program reads schema {SCHEMA}");
                    self.fault(message, Some(value.span())).hint = hint;
                }
            }
        }
    }

    fn table<T: DeserializeOwned>(&mut self, document: &mut DeTable<'_>, name: &str) -> Option<T> {
        let value = document.remove(name)?;
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => self.deserialize(Spanned::new(span, table)),
            _ => {
                self.fault(format!("'{name}' is no table; write [{name}]"), Some(span));
                None
            }
        }
    }

    fn deserialize<T: DeserializeOwned>(&mut self, table: Spanned<DeTable<'_>>) -> Option<T> {
        match T::deserialize(Deserializer::from(table)) {
            Ok(value) => Some(value),
            Err(error) => {
                let (message, hint) = suggest::reworded(error.message());
                self.fault(message, error.span()).hint = hint;
                None
            }
        }
    }

    /// The tables under `name`, in the order they stand in the file.
    fn tables<'t>(
        &mut self,
        name: &str,
        value: Option<Spanned<DeValue<'t>>>,
    ) -> Vec<(String, Range<usize>, Spanned<DeTable<'t>>)> {
        let Some(value) = value else { return Vec::new() };
        let span = value.span();
        let DeValue::Table(tables) = value.into_inner() else {
            self.fault(format!("'{name}' is no table; write [{name}.NAME]"), Some(span));
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in tables {
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => {
                    found.push((key.get_ref().to_string(), key.span(), Spanned::new(span, table)));
                }
                _ => {
                    let message = format!(
                        "'{}' is no table; write [{name}.{}]",
                        key.get_ref(),
                        key.get_ref()
                    );
                    self.fault(message, Some(key.span()));
                }
            }
        }
        found.sort_by_key(|(_, span, _)| span.start);
        found
    }

    fn gates(&mut self, value: Option<Spanned<DeValue<'_>>>, kinds: &[Kind]) -> Vec<GateConfig> {
        let is_empty = |value: &Spanned<DeValue<'_>>| matches!(value.get_ref(), DeValue::Table(gates) if gates.is_empty());
        if value.as_ref().is_none_or(is_empty) {
            let hint = "add a gate, e.g. [gate.secret-scan]".to_owned();
            self.fault("no gate: a run that checks nothing would prove nothing", None).hint =
                Some(hint);
        }
        let mut gates = Vec::new();
        for (name, span, table) in self.tables("gate", value) {
            if let Some(gate) = self.gate(&name, span, table, kinds) {
                gates.push(gate);
            }
        }
        self.needs(&gates);
        gates
    }

    fn gate(
        &mut self,
        name: &str,
        span: Range<usize>,
        mut table: Spanned<DeTable<'_>>,
        kinds: &[Kind],
    ) -> Option<GateConfig> {
        let fine = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !fine || name.is_empty() {
            let fault = self.fault(format!("'{name}' is no name for a gate"), Some(span));
            fault.hint = Some("letters, digits, '-' and '_' only".to_owned());
            return None;
        }
        let keys: Vec<_> = table.get_ref().keys().cloned().collect();
        let mut common = DeTable::new();
        for key in keys.iter().filter(|key| Common::KEYS.contains(&&**key.get_ref())) {
            if let Some(value) = table.get_mut().remove(&**key.get_ref()) {
                common.insert(key.clone(), value);
            }
        }
        let common: Common = self.deserialize(Spanned::new(table.span(), common))?;
        let patterns = common.when.iter().flat_map(|when| &when.changed);
        if let Err(error) = Globs::new(patterns) {
            self.fault(format!("gate '{name}': when.changed: {error}"), Some(span.clone()));
        }
        if let Err(error) = Globs::new(&common.inputs) {
            self.fault(format!("gate '{name}': inputs: {error}"), Some(span.clone()));
        }
        if !common.env.is_empty() && common.inputs.is_empty() {
            let message = format!("gate '{name}' has 'env' and no 'inputs'");
            self.fault(message, Some(span.clone())).hint = Some(
                "without 'inputs' it gets every variable; name the files that its result rests on, or set variables with 'set_env'"
                    .to_owned(),
            );
        }
        let kind = self.kind(name, &span, &common, kinds)?;
        if kind.is_none() {
            self.findings(name, &span, &common);
            for key in table.get_ref().keys() {
                let hint = did_you_mean(key.get_ref(), Common::KEYS);
                self.fault(format!("unknown key '{}'", key.get_ref()), Some(key.span())).hint =
                    hint;
            }
        }
        let options = Options::at(Arc::clone(self.text), &["gate", name], &Common::KEYS);
        Some(GateConfig { name: name.to_owned(), span, kind, common, options })
    }

    /// A plugin's own table, and the keys that it cannot have beside it.
    fn plugin(&mut self, name: &str, span: &Range<usize>, common: &Common) -> bool {
        let Some(plugin) = &common.plugin else { return true };
        let before = self.faults.len();
        let beside = [
            ("run", common.run.is_some()),
            ("sh", common.sh.is_some()),
            ("output", common.output.is_some()),
            ("finding_exits", !common.finding_exits.is_empty()),
            ("inputs", !common.inputs.is_empty()),
            ("prove", common.prove.is_some()),
        ];
        for (key, _) in beside.into_iter().filter(|(_, is_set)| *is_set) {
            let hint = match key {
                "inputs" => "a plugin is judged anew each time",
                "prove" => "its rules prove themselves: let it answer 'describe' with examples",
                "run" | "sh" => "it is started by plugin = { run = [\"…\"] }",
                _ => "it tells its findings by the plugin protocol",
            };
            let message = format!("gate '{name}' is a plugin and has '{key}' too");
            self.fault(message, Some(span.clone())).hint = Some(hint.to_owned());
        }
        if plugin.run.is_empty() {
            let message = format!("gate '{name}': 'plugin.run' is empty");
            self.fault(message, Some(span.clone())).hint = Some(
                "write program and arguments: plugin = { run = [\"scripts/check\"] }".to_owned(),
            );
        }
        if let Err(error) = Globs::new(&plugin.files) {
            self.fault(format!("gate '{name}': plugin.files: {error}"), Some(span.clone()));
        }
        self.faults.len() == before
    }

    /// Keys about findings, in a command that has none.
    fn findings(&mut self, name: &str, span: &Range<usize>, common: &Common) {
        if common.has_findings() {
            return;
        }
        let idle = [
            ("severity", !common.severity.is_empty()),
            ("finding_exits", !common.finding_exits.is_empty()),
        ];
        for (key, _) in idle.into_iter().filter(|(_, is_set)| *is_set) {
            let message = format!(
                "gate '{name}' has '{key}', and a command without 'output' has no findings"
            );
            self.fault(message, Some(span.clone())).hint =
                Some("say where they stand: output = \"sarif:target/lint.sarif\"".to_owned());
        }
    }

    fn kind(
        &mut self,
        name: &str,
        span: &Range<usize>,
        common: &Common,
        kinds: &[Kind],
    ) -> Option<Option<Kind>> {
        let is_command = common.run.is_some() || common.sh.is_some() || common.plugin.is_some();
        if !self.plugin(name, span, common) {
            return None;
        }
        if common.run.is_some() && common.sh.is_some() {
            self.fault(format!("gate '{name}' has both 'run' and 'sh'"), Some(span.clone()));
            return None;
        }
        if common.sh.as_ref().is_some_and(|line| line.trim().is_empty()) {
            let fault = self.fault(format!("gate '{name}': 'sh' is empty"), Some(span.clone()));
            fault.hint =
                Some("write a line for the shell: sh = \"make test | tee log\"".to_owned());
            return None;
        }
        if common.run.as_ref().is_some_and(Vec::is_empty) {
            let fault = self.fault(format!("gate '{name}': 'run' is empty"), Some(span.clone()));
            fault.hint =
                Some("write program and arguments: run = [\"cargo\", \"test\"]".to_owned());
            return None;
        }
        let wanted = common.kind.as_deref().unwrap_or(name);
        let found = kinds.iter().find(|kind| kind.id == wanted).copied();
        match (found, is_command) {
            (Some(kind), false) => {
                let only_commands = common.command_only();
                if let Some(key) = only_commands.first() {
                    let message =
                        format!("gate '{name}' is built in: '{key}' is a key of command gates");
                    self.fault(message, Some(span.clone()));
                    return None;
                }
                Some(Some(kind))
            }
            (Some(kind), true) if common.kind.is_some() || kind.id == name => {
                let message = format!("gate '{name}' is built in and has a command too");
                let fault = self.fault(message, Some(span.clone()));
                fault.hint =
                    Some("give the command a gate of its own, under another name".to_owned());
                None
            }
            (None, true) if common.kind.is_none() => Some(None),
            _ => {
                let ids: Vec<_> = kinds.iter().map(|kind| kind.id).collect();
                let known = format!(
                    "built in are {}; any other gate needs run = [\"…\"] or plugin = {{ run = [\"…\"] }}",
                    ids.join(", ")
                );
                let hint = did_you_mean(wanted, ids.iter().copied());
                let hint = hint.map_or_else(|| known.clone(), |hint| format!("{hint} {known}"));
                self.fault(format!("'{wanted}' is no built-in gate"), Some(span.clone())).hint =
                    Some(hint);
                None
            }
        }
    }

    fn needs(&mut self, gates: &[GateConfig]) {
        let names: Vec<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
        for gate in gates {
            for need in gate.common.needs.iter().filter(|need| !names.contains(&need.as_str())) {
                let hint = did_you_mean(need, names.iter().copied());
                let message = format!("gate '{}' needs '{need}', which is no gate", gate.name);
                self.fault(message, Some(gate.span.clone())).hint = hint;
            }
        }
        if let Some(cycle) = cycle(gates) {
            let start =
                gates.iter().find(|gate| gate.name == cycle[0]).map(|gate| gate.span.clone());
            self.fault(format!("'needs' goes in a circle: {}", cycle.join(" -> ")), start);
        }
    }

    fn profiles(
        &mut self,
        value: Option<Spanned<DeValue<'_>>>,
        gates: &[GateConfig],
    ) -> Vec<Profile> {
        let known: Vec<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
        let mut profiles = Vec::new();
        for (name, span, table) in self.tables("profile", value) {
            let Some(keys) = self.deserialize::<ProfileKeys>(table) else { continue };
            let overridden: Vec<String> = keys.options.keys().cloned().collect();
            for gate in keys.gates.iter().chain(&overridden) {
                if !known.contains(&gate.as_str()) {
                    let hint = did_you_mean(gate, known.iter().copied());
                    let message = format!("profile '{name}' names '{gate}', which is no gate");
                    self.fault(message, Some(span.clone())).hint = hint;
                }
            }
            profiles.push(Profile { name, gates: keys.gates, overridden });
        }
        profiles
    }

    fn components(&mut self, value: Option<Spanned<DeValue<'_>>>) -> Vec<Component> {
        let mut components = Vec::new();
        for (name, span, table) in self.tables("components", value) {
            let Some(keys) = self.deserialize::<ComponentKeys>(table) else { continue };
            match Component::of(&name, keys) {
                Ok(component) => components.push(component),
                Err((message, hint)) => self.fault(message, Some(span)).hint = hint,
            }
        }
        components
    }

    fn select(&mut self, document: &mut DeTable<'_>) -> Select {
        let span = document.get("select").map(Spanned::span);
        let select: Select = self.table(document, "select").unwrap_or_default();
        if let Err(error) = Globs::new(&select.ignore) {
            self.fault(format!("select.ignore: {error}"), span);
        }
        select
    }

    fn waivers(
        &mut self,
        value: Option<Spanned<DeValue<'_>>>,
        gates: Option<&Vec<GateConfig>>,
    ) -> Vec<WaiverConfig> {
        let Some(value) = value else { return Vec::new() };
        let span = value.span();
        let DeValue::Array(entries) = value.into_inner() else {
            self.fault("'waiver' is no list; write [[waiver]]", Some(span));
            return Vec::new();
        };
        let mut waivers = Vec::new();
        for entry in entries {
            let span = entry.span();
            let DeValue::Table(table) = entry.into_inner() else {
                self.fault("a waiver is a table; write [[waiver]]", Some(span));
                continue;
            };
            let Some(mut waiver) =
                self.deserialize::<WaiverConfig>(Spanned::new(span.clone(), table))
            else {
                continue;
            };
            waiver.span = span.clone();
            if let Some(gates) = gates {
                self.waived(&waiver.rule, &span, gates);
            }
            if let Some(Err(error)) = waiver.path.as_ref().map(|path| Globs::new([path])) {
                self.fault(error.to_string(), Some(span.clone()));
            }
            if let Some(until) = &waiver.until
                && until.parse::<jiff::civil::Date>().is_err()
            {
                let fault = self.fault(format!("'{until}' is no date"), Some(span));
                fault.hint = Some("write until = \"2027-01-31\"".to_owned());
            }
            waivers.push(waiver);
        }
        waivers
    }

    /// What no gate could ever find is not excepted: the gate was taken out, or its
    /// name is mistyped.
    fn waived(&mut self, rule: &str, span: &Range<usize>, gates: &[GateConfig]) {
        let families = || gates.iter().map(|gate| gate.kind.map_or(&*gate.name, |kind| kind.id));
        let is_of = |family| rule.strip_prefix(family).is_some_and(|rest| rest.starts_with('/'));
        if let Some((family, _)) = rule.split_once('/')
            && !families().any(is_of)
        {
            let hint = did_you_mean(family, families())
                .unwrap_or_else(|| "take the waiver out, or configure that gate".to_owned());
            let message = format!("waiver of '{rule}': no gate here finds '{family}/…'");
            self.fault(message, Some(span.clone())).hint = Some(hint);
        }
    }
}

/// A circle in `needs`, if there is one: its names, the first one again at
/// the end.
fn cycle(gates: &[GateConfig]) -> Option<Vec<String>> {
    fn walk<'a>(
        name: &'a str,
        gates: &'a [GateConfig],
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(start) = path.iter().position(|seen| *seen == name) {
            let circle = path.iter().skip(start).chain([&name]);
            return Some(circle.map(|name| (*name).to_owned()).collect());
        }
        if done.contains(name) {
            return None;
        }
        path.push(name);
        let needs = gates.iter().find(|gate| gate.name == name).map(|gate| &gate.common.needs);
        let found = needs.into_iter().flatten().find_map(|need| walk(need, gates, path, done));
        path.pop();
        done.insert(name);
        found
    }
    let mut done = BTreeSet::new();
    gates.iter().find_map(|gate| walk(&gate.name, gates, &mut Vec::new(), &mut done))
}
