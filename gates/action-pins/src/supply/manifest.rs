//! Images of YAML: Compose, Kubernetes, Kustomize, Helm values, and whatever
//! else has an `image:`. As with workflows no schema is trusted: what is not
//! known is entered.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::dotenv::Values;
use super::{Form, LOCAL, Supply, TEMPLATE, embedded, hold};
use crate::image::is_digest;
use crate::installs::{self, OPEN, context};
use crate::variables::{Filled, fill};
use crate::yaml::{Node, Yaml};

/// An image without a tag where a chart's templates may add one.
const TAG_ELSEWHERE: &str = "image-with-its-tag-elsewhere";

/// Keys whose items run by Kubernetes' own rules: no tag means `latest`.
const CONTAINERS: &[&str] = &["containers", "ephemeralContainers", "initContainers"];

/// Values that are data or descriptions, whatever their keys are called.
const DATA: &[&str] = &["annotations", "binaryData", "labels", "openAPIV3Schema", "stringData"];

/// Every image of `yaml`, read from `source`.
pub(super) fn read(
    source: &str,
    yaml: &Yaml<'_>,
    name: &str,
    form: Form,
    values: Option<&Values>,
) -> Supply {
    let walk = Walk {
        source,
        supply: Supply::default(),
        entered: HashSet::new(),
        is_inner: false,
        values,
    };
    walk.documents(yaml, name, form)
}

/// The same of a text within a file, in which no further text is followed.
pub(super) fn read_inner(source: &str, yaml: &Yaml<'_>) -> Supply {
    let walk = Walk {
        source,
        supply: Supply::default(),
        entered: HashSet::new(),
        is_inner: true,
        values: None,
    };
    walk.documents(yaml, "", Form::Yaml)
}
/// Images that stand whole in the lines of a template, which is no YAML before
/// it is filled in; the rest of it is told as not judged.
pub(super) fn template(source: &str) -> Supply {
    let mut supply = Supply { skipped: vec![TEMPLATE], ..Supply::default() };
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let text = line.trim_start().trim_start_matches("- ").trim_start();
        let Some((key, value)) = text.split_once(':') else { continue };
        if !is_image_key(key.trim_matches(['"', '\''])) || !value.starts_with([' ', '\t']) {
            continue;
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        let value = value.trim_matches(['"', '\'']);
        if value.starts_with(['&', '*', '|', '>', '[', '{']) && !value.starts_with("{{") {
            continue;
        }
        let filled = fill(value, &|_| None);
        let has_tag = !matches!(hold(&filled.text), super::Hold::Nothing | super::Hold::Open);
        if has_tag && looks_like_image(&filled.text) {
            let value_at = at + line.find(value).unwrap_or_default();
            supply.add(value, &filled, value_at..value_at + value.len(), Vec::new());
        }
    }
    supply
}

fn is_compose(root: Node<'_>) -> bool {
    let mut services = root.values("services").flat_map(Node::entries);
    services.any(|(_, service)| {
        ["image", "build", "<<", "extends"].iter().any(|key| service.values(key).next().is_some())
    })
}

/// `image`, `installerImage`, `base_image`.
fn is_image_key(key: &str) -> bool {
    key == "image" || key.ends_with("Image") || key.ends_with("_image")
}

struct Walk<'t> {
    source: &'t str,
    supply: Supply,
    entered: HashSet<usize>,
    is_inner: bool,
    /// What a `.env` beside a file of Compose says.
    values: Option<&'t Values>,
}

