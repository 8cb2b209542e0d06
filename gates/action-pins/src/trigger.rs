//! `on:` of a workflow: the events that start it.

use crate::jobs::{Budget, Text};
use crate::pipeline::TooMany;
use crate::yaml::Node;

/// One event, by its name's place.
#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) event: Text,
    /// `types:`; empty where it does not say.
    pub(crate) types: Vec<String>,
}

/// Every event of `on:`, in any of its three forms.
pub(crate) fn read(on: Option<Node<'_>>) -> Result<Vec<Trigger>, TooMany> {
    let (mut triggers, mut budget) = (Vec::new(), Budget::default());
    let Some(on) = on else { return Ok(triggers) };
    for name in on.scalar().is_some().then_some(on).into_iter().chain(on.items()) {
        let event = budget.text(name)?;
        triggers.extend(event.map(|event| Trigger { event, types: Vec::new() }));
    }
    for (name, value) in on.entries() {
        let Some(event) = budget.text(name)? else { continue };
        let mut types = Vec::new();
        for list in value.values("types") {
            for name in list.scalar().is_some().then_some(list).into_iter().chain(list.items()) {
                types.extend(budget.text(name)?.map(|text| text.text));
            }
        }
        triggers.push(Trigger { event, types });
    }
    Ok(triggers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Yaml;

    fn events(source: &str) -> Vec<String> {
        let yaml = Yaml::parse(source).unwrap();
        let on = yaml.documents().next().and_then(|root| root.values("on").next());
        let triggers = read(on).unwrap();
        triggers.into_iter().map(|it| format!("{} {}", it.event.text, it.types.join("+"))).collect()
    }

    #[test]
    fn events_in_each_form() {
        assert_eq!(events("on: push"), ["push "]);
        assert_eq!(events("on: [push, pull_request]"), ["push ", "pull_request "]);
        assert_eq!(
            events("on: {push: , pull_request: {types: [opened, closed]}, label: {types: x}}"),
            ["push ", "pull_request opened+closed", "label x"]
        );
        assert!(events("a: b").is_empty());
    }
}
