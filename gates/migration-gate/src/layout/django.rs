//! Django: `NNNN_name.py` in an app's folder. `manage.py sqlmigrate app NNNN`
//! prints what one runs, with the transaction around it.

use camino::Utf8Path;

use super::{Layout, Slot, Version, code};

pub(super) const LAYOUT: Layout = Layout { name: "django", slot, ..code::LAYOUT };

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::flat(inside)?.strip_suffix(".py")?;
    Version::leading(stem).map(Slot::up)
}
