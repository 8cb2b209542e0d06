//! The gate as a whole, over literal trees.

use openapi_gate::REGISTER;

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
}

#[test]
fn sleeping_rules_are_noticed() {
    testkit::sleeping_rules_are_noticed(&REGISTER);
}

#[test]
fn messages_have_the_form() {
    testkit::messages_have_the_form(&REGISTER);
}

#[test]
fn paths_that_were_not_all_compared_are_told() {
    let spec = |count: usize| {
        let paths: Vec<String> = (0..count)
            .map(|number| {
                format!("\"/p{number}\": {{\"get\": {{\"responses\": {{\"200\": {{\"description\": \"ok\"}}}}}}}}")
            })
            .collect();
        format!("{{\"openapi\": \"3.1.0\", \"paths\": {{{}}}}}", paths.join(", "))
    };
    let found = |count: usize| {
        let files = [("a.json", spec(count))];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        testkit::judge(&REGISTER, "api = [{ name = 'a', spec = 'a.json' }]", &files)
    };
    assert!(found(2_000).is_empty());
    assert_eq!(found(2_001).len(), 1);
}
