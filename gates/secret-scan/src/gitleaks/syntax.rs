//! Go's regular expressions, rewritten in Rust's syntax.
//!
//! The two look alike and differ in silence: `\<` and `[a&&b]` mean other
//! things, `\s` holds a vertical tab in one of them, a bare `{` is text in
//! one. So every construct is read by Go's rules
//! (<https://pkg.go.dev/regexp/syntax>) and written anew; what Go refuses is
//! refused. The result is for an engine over bytes with ASCII classes.
//!
//! Known and accepted: under `(?i)` the letters `k` and `s` do not match
//! KELVIN SIGN and LONG S, which Go folds to them.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// Highest count in `{n,m}`.
const REPEAT_MAX: u32 = 1000;
/// Nesting of groups beyond which an expression is refused.
const DEPTH_MAX: usize = 200;

/// Rewrites `go`.
///
/// # Errors
/// What Go would not compile, in its words where they help.
pub fn translate(go: &str) -> Result<String, String> {
    let mut reader = Reader {
        rest: go.chars().peekable(),
        out: String::with_capacity(go.len() * 2),
        depth: 0,
        last: Last::Nothing,
    };
    while let Some(c) = reader.rest.next() {
        reader.one(c)?;
    }
    if reader.depth > 0 {
        return Err("missing closing )".to_owned());
    }
    Ok(reader.out)
}

/// What a repetition operator would apply to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Item,
    Repetition,
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    depth: usize,
    last: Last,
}

impl Reader<'_> {
    fn one(&mut self, c: char) -> Result<(), String> {
        match c {
            '\\' => self.escape(),
            '[' => {
                let class = Class::read(&mut self.rest)?;
                class.write(&mut self.out);
                self.last = Last::Item;
                Ok(())
            }
            '(' => self.group(),
            ')' => {
                self.depth = self.depth.checked_sub(1).ok_or("unexpected )")?;
                self.out.push(')');
                self.last = Last::Item;
                Ok(())
            }
            '|' => {
                self.out.push('|');
                self.last = Last::Nothing;
                Ok(())
            }
            '*' | '+' | '?' => self.repeat(&c.to_string()),
            '{' => match self.counts()? {
                Some(counts) => self.repeat(&counts),
                None => self.literal('{'),
            },
            '.' => {
                // One code point, or a byte that is part of none.
                self.out.push_str(r"(?:(?u:.)|[\x80-\xFF])");
                self.last = Last::Item;
                Ok(())
            }
            '^' | '$' => {
                self.out.push(c);
                self.last = Last::Item;
                Ok(())
            }
            c => self.literal(c),
        }
    }

    fn literal(&mut self, c: char) -> Result<(), String> {
        if c.is_ascii() {
            write_char(c, &mut self.out);
        } else {
            let _ = write!(self.out, "(?u:\\x{{{:X}}})", u32::from(c));
        }
        self.last = Last::Item;
        Ok(())
    }

    fn repeat(&mut self, operator: &str) -> Result<(), String> {
        match self.last {
            Last::Nothing => {
                return Err(format!("missing argument to repetition operator: '{operator}'"));
            }
            Last::Repetition => return Err(format!("nested repetition operator: '{operator}'")),
            Last::Item => {}
        }
        self.out.push_str(operator);
        if self.rest.next_if_eq(&'?').is_some() {
            self.out.push('?');
        }
        self.last = Last::Repetition;
        Ok(())
    }

    /// The rest of `{n}`, `{n,}` or `{n,m}`; nothing is taken if it is none.
    fn counts(&mut self) -> Result<Option<String>, String> {
        let mut ahead = self.rest.clone();
        let number = |ahead: &mut Peekable<Chars<'_>>| {
            let mut digits = String::new();
            while let Some(digit) = ahead.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            // A leading zero makes it text, as in Go.
            let is_number = !digits.is_empty() && (digits.len() == 1 || !digits.starts_with('0'));
            is_number.then_some(digits)
        };
        let Some(least) = number(&mut ahead) else { return Ok(None) };
        let mut text = format!("{{{least}");
        let mut most = Some(least.clone());
        if ahead.next_if_eq(&',').is_some() {
            text.push(',');
            most = None;
            if ahead.peek() != Some(&'}') {
                let Some(number) = number(&mut ahead) else { return Ok(None) };
                text.push_str(&number);
                most = Some(number);
            }
        }
        if ahead.next() != Some('}') {
            return Ok(None);
        }
        text.push('}');
        let value = |digits: &str| digits.parse::<u32>().ok().filter(|n| *n <= REPEAT_MAX);
        let too_many = || format!("repeat count over {REPEAT_MAX}: '{text}'");
        let low = value(&least).ok_or_else(too_many)?;
        if let Some(most) = most
            && value(&most).ok_or_else(too_many)? < low
        {
            return Err(format!("repeat counts the wrong way round: '{text}'"));
        }
        self.rest = ahead;
        Ok(Some(text))
    }

    fn group(&mut self) -> Result<(), String> {
        self.last = Last::Nothing;
        if self.rest.next_if_eq(&'?').is_none() {
            return self.open("(");
        }
        let mut ahead = self.rest.clone();
        let is_named = match ahead.next() {
            Some('P') => ahead.next() == Some('<'),
            Some('<') => !matches!(ahead.peek(), Some('=' | '!')),
            _ => false,
        };
        if is_named {
            // Groups count by number alone: Go lets a name stand twice.
            let name: String = ahead.by_ref().take_while(|c| *c != '>').collect();
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(format!("group name '{name}' is no word"));
            }
            self.rest = ahead;
            return self.open("(");
        }
        self.flags()
    }

    fn open(&mut self, text: &str) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("groups nested more than {DEPTH_MAX} deep"));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn flags(&mut self) -> Result<(), String> {
        let mut text = "(?".to_owned();
        let mut minus = false;
        for c in self.rest.by_ref() {
            match c {
                'i' | 'm' | 's' | 'U' => text.push(c),
                '-' if !minus => {
                    minus = true;
                    text.push('-');
                }
                ':' => {
                    text.push(':');
                    return self.open(&text);
                }
                ')' if text.len() > 2 && !text.ends_with('-') => {
                    text.push(')');
                    self.out.push_str(&text);
                    return Ok(());
                }
                c => {
                    return Err(format!(
                        "'(?{c}' is none of Go's groups (look-around has no place in it)"
                    ));
                }
            }
        }
        Err("missing closing )".to_owned())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.rest.peek().copied() else {
            return Err("trailing backslash".to_owned());
        };
        match c {
            'A' | 'b' | 'B' | 'z' => {
                self.rest.next();
                let _ = write!(self.out, "\\{c}");
                self.last = Last::Item;
                Ok(())
            }
            'Q' => {
                self.rest.next();
                while let Some(c) = self.rest.next() {
                    if c == '\\' && self.rest.peek() == Some(&'E') {
                        self.rest.next();
                        return Ok(());
                    }
                    self.literal(c)?;
                }
                Ok(())
            }
            'C' => Err(r"'\C' is not supported".to_owned()),
            _ => match class_escape(&mut self.rest)? {
                Some(item) => {
                    Class { negated: false, items: vec![item] }.write(&mut self.out);
                    self.last = Last::Item;
                    Ok(())
                }
                None => {
                    let c = char_escape(&mut self.rest)?;
                    self.literal(c)
                }
            },
        }
    }
}

