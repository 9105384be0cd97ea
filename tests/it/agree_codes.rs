//! Which codes of several databases say something of each other, and which are not compared.

use serde_json::{Value, json};

use crate::agree::{Nation, name, pair, source};

/// An extract of one column beside the number of a person.
fn rows<V: AsRef<str>>(head: &str, values: &[V]) -> String {
    let row = |(at, value): (usize, &V)| format!("{:012},{}\n", at + 1_099_000_001, value.as_ref());
    format!("so,{head}\n{}", values.iter().enumerate().map(row).collect::<String>())
}

/// The databases of each set of an attribute.
fn sets(entity: &Value, attribute: &str) -> Vec<Vec<String>> {
    let all = entity["code_sets"].as_array().expect("code sets");
    let Some(found) = all.iter().find(|it| it["attribute"] == attribute) else { return Vec::new() };
    let tables = |set: &Value| set.as_array().expect("tables").iter().map(name).collect();
    found["sets"].as_array().expect("sets").iter().map(tables).collect()
}

fn apart(entity: &Value, attribute: &str) {
    assert_eq!(sets(entity, attribute), [["a.t"], ["b.t"]]);
    assert_eq!((&entity["summary"]["conflicting"], &entity["complete"]), (&0.into(), &false.into()));
}

/// Names as others have codes: one that is long, one cell that is wrong, or many of them change nothing.
#[test]
fn a_code_list_is_not_a_conflict_of_everybody() {
    let group = "dt: { role: ethnic_group }";
    let compared = |columns: &str, a: &str, b: &str| {
        let (run, document) = Nation::of(&[("a", columns, a), ("b", columns, b)]).json(&[]);
        (run.code, document["entities"][0].clone())
    };
    let (code, person) =
        compared(group, &rows("dt", &["01", "02", "16"]), &rows("dt", &["Kinh", "Tày", "Bru - Vân Kiều"]));
    assert_eq!(code, Some(3));
    apart(&person, "ethnic_group");
    let codes: Vec<String> = (0..100).map(|at| (1 + at % 2).to_string()).collect();
    let mut words: Vec<&str> = (0..99).map(|at| ["Nam", "Nữ"][at % 2]).collect();
    words.push("2");
    let (code, person) = compared("gt: { role: gender }", &rows("gt", &codes), &rows("gt", &words));
    assert_eq!(code, Some(3));
    apart(&person, "gender");
    for many in [64, 65, 5_000] {
        let codes: Vec<String> = (0..many).map(|at| at.to_string()).collect();
        let words: Vec<String> = (0..many).map(|at| format!("xã {at}")).collect();
        let (code, person) = compared("xa: { role: commune }", &rows("xa", &codes), &rows("xa", &words));
        assert_eq!(code, Some(3), "{many}");
        apart(&person, "commune");
    }
}

/// A passport of digits and one of letters are two passports.
#[test]
fn numbers_of_papers_are_no_code_list() {
    let columns = "hc: { role: passport }";
    let nation =
        Nation::of(&[("a", columns, &rows("hc", &["1234567"])), ("b", columns, &rows("hc", &["z1"]))]);
    let (run, document) = nation.json(&[]);
    let person = &document["entities"][0];
    assert_eq!((run.code, &person["code_sets"]), (Some(0), &json!([])));
    assert_eq!(pair(person, "passport", "a.t", "b.t"), [1, 0, 1, 0, 0]);
}

const LISTED: &str = "gt: { role: gender, code_list: gt }";

/// The rules of a database with a code list.
fn with_list(nation: &Nation, name: &str, list: &str) {
    nation.folder.write(&format!("rules/gt_{name}.csv"), list);
    let path = nation.folder.path(&format!("rules/{name}.yaml"));
    let rules = std::fs::read_to_string(path).expect("the rules");
    let list = format!("code_lists: {{ gt: {{ file: gt_{name}.csv, code: ma }} }}\ntables:");
    nation.folder.write(&format!("rules/{name}.yaml"), rules.replace("tables:", &list));
}

/// `1` is Nam here and Nữ there: persons 1 and 2 are the same, 3 is not.
#[test]
fn codes_that_lists_call_otherwise_are_compared_by_their_words() {
    let nation = Nation::of(&[
        ("a", LISTED, &rows("gt", &["1", "2", "1"])),
        ("b", LISTED, &rows("gt", &["0", "1", "1"])),
    ]);
    with_list(&nation, "a", "ma,ten\n1,Nam\n2,Nữ\n");
    with_list(&nation, "b", "ma,ten\n0,Nam\n1,Nữ\n");
    let by_words = |nation: &Nation, words: bool, counts: [u64; 5]| {
        let (run, document) = nation.json(&[]);
        let person = &document["entities"][0];
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert_eq!(pair(person, "gender", "a.t", "b.t"), counts);
        let read_as = if words { "ten".into() } else { Value::Null };
        assert_eq!(source(person, "a.t")["attributes"][0]["read_as"], read_as);
    };
    by_words(&nation, true, [3, 2, 1, 0, 0]);
    nation.table("c", "gt: { role: gender }");
    nation.folder.write("data/c/t.csv", rows("gt", &["Nam", "Nữ", "Nam"]));
    by_words(&nation, true, [3, 2, 1, 0, 0]);
    // Words that are only spelt in another way tell nothing of the codes.
    std::fs::remove_file(nation.folder.path("rules/c.yaml")).expect("it was there");
    nation.folder.write("rules/gt_b.csv", "ma,ten\n1,Nam giới\n2,Nữ giới\n0,Khác\n");
    by_words(&nation, false, [3, 1, 2, 0, 0]);
}

/// What databases are called decides nothing: one in the middle goes with the list that has most of its values.
#[test]
fn sets_do_not_depend_on_names() {
    let declared = |nation: &Nation, name: &str, values: &[&str]| {
        let rules = nation.folder.path(&format!("rules/{name}.yaml"));
        let rules = std::fs::read_to_string(rules).expect("the rules");
        let list = values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ");
        let rules = rules.replace("tables:", &format!("code_lists: {{ gt: [{list}] }}\ntables:"));
        nation.folder.write(&format!("rules/{name}.yaml"), &rules);
    };
    let plain = "gt: { role: gender }";
    for (middle, with) in [
        (["2", "3", "3", "3"], Some("high")),
        (["2", "2", "2", "3"], Some("low")),
        (["2", "2", "3", "3"], None),
    ] {
        for names in [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]] {
            let [low, between, high] = names;
            let nation = Nation::of(&[
                (low, LISTED, &rows("gt", &["1", "2", "2", "2"])),
                (between, plain, &rows("gt", &middle)),
                (high, LISTED, &rows("gt", &["3", "4", "4", "4"])),
            ]);
            declared(&nation, low, &["1", "2"]);
            declared(&nation, high, &["3", "4"]);
            let (run, document) = nation.json(&[]);
            assert_eq!(run.code, Some(3));
            let mut found = sets(&document["entities"][0], "gender");
            let table = |name: &str| format!("{name}.t");
            let mut expected = match with {
                Some("high") => vec![vec![table(low)], vec![table(between), table(high)]],
                Some(_) => vec![vec![table(low), table(between)], vec![table(high)]],
                None => vec![vec![table(low)], vec![table(between)], vec![table(high)]],
            };
            expected.iter_mut().for_each(|set| set.sort());
            expected.sort();
            found.sort();
            assert_eq!(found, expected);
        }
    }
}