impl<'t> Walk<'t> {
    /// Everything of each document.
    fn documents(mut self, yaml: &'t Yaml<'t>, name: &str, form: Form) -> Supply {
        for root in yaml.documents() {
            let kind = root.values("kind").find_map(Node::scalar);
            let is_resource = kind.is_some() && root.values("apiVersion").next().is_some();
            if name.starts_with("kustomization.")
                || matches!(kind, Some("Kustomization")) && !is_resource
            {
                self.kustomize(root);
            } else if is_resource {
                if matches!(kind, Some("Kustomization" | "Component"))
                    && root.values("images").next().is_some()
                {
                    self.kustomize(root);
                }
                self.any(root);
            } else if is_compose(root) {
                self.compose(root);
            } else if form == Form::Json {
                self.supply.skipped.push("other-kind-of-file");
            } else {
                self.any(root);
            }
        }
        self.supply
    }
    fn compose(&mut self, root: Node<'t>) {
        let services = root.values("services").flat_map(Node::entries);
        let services: Vec<Node<'t>> = services.map(|(_, service)| service).collect();
        let is_built = |service: &Node<'t>| {
            let pulls = merged(*service, "pull_policy").and_then(Node::scalar);
            let is_pulled = pulls.is_some_and(|policy| !matches!(policy, "build" | "never"));
            merged(*service, "build").is_some() && !is_pulled
        };
        // What one service builds others may run by its name.
        let built = services.iter().filter(|service| is_built(service));
        let built: BTreeSet<&str> = built.filter_map(|it| merged(*it, "image")?.scalar()).collect();
        for service in &services {
            let build = merged(*service, "build").into_iter();
            for build in build {
                build
                    .values("dockerfile_inline")
                    .for_each(|it| self.embed(it, embedded::dockerfile));
                self.contexts(build);
            }
            let Some(image) = merged(*service, "image") else { continue };
            let Some(text) = image.scalar() else { continue };
            let is_local = is_built(service) || built.contains(text);
            if merged(*service, "pull_policy").and_then(Node::scalar) == Some("never") {
                self.supply.skipped.push(LOCAL);
            } else if !is_local && self.entered.insert(image.id()) && !is_nothing(text) {
                let values = self.values;
                let filled = fill(text, &|name| values?.get(name).cloned());
                self.supply.add(text, &filled, image.span(), Vec::new());
            }
        }
    }

    /// `build: https://host/o/r.git`, and what stands beside the context.
    fn contexts(&mut self, build: Node<'t>) {
        if !self.entered.insert(build.id()) {
            return;
        }
        let others = || build.values("additional_contexts");
        let contexts = std::iter::once(build)
            .chain(build.values("context"))
            .chain(others().flat_map(Node::entries).map(|(_, context)| context))
            .chain(others().flat_map(Node::items));
        for node in contexts {
            let Some(text) = node.scalar() else { continue };
            // `name=context` in a list.
            let context = match text.split_once('=') {
                Some((name, context)) if !name.contains([':', '/']) => context,
                _ => text,
            };
            if let Some(image) = context.strip_prefix("docker-image://") {
                self.image(image, node.span());
                continue;
            }
            match context::hold(&fill(context, &|_| None).text) {
                Some(installs::Hold::Moving) => {
                    self.supply.contexts.push(context::install("build:", context, node.span()));
                }
                Some(installs::Hold::Open) => self.supply.skipped.push(OPEN),
                Some(installs::Hold::Exact) | None => {}
            }
        }
    }

    /// Takes the images of a text within this file.
    fn embed(&mut self, text: Node<'t>, read: fn(Node<'_>, &str) -> Supply) {
        if !self.entered.insert(text.id()) {
            return;
        }
        if self.is_inner {
            return self.supply.skipped.push(embedded::TEXT);
        }
        let mut inner = read(text, self.source);
        self.supply.images.append(&mut inner.images);
        self.supply.skipped.append(&mut inner.skipped);
    }

    fn kustomize(&mut self, root: Node<'t>) {
        for image in root.values("images").flat_map(Node::items) {
            let scalar = |key: &str| image.values(key).find(|it| it.scalar().is_some());
            let name = scalar("newName").or(scalar("name")).and_then(Node::scalar);
            let name = name.unwrap_or_default();
            let digest = scalar("digest").and_then(Node::scalar).unwrap_or_default();
            if let Some(tag) = scalar("newTag").filter(|_| !is_digest(digest)) {
                let text = format!("{name}:{}", tag.scalar().unwrap_or_default());
                self.image(&text, tag.span());
            } else if is_digest(digest) {
                let span = scalar("digest").map_or(0..0, Node::span);
                self.image(&format!("{name}@{digest}"), span);
            }
        }
    }

    /// Every image at or below `root`.
    fn any(&mut self, root: Node<'t>) {
        // With each node: whether its own items or itself are containers.
        let mut open = vec![(root, false)];
        while let Some((node, is_container)) = open.pop() {
            if !self.entered.insert(node.id()) {
                continue;
            }
            open.extend(node.items().map(|item| (item, is_container)));
            let is_whole = self.whole(node, false);
            let kind = node.values("kind").find_map(Node::scalar);
            let is_map = kind == Some("ConfigMap");
            let holds_data = is_map || kind == Some("Secret");
            let siblings = LazyCell::new(|| siblings(node));
            for (key, value) in node.entries() {
                let key = key.scalar().unwrap_or_default();
                if DATA.contains(&key) || (holds_data && key == "data") {
                    if is_map {
                        value.entries().for_each(|(_, file)| self.embed(file, embedded::yaml));
                    }
                    continue;
                }
                // What an action is given, it pulls or makes as it likes.
                if key == "with" && siblings.contains_key("uses") {
                    continue;
                }
                if is_image_key(key) && !is_whole {
                    if value.scalar().is_some() {
                        self.text(&siblings, key, value, is_container);
                        continue;
                    }
                    if self.is_template(value) {
                        self.supply.skipped.push(TEMPLATE);
                        continue;
                    }
                    if self.whole(value, true) {
                        continue;
                    }
                }
                open.push((value, CONTAINERS.contains(&key)));
            }
        }
    }

    /// `key: value`, where `value` is text.
    fn text(&mut self, siblings: &Siblings<'t>, key: &str, value: Node<'t>, is_container: bool) {
        let text = value.scalar().unwrap_or_default().trim();
        let filled = fill(text, &|_| None);
        if is_nothing(text) || !(is_container || looks_like_image(&filled.text)) {
            return;
        }
        let pulls = siblings.get("imagePullPolicy").and_then(|it| it.scalar());
        if is_container && pulls == Some("Never") {
            return self.supply.skipped.push(LOCAL);
        }
        if is_container || !matches!(hold(&filled.text), super::Hold::Nothing) {
            return self.supply.add(text, &filled, value.span(), Vec::new());
        }
        let stem = key.trim_end_matches("Image").trim_end_matches("_image");
        let keys = [format!("{key}Tag"), format!("{stem}Tag"), format!("{key}_tag")];
        let tag = keys.iter().map(String::as_str).chain((key == "image").then_some("tag"));
        let tag = tag
            .filter_map(|key| siblings.get(key).copied())
            .find(|tag| tag.scalar().is_some_and(|text| !is_nothing(text)));
        match tag {
            Some(tag) => {
                self.image(&format!("{text}:{}", tag.scalar().unwrap_or_default()), tag.span());
            }
            None => self.supply.skipped.push(TAG_ELSEWHERE),
        }
    }

    /// Whether `node` is an image in parts (`repository`, `tag`, `digest`),
    /// which is then noted.
    fn whole(&mut self, node: Node<'t>, is_image: bool) -> bool {
        let scalar = |key: &str| {
            node.values(key).find(|it| it.scalar().is_some_and(|text| !is_nothing(text)))
        };
        if let Some(reference) = scalar("reference").filter(|_| is_image) {
            self.image(reference.scalar().unwrap_or_default(), reference.span());
            return true;
        }
        let has = |key: &str| node.values(key).next().is_some();
        let name = scalar("repository").or(scalar("name").filter(|_| is_image));
        let (Some(name), true) = (name, is_image || has("tag") || has("digest")) else {
            return false;
        };
        let text = name.scalar().unwrap_or_default().trim();
        if text.contains("://") && !text.starts_with("oci://") {
            return false;
        }
        let digest = ["digest", "sha", "sha256"].iter().find_map(|key| scalar(key));
        let tag = scalar("tag");
        // No tag has a slash: the path of a file that holds one, in Concourse.
        if tag.and_then(Node::scalar).is_some_and(|tag| tag.contains('/') && !tag.contains('@')) {
            return false;
        }
        if let Some(digest) = digest {
            let value = digest.scalar().unwrap_or_default().trim();
            let prefix = if value.contains(':') { "" } else { "sha256:" };
            self.image(&format!("{text}@{prefix}{value}"), digest.span());
        } else if let Some(tag) = tag {
            self.image(&format!("{text}:{}", tag.scalar().unwrap_or_default()), tag.span());
        } else if hold(&fill(text, &|_| None).text) == super::Hold::Nothing {
            self.supply.skipped.push(TAG_ELSEWHERE);
        } else {
            self.image(text, name.span());
        }
        true
    }

    fn image(&mut self, text: &str, span: Range<usize>) {
        if !is_nothing(text) {
            let filled: Filled = fill(text, &|_| None);
            self.supply.add(text, &filled, span, Vec::new());
        }
    }

    /// `{{ .Values.image }}` without quotes is a mapping to YAML.
    fn is_template(&self, value: Node<'_>) -> bool {
        self.source.get(value.span()).is_some_and(|text| text.starts_with("{{"))
    }
}

/// The first value of each key of one mapping.
type Siblings<'t> = HashMap<&'t str, Node<'t>>;

fn siblings(node: Node<'_>) -> Siblings<'_> {
    let mut siblings = HashMap::new();
    for (key, value) in node.entries() {
        siblings.entry(key.scalar().unwrap_or_default()).or_insert(value);
    }
    siblings
}

/// The value of `key` in `service`, or in what it is merged with.
fn merged<'t>(service: Node<'t>, key: &str) -> Option<Node<'t>> {
    let own = service.values(key).next();
    own.or_else(|| {
        let merges = service.values("<<").flat_map(|it| std::iter::once(it).chain(it.items()));
        merges.flat_map(|it| it.values(key)).next()
    })
}

fn is_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "~" | "null" | "false" | "true")
}

/// Whether a text under a key that is called like it can be an image: pictures
/// and addresses are called so, too.
fn looks_like_image(text: &str) -> bool {
    let is_picture = || {
        let end = text.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        matches!(
            &*end,
            "png" | "svg" | "jpg" | "jpeg" | "gif" | "webp" | "ico" | "qcow2" | "img" | "iso"
        )
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/:@$+".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '$')
        && text.chars().all(is_name)
        && !text.contains("//")
        && !is_picture()
}
