//! Images: the digests that their tags stand for.

use std::collections::BTreeSet;

use action_pins::ImagePin;

use super::super::Fix;
use super::source::{Source, side_by_side};
use super::table::{Row, short};
use super::{Asked, places};
use crate::cli::Stop;
use crate::receipt::Receipt;
use crate::registry::{Image, digest};
use crate::report::text::visible;
use crate::view::View;

/// Asks for every unpinned image of `receipt` that stands in one piece.
pub fn ask(
    source: &Source,
    view: &View,
    receipt: &Receipt,
    args: &Fix,
    asked: &mut Asked,
) -> Result<(), Stop> {
    let mut images = BTreeSet::new();
    for (path, places) in places(receipt, args.gate.as_deref(), &action_pins::UNPINNED_IMAGES) {
        let file = view.tree.read(path.into()).map_err(|error| {
            Stop::environment(format!("'{}' could not be read: {error}", visible(path)))
        })?;
        let found = action_pins::images(&file).into_iter();
        images.extend(
            found.filter(|it| places.contains(&(it.line, it.column))).map(|found| found.image),
        );
    }
    let questions: Vec<_> = images.into_iter().collect();
    let base = args.registry_base.as_deref();
    let answers = side_by_side(&questions, |image| digest(&Image::read(image)?, base))?;
    source.is_wanted()?;
    for (image, answer) in questions.into_iter().zip(answers) {
        let known = asked.pins.image(&image).map(|pin| (pin.digest.clone(), pin.when.clone()));
        let (digest, outcome) = match answer {
            Ok(digest) => {
                let outcome = match known {
                    Some((known, _)) if known == digest => "as it was".to_owned(),
                    Some((known, when)) => {
                        let known = known.strip_prefix("sha256:").unwrap_or(&known);
                        format!("moved: it was {} on {when}", short(known))
                    }
                    None => "new".to_owned(),
                };
                (Some(digest), outcome)
            }
            Err(why) => (None, format!("failed: {why}")),
        };
        asked.images += 1;
        let (name, tag) = image.rsplit_once(':').unwrap_or((&image, ""));
        let hex = digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
        asked.rows.push(Row {
            repository: name.to_owned(),
            name: tag.to_owned(),
            commit: short(hex.unwrap_or("-")).to_owned(),
            version: "-".to_owned(),
            outcome,
        });
        let Some(digest) = digest else {
            asked.undigested += 1;
            continue;
        };
        // What stays the same keeps its day.
        if asked.pins.image(&image).is_none_or(|pin| pin.digest != digest) {
            asked.pins.insert_image(ImagePin { image, digest, when: asked.today.clone() });
        }
    }
    Ok(())
}
