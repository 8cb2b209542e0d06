mod configuration;
mod fixtures;
mod go_syntax;
mod history;
mod house;
mod leak;
mod sources;
mod windows;
