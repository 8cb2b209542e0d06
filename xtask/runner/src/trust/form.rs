//! Whether it is a receipt at all, in its one text.

use super::Distrust;
use crate::receipt::{self, Receipt};

pub(super) fn form(bytes: &[u8], receipt: &Receipt, reasons: &mut Vec<Distrust>) {
    let mut say = |text: String| reasons.push(Distrust { code: "schema", text });
    if receipt.statement_type != receipt::STATEMENT_TYPE {
        say(format!(
            "_type is '{}', expected '{}'",
            receipt.statement_type,
            receipt::STATEMENT_TYPE
        ));
    }
    if receipt.predicate_type != receipt::PREDICATE_TYPE {
        let text = format!(
            "predicateType is '{}', expected '{}'",
            receipt.predicate_type,
            receipt::PREDICATE_TYPE
        );
        say(text);
    }
    if receipt.predicate.schema_version != receipt::SCHEMA_VERSION {
        say(format!(
            "schemaVersion {}, this program reads {}",
            receipt.predicate.schema_version,
            receipt::SCHEMA_VERSION
        ));
    }
    // A repeated key or anything appended shows as another text.
    if receipt.canonical().map_or(true, |text| text.as_bytes() != bytes) {
        say("not in canonical form: it was edited, or written by another program".to_owned());
    }
}
