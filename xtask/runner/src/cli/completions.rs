//! `completions`: for a shell.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Done};

/// Completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Runs it.
pub fn run(args: &Completions) -> Done {
    // Made in memory: the generator panics where its reader has gone.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "xtask", &mut text);
    anstream::stdout().lock().write_all(&text)?;
    Ok(0)
}
