use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::*;

/// How many random cases a test tries.
const CASES: u64 = 3000;

#[test]
fn lenient_json_is_read_without_losing_a_word() {
    for (written, read) in [
        // Halves of characters.
        (r#""cut \ud83d here""#, json!("cut \u{fffd} here")),
        (r#""cut \uDE00 here""#, json!("cut \u{fffd} here")),
        (r#""\ud83d\ud83d\ude00\ude00""#, json!("\u{fffd}😀\u{fffd}")),
        (r#""\ud83d\u0041""#, json!("\u{fffd}A")),
        (r#""\ud83d\n""#, json!("\u{fffd}\n")),
        (r#""\ud83d""#, json!("\u{fffd}")),
        (
            r#""whole \ud83d\ude00, half \ud83d""#,
            json!("whole 😀, half \u{fffd}"),
        ),
        (r#"{"\ud83d":"\ud83d"}"#, json!({"\u{fffd}": "\u{fffd}"})),
        (
            r#""no escape: \\ud83d, half: \ud83d""#,
            json!("no escape: \\ud83d, half: \u{fffd}"),
        ),
        // Values without a word in JSON.
        (
            "[NaN,Infinity,-Infinity,-NaN,+Infinity]",
            json!([null, null, null, null, null]),
        ),
        (
            r#"{"a":NaN, "b" : None ,"c":True,"d":False}"#,
            json!({"a": null, "b": null, "c": true, "d": false}),
        ),
        ("undefined", json!(null)),
        (
            r#"["NaN","None, True",NaN]"#,
            json!(["NaN", "None, True", null]),
        ),
        // Commas.
        ("[1,2,]", json!([1, 2])),
        ("{\"a\":1 ,\n}", json!({"a": 1})),
        (r#"[",]",[1,],]"#, json!([",]", [1]])),
        // Control characters.
        (
            "\"one\ntwo\tthree\u{0}\u{1f}\"",
            json!("one\ntwo\tthree\u{0}\u{1f}"),
        ),
        (
            "{\"a\n\":\n1, \"b\":\"\r\n\"}",
            json!({"a\n": 1, "b": "\r\n"}),
        ),
        // Escapes.
        (r#""it\'s""#, json!("it's")),
        (
            r#""C:\dir \d+ \x41 \U0001 \ü""#,
            json!(r"C:\dir \d+ \x41 \U0001 \ü"),
        ),
        (
            r#""\u{1F600} \u12 \u+123 \uXYZW""#,
            json!(r"\u{1F600} \u12 \u+123 \uXYZW"),
        ),
        ("\"a \\\nb\"", json!("a \\\nb")),
        (
            r#""\" \\ \/ \b \f \n \r \t \x""#,
            json!("\" \\ / \u{8} \u{c} \n \r \t \\x"),
        ),
        // A byte order mark.
        ("\u{feff}{\"a\":\"\u{feff}\"}", json!({"a": "\u{feff}"})),
    ] {
        assert_eq!(parse(written).unwrap(), read, "{written}");
        let kept = joined(parse_keeping_halves(written).unwrap());
        assert_eq!(kept, read, "{written}");
    }
}

#[test]
fn unreadable_json_is_an_error() {
    for text in [
        "",
        " ",
        "{",
        "[1,",
        "[1,,2]",
        "{,a}",
        r#"{"a":}"#,
        r#"{"a" 1}"#,
        r#"{a:1}"#,
        "{'a':1}",
        "\"open",
        "\"open\\",
        "\"open\\u",
        "\"open\\ud83d",
        "nul",
        "NaNny",
        "Nan",
        "{} {}",
        "{},",
        "1 2",
        "\u{feff}\u{feff}1",
        "// words",
        "-",
        "01",
        "{NaN:1}",
    ] {
        assert!(parse(text).is_err(), "{text}");
        assert!(parse_keeping_halves(text).is_err(), "{text}");
    }
    assert!(parse(&"[".repeat(1_000_000)).is_err());
    assert!(parse(&("\\".repeat(1000) + "\"" + &",".repeat(1_000_000))).is_err());
}

#[test]
fn strict_json_is_what_it_was() {
    for seed in 0..CASES {
        let random = &mut Rng::with_seed(seed);
        let value = value(random, 4);
        for text in [value.to_string(), written(random, &value)] {
            let strict: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(strict, value, "{seed}: {text}");
            assert_eq!(parse(&text).unwrap(), strict, "{seed}: {text}");
            assert_eq!(repaired(&text, Halves::Replaced), text, "{seed}");
            assert_eq!(repaired(&text, Halves::Kept), text, "{seed}");
        }
    }
}

#[test]
fn nothing_panics_and_the_repair_is_done_once() {
    for seed in 0..CASES {
        let random = &mut Rng::with_seed(seed);
        let value = value(random, 3);
        let whole = written(random, &value);
        let text = garbled(random, &whole);
        let _ = parse_keeping_halves(&text);
        let once = lenient(&text);
        match (serde_json::from_str::<Value>(&text), parse(&text)) {
            (Ok(strict), lenient) => assert_eq!(lenient.unwrap(), strict, "{seed}: {text}"),
            (Err(_), Ok(_)) => assert_eq!(lenient(&once), once, "{seed}: {text}"),
            (Err(_), Err(_)) => {}
        }
    }
}

#[test]
fn a_text_cut_anywhere_is_whole_again() {
    for seed in 0..CASES {
        let random = &mut Rng::with_seed(seed);
        let text = text(random);
        // As JavaScript has it, and cuts it.
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut joiner = HalfJoiner::default();
        let mut reported = String::new();
        let mut rest = &units[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(random.usize(0..=rest.len().min(3)));
            let Value::String(delta) = parse_keeping_halves(&stringified(piece)).unwrap() else {
                panic!("{seed}")
            };
            reported += &joiner.push(delta);
            assert!(
                text.starts_with(&reported),
                "{seed}: {reported:?} of {text:?}"
            );
            rest = more;
        }
        reported += &joiner.finish();
        assert_eq!(reported, text, "{seed}");
    }
}

#[test]
fn halves_that_do_not_meet_are_replaced() {
    let kept = |text: &str| {
        let value = parse_keeping_halves(text).unwrap();
        value.as_str().unwrap().to_owned()
    };
    let (first, second) = (kept(r#""a\ud83d""#), kept(r#""\ude00b""#));
    for (pieces, reported) in [
        (vec![&first, &second], "a😀b"),
        (vec![&second, &first], "\u{fffd}ba\u{fffd}"),
        (vec![&first, &first, &second], "a\u{fffd}a😀b"),
        (vec![&first, &String::new(), &second], "a😀b"),
        (
            vec![&first, &"x".to_owned(), &second],
            "a\u{fffd}x\u{fffd}b",
        ),
        (vec![&first], "a\u{fffd}"),
    ] {
        let mut joiner = HalfJoiner::default();
        let mut out: String = pieces
            .into_iter()
            .map(|piece| joiner.push(piece.clone()))
            .collect();
        out += &joiner.finish();
        assert_eq!(out, reported);
        assert_eq!(joiner, HalfJoiner::default());
    }
    assert_eq!(without_halves(first.clone() + &second), "a😀b");
    assert_eq!(without_halves(second + &first), "\u{fffd}ba\u{fffd}");
    // Private characters of a font are kept, and a mark alone is no half.
    let foreign = "\u{f0001} \u{10d83d} \u{10ffff}x \u{10ffff}";
    assert_eq!(without_halves(foreign.to_owned()), foreign);
}

/// Applies a function to every string in the value.
fn joined(value: Value) -> Value {
    match value {
        Value::String(text) => without_halves(text).into(),
        Value::Array(entries) => entries.into_iter().map(joined).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(name, value)| (without_halves(name), joined(value)));
            Value::Object(fields.collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

/// As `JSON.stringify` writes it: halves as escapes.
fn stringified(units: &[u16]) -> String {
    let mut out = "\"".to_owned();
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(whole) => {
                let quoted = Value::from(whole.to_string()).to_string();
                out.push_str(&quoted[1..quoted.len() - 1]);
            }
            Err(half) => out.push_str(&format!("\\u{:04x}", half.unpaired_surrogate())),
        }
    }
    out + "\""
}

/// The same JSON with unnecessary spaces and escapes.
fn written(random: &mut Rng, value: &Value) -> String {
    let mut out = String::new();
    let mut in_string = false;
    let mut escaped = false;
    for at in value.to_string().chars() {
        if !in_string && random.u8(0..8) == 0 && !at.is_alphanumeric() && at != '.' && at != '-' {
            out.push(*random.choice(&[' ', '\n', '\t', '\r']).unwrap());
        }
        if in_string && !escaped && !matches!(at, '"' | '\\') && random.u8(0..6) == 0 {
            for unit in at.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04X}"));
            }
        } else {
            out.push(at);
        }
        // Text after a backslash is not rewritten, nor the inside of `\u001f`.
        (in_string, escaped) = match (at, in_string, escaped) {
            ('"', _, false) => (!in_string, false),
            ('\\', true, false) => (true, true),
            ('u', true, true) => return value.to_string(),
            (_, _, _) => (in_string, false),
        };
    }
    out
}

fn value(random: &mut Rng, depth: u32) -> Value {
    match random.u8(0..if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => random.bool().into(),
        2 => random.i32(..).into(),
        3 => 0.5.into(),
        4 => text(random).into(),
        5 | 6 => {
            let entries = 0..random.usize(0..4);
            let fields = entries.map(|_| (text(random), value(random, depth - 1)));
            Value::Object(Map::from_iter(fields))
        }
        _ => (0..random.usize(0..4))
            .map(|_| value(random, depth - 1))
            .collect(),
    }
}

fn text(random: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "a",
        "\\",
        "\"",
        "\n",
        "NaN",
        ",]",
        "{",
        "ud83d",
        "\\ud83d",
        "é",
        "😀",
        "👨‍👩‍👧",
        "\u{fffd}",
        "\u{f0001}",
        "'",
    ];
    let pieces = 0..random.usize(0..8);
    pieces.map(|_| *random.choice(PIECES).unwrap()).collect()
}

fn garbled(random: &mut Rng, text: &str) -> String {
    const PIECES: &[&str] = &[
        "\\ud83d", "\\ude00", "NaN", "Infinity", ",", "\n", "\\", "\\x", "\\u", "\"", "{", "]",
        "None", "\u{feff}",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.usize(0..5) {
        let at = random.usize(0..=chars.len());
        match random.u8(0..4) {
            0 => chars.truncate(at),
            1 if at < chars.len() => drop(chars.remove(at)),
            _ => {
                let piece = random.choice(PIECES).unwrap().chars();
                chars.splice(at..at, piece);
            }
        }
    }
    chars.into_iter().collect()
}
