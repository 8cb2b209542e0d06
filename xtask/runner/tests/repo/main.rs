//! The repository reader against real repositories, made by git in temporary
//! folders.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what failed by panicking, its fixture too"
)]

mod fixture;

mod environment;
mod history;
mod stored;
mod work_tree;
mod work_tree_states;