/// A character class, item by item.
struct Class {
    negated: bool,
    items: Vec<Item>,
}

enum Item {
    Range(char, char),
    /// A set of ASCII characters, or all but those.
    Ascii {
        ranges: &'static [(char, char)],
        negated: bool,
    },
    /// `\pN`, `\p{Greek}`, with its backslash.
    Unicode(String),
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const SPACE: &[(char, char)] = &[('\t', '\n'), ('\u{C}', '\r'), (' ', ' ')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

impl Class {
    /// Reads the rest of a class after its `[`.
    fn read(rest: &mut Peekable<Chars<'_>>) -> Result<Class, String> {
        let missing = || "missing closing ]".to_owned();
        let mut class = Class { negated: rest.next_if_eq(&'^').is_some(), items: Vec::new() };
        let mut first = true;
        loop {
            let c = rest.peek().copied().ok_or_else(missing)?;
            if c == ']' && !first {
                rest.next();
                return Ok(class);
            }
            first = false;
            if c == '['
                && let Some(item) = posix(rest)?
            {
                class.items.push(item);
                continue;
            }
            if c == '\\' {
                let mut ahead = rest.clone();
                ahead.next();
                if let Some(item) = class_escape(&mut ahead)? {
                    *rest = ahead;
                    class.items.push(item);
                    continue;
                }
            }
            let low = class_char(rest)?;
            let mut high = low;
            let mut ahead = rest.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                *rest = ahead;
                high = class_char(rest)?;
                if high < low {
                    return Err(format!("bad character class range: '{low}-{high}'"));
                }
            }
            class.items.push(Item::Range(low, high));
        }
    }

    fn write(&self, out: &mut String) {
        let is_wide = self.negated || self.items.iter().any(Item::is_wide);
        if !is_wide {
            self.write_brackets(out);
            return;
        }
        // Code points; where the class is open-ended, also bytes that are part of none.
        let is_open = self.negated
            || self.items.iter().any(|i| matches!(i, Item::Ascii { negated: true, .. }));
        out.push_str(if is_open { "(?:(?u:" } else { "(?u:" });
        self.write_brackets(out);
        out.push_str(if is_open { r")|[\x80-\xFF])" } else { ")" });
    }

    fn write_brackets(&self, out: &mut String) {
        out.push_str(if self.negated { "[^" } else { "[" });
        for item in &self.items {
            match item {
                Item::Range(low, high) => write_range(*low, *high, out),
                Item::Ascii { ranges, negated } => {
                    out.push_str(if *negated { "[^" } else { "[" });
                    ranges.iter().for_each(|(low, high)| write_range(*low, *high, out));
                    out.push(']');
                }
                Item::Unicode(text) => out.push_str(text),
            }
        }
        out.push(']');
    }
}

impl Item {
    fn is_wide(&self) -> bool {
        match self {
            Item::Range(_, high) => !high.is_ascii(),
            Item::Ascii { negated, .. } => *negated,
            Item::Unicode(_) => true,
        }
    }
}

/// `\d` and its like after the backslash; nothing is taken if it is none.
fn class_escape(rest: &mut Peekable<Chars<'_>>) -> Result<Option<Item>, String> {
    let (ranges, negated) = match rest.peek() {
        Some('d') => (DIGIT, false),
        Some('D') => (DIGIT, true),
        Some('s') => (SPACE, false),
        Some('S') => (SPACE, true),
        Some('w') => (WORD, false),
        Some('W') => (WORD, true),
        Some('p' | 'P') => return unicode(rest).map(Some),
        _ => return Ok(None),
    };
    rest.next();
    Ok(Some(Item::Ascii { ranges, negated }))
}

fn unicode(rest: &mut Peekable<Chars<'_>>) -> Result<Item, String> {
    let kind = rest.next().unwrap_or('p');
    let name: String = match rest.next() {
        Some('{') => {
            let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
            name
        }
        Some(letter) => letter.to_string(),
        None => return Err(r"unfinished '\p'".to_owned()),
    };
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let (negation, bare) = name.strip_prefix('^').map_or(("", name.as_str()), |bare| ("^", bare));
    if !is_name(bare) {
        return Err(format!(r"unknown character class '\{kind}{{{name}}}'"));
    }
    let is_negated = (kind == 'P') != (negation == "^");
    Ok(Item::Unicode(format!(r"\{}{{{bare}}}", if is_negated { 'P' } else { 'p' })))
}

/// `[:alpha:]` and its like; nothing is taken if it is none.
fn posix(rest: &mut Peekable<Chars<'_>>) -> Result<Option<Item>, String> {
    let text: String = rest.clone().take(16).collect();
    let Some(name) = text.strip_prefix("[:").and_then(|text| text.split_once(":]")).map(|(n, _)| n)
    else {
        return Ok(None);
    };
    let (bare, negated) = name.strip_prefix('^').map_or((name, false), |bare| (bare, true));
    let ranges: &[(char, char)] = match bare {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7F')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1F'), ('\x7F', '\x7F')],
        "digit" => DIGIT,
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return Err(format!("unknown character class '[:{name}:]'")),
    };
    (0..name.chars().count() + 4).for_each(|_| {
        rest.next();
    });
    Ok(Some(Item::Ascii { ranges, negated }))
}

