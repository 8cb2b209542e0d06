//! cases/go-vs-rust-regex.jsonl: what Go's own regexp says of a pattern and a
//! text.

use crate::gitleaks::allow::Expr;

#[test]
fn every_case_is_judged_as_go_judges_it() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("../../cases/go-vs-rust-regex.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let ours = match Expr::new(&text("pattern")) {
            Ok(expr) => expr.is_match(text("text").as_bytes()).to_string(),
            Err(_) => "ERR".to_owned(),
        };
        cases += 1;
        if ours != text("go") {
            wrong.push(format!(
                "{} on {:?}: Go {}, here {ours}",
                text("pattern"),
                text("text"),
                text("go")
            ));
        }
    }
    assert_eq!(cases, 38);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_go_refuses_is_refused() {
    for pattern in [
        "a(?=b)",
        "(?<!a)b",
        r"\1",
        r"\e",
        "a**",
        "*a",
        "(",
        ")",
        "[a",
        "a{2,1}",
        "a{1001}",
        r"\x{110000}",
        "(?x)a",
        r"[z-a]",
        r"\p{Nonesuch}",
        "[[:nope:]]",
    ] {
        assert!(Expr::new(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn bytes_that_are_no_character_are_matched() {
    assert!(Expr::new("=.+$").unwrap().is_match(b"a=caf\xe9"));
    assert!(Expr::new("=[^x]{2}$").unwrap().is_match(b"a=\xe9\xe8"));
    assert!(Expr::new(r"^\S\W$").unwrap().is_match("éé".as_bytes()));
}

proptest::proptest! {
    #[test]
    fn no_pattern_makes_it_panic(pattern in r#"[\\\[\](){}*+?.^$|a-c0-9,:<>PQEpxdws&~! -]{0,24}"#) {
        let _ = Expr::new(&pattern);
    }
}
