//! Converts texts, numbers and booleans of another JSON type than the expected one. Each function returns a value
//! that does not fit as an error, unchanged.

use serde_json::Value;

/// From here on, floating-point numbers cannot represent every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Object,
    /// Several types, or a type described in another way.
    Anything,
}

/// The type that a schema expects.
pub(super) fn wanted(schema: &Value) -> Wanted {
    let mut types = types(schema).into_iter().filter(|word| *word != "null");
    match (types.next(), types.next()) {
        (Some("string"), None) => Wanted::Text,
        (Some("integer"), None) => Wanted::Integer,
        (Some("number"), None) => Wanted::Number,
        (Some("boolean"), None) => Wanted::Boolean,
        (Some("array"), None) => Wanted::List,
        (Some("object"), None) => Wanted::Object,
        _ => Wanted::Anything,
    }
}

/// Whether null is an accepted value.
pub(super) fn takes_null(schema: &Value) -> bool {
    let types = types(schema);
    types.is_empty() || types.contains(&"null")
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Converts to text. A number or boolean is converted if it has a single notation: 1.50 and 1.5 are one number, but
/// two texts.
pub(super) fn text(schema: &Value, value: Value) -> Result<Value, Value> {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => return Err(value),
    };
    let Some(allowed) = schema.get("enum").and_then(Value::as_array) else {
        return Ok(Value::String(text));
    };
    let mut same = allowed.iter().filter_map(Value::as_str);
    if same.clone().any(|one| one == text) {
        return Ok(Value::String(text));
    }
    let folded = super::names::folded(&text);
    let mut alike = same
        .by_ref()
        .filter(|one| super::names::folded(one) == folded);
    match (alike.next(), alike.next()) {
        (Some(one), None) => Ok(one.into()),
        _ => Err(value),
    }
}

/// Converts to an integer.
pub(super) fn integer(schema: &Value, value: Value) -> Result<Value, Value> {
    let whole = match &value {
        Value::Number(number) if number.is_i64() || number.is_u64() => value.clone(),
        Value::Number(number) => match number.as_f64().and_then(whole) {
            Some(number) => number.into(),
            None => return Err(value),
        },
        Value::String(text) => match whole_in(text.trim()) {
            Some(number) => number,
            None => return Err(value),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(value),
    };
    let limit = |name| schema.get(name).and_then(Value::as_f64);
    let number = whole.as_f64().unwrap_or(f64::NAN);
    if limit("minimum").is_some_and(|least| number < least)
        || limit("maximum").is_some_and(|most| number > most)
    {
        return Err(value);
    }
    Ok(whole)
}

/// The integer in a text, such as `2` or `2.0`.
fn whole_in(text: &str) -> Option<Value> {
    let digits = text.split_once('.').map_or(text, |(digits, fraction)| {
        if fraction.bytes().all(|byte| byte == b'0') {
            digits
        } else {
            text
        }
    });
    let signed = digits.parse::<i64>().map(Value::from);
    signed
        .or_else(|_| digits.parse::<u64>().map(Value::from))
        .ok()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the number is whole and small enough"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

/// Converts to a number.
pub(super) fn number(value: Value) -> Result<Value, Value> {
    match &value {
        Value::Number(_) => Ok(value),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Value::from);
            let number = whole.or_else(|| {
                let number = text.parse::<f64>().ok()?;
                number.is_finite().then(|| number.into())
            });
            number.ok_or(value)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(value),
    }
}

/// Converts to a boolean.
pub(super) fn boolean(value: Value) -> Result<Value, Value> {
    let word = match &value {
        Value::Bool(_) => return Ok(value),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(value),
    };
    match word.as_str() {
        "true" | "yes" | "1" | "1.0" => Ok(true.into()),
        "false" | "no" | "0" | "0.0" => Ok(false.into()),
        _ => Err(value),
    }
}