fn class_char(rest: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    match rest.next() {
        None => Err("missing closing ]".to_owned()),
        Some('\\') => char_escape(rest),
        Some(c) => Ok(c),
    }
}

/// An escape that stands for one character, after its backslash.
fn char_escape(rest: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    let c = rest.next().ok_or("trailing backslash")?;
    let unknown = || Err(format!(r"'\{c}' is none of Go's escapes"));
    match c {
        'a' => Ok('\x07'),
        'f' => Ok('\x0C'),
        't' => Ok('\t'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        'v' => Ok('\x0B'),
        '0'..='7' => {
            // `\1` alone would be a back-reference, which Go has not.
            if c != '0' && !rest.peek().is_some_and(|next| ('0'..='7').contains(next)) {
                return unknown();
            }
            let mut value = u32::from(c) - u32::from('0');
            for _ in 0..2 {
                match rest.next_if(|next| ('0'..='7').contains(next)) {
                    Some(digit) => value = value * 8 + (u32::from(digit) - u32::from('0')),
                    None => break,
                }
            }
            char::from_u32(value).map_or_else(unknown, Ok)
        }
        'x' => {
            let digits: String = match rest.next() {
                Some('{') => rest.by_ref().take_while(|c| *c != '}').collect(),
                Some(first) => [Some(first), rest.next()].into_iter().flatten().collect(),
                None => return unknown(),
            };
            let value = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
            value.map_or_else(|| Err(format!(r"'\x{{{digits}}}' is no character")), Ok)
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
        _ => unknown(),
    }
}

fn write_range(low: char, high: char, out: &mut String) {
    write_char(low, out);
    if high != low {
        out.push('-');
        write_char(high, out);
    }
}

fn write_char(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || c == '_' {
        out.push(c);
    } else if c.is_ascii_graphic() && regex_syntax::is_escapeable_character(c) {
        out.push('\\');
        out.push(c);
    } else {
        let _ = write!(out, "\\x{{{:X}}}", u32::from(c));
    }
}
