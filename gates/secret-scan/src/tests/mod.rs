mod fixtures;
mod go_syntax;
mod house;
