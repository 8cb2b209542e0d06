//! Go source as tokens, by [the language specification's lexical
//! elements](https://go.dev/ref/spec#Lexical_elements).
//!
//! Gates that read Go ask for imports, string literals and calls; tokens carry
//! all of that. A full grammar takes some twenty times as long per file and
//! gives up on nothing that tokens do not survive: a file that does not parse
//! still has tokens, and its faults stand in it as [`Kind::Broken`].

mod lexer;
mod literal;

pub use lexer::{Kind, Lexer, Token, tokens};
pub use literal::string_value;
