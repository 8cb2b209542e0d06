//! Django and its REST framework.

use super::evaluate::Called;
use super::machine::Machine;
use super::value::Value;
use crate::routes::Found;

pub(super) fn is_register(_last: &str) -> bool {
    false
}
pub(super) fn made(_machine: &mut Machine<'_>, _name: &str, _called: &Called) -> Option<Value> {
    None
}
pub(super) fn word(
    _machine: &mut Machine<'_>,
    _router: usize,
    _name: &str,
    _called: &Called,
) -> Option<Value> {
    None
}
pub(super) fn routes(_machine: &mut Machine<'_>, _found: &mut Found) {}
