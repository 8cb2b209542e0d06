//! `Gemfile`, a program in Ruby: what it asks for is known when it runs, so
//! its lock file alone is asked for. With `gemspec` it is a library's.

use super::{Hold, Manifest, Role};

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut is_library = false;
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let text = line.trim_start();
        let at = start + (line.len() - text.len());
        start += line.len();
        let text = text.trim_end();
        let word = text.split([' ', '\t', '(']).next().unwrap_or_default();
        match word {
            "gemspec" => is_library = true,
            "gem" => manifest.add(text, text, at..at + text.len(), Hold::Bounds),
            _ => {}
        }
    }
    manifest.with_role(if is_library { Role::Library } else { Role::Application })
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Kind, Role, tests};

    #[test]
    fn a_gemspec_makes_a_library() {
        let source = "source 'https://rubygems.org'\ngroup :x do\n  gem 'a', '~> 1'\nend\n";
        assert_eq!(tests::role(source, Kind::Gemfile), Role::Application);
        assert_eq!(tests::role(&format!("{source}gemspec\n"), Kind::Gemfile), Role::Library);
        assert_eq!(tests::role("# gem 'a'\nruby '3'\n", Kind::Gemfile), Role::Complete);
    }
}
