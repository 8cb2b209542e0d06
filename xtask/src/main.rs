//! `cargo xtask`: exactly what a repository's own xtask looks like.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate_runner::main(gate_runner::builtin())
}
