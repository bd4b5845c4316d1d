//! Reads the arguments of a call by the schema of its tool.
//!
//! Models write `"2"` for 2, a list as text, `null` for an omitted field, or `firstLine` for `first_line`. [`fit`]
//! turns such arguments into what the schema requires, wherever they have a single meaning. It never chooses between
//! two: what remains is a [`Misfit`], which tells the model what the schema requires.
//!
//! - [`names`]: finds the field for a written name. [`scalar`]: texts, numbers and booleans.
//! - [`misfit`]: the error text.

mod misfit;
mod names;
mod scalar;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use common::json;
use serde_json::{Map, Value};

pub use misfit::Misfit;
use misfit::{Problem, Trouble};
pub(super) use names::{folded, words};
use scalar::Wanted;

/// How many layers around arguments are removed: text, text in text, or a wrapping field.
const LAYERS: usize = 3;

/// Fields that models wrap around the arguments.
const WRAPPERS: [&str; 5] = ["arguments", "args", "input", "parameters", "params"];

/// The owner of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The agent: arguments that do not fit are refused.
    Agent,
    /// A client: a value that does not fit stays as it is, and the client decides.
    Client,
}

/// Why arguments cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The error of the parser.
    pub reason: String,
    /// Whether the text ends inside the JSON.
    pub ends_early: bool,
}

/// Parses the arguments that a model wrote. Empty text counts as null.
///
/// # Errors
/// When the text is not JSON.
pub fn read_text(text: &str) -> Result<Value, Unreadable> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    json::parse(text).map_err(|error| Unreadable {
        reason: error.to_string(),
        ends_early: error.ends_early(),
    })
}

/// Makes the arguments of an agent's tool fit its schema. Arguments that already fit are unchanged.
///
/// # Errors
/// When a value has no meaning or several.
pub fn fit(schema: &Value, input: Value) -> Result<Value, Misfit> {
    let mut fitting = Fitting::new(Owner::Agent);
    let fitted = fitting.arguments(schema, input);
    if fitting.problems.is_empty() {
        Ok(fitted)
    } else {
        Err(Misfit::new(schema, fitting.problems))
    }
}

/// Makes the arguments of a client's tool fit its schema as far as possible. Other values are unchanged.
#[must_use]
pub fn fit_for_client(schema: &Value, input: Value) -> Value {
    Fitting::new(Owner::Client).arguments(schema, input)
}

/// A pass over the arguments.
struct Fitting {
    owner: Owner,
    problems: Vec<Problem>,
}

impl Fitting {
    const fn new(owner: Owner) -> Self {
        Self {
            owner,
            problems: Vec::new(),
        }
    }

    /// Fits the arguments as a whole.
    fn arguments(&mut self, schema: &Value, input: Value) -> Value {
        let fields = match object_in(input) {
            Ok(fields) => fields,
            Err(nothing) if is_nothing(&nothing) => Map::new(),
            Err(other) => return self.keep("", schema, other).unwrap_or_default(),
        };
        let fields = self.unwrapped(schema, fields);
        Value::Object(self.object(schema, fields, ""))
    }

    /// The arguments without a wrapping field that the schema does not have.
    fn unwrapped(&self, schema: &Value, mut fields: Map<String, Value>) -> Map<String, Value> {
        let known = properties(schema);
        for _ in 0..LAYERS {
            let mut written = fields.iter();
            let (Some((name, value)), None) = (written.next(), written.next()) else {
                return fields;
            };
            if !WRAPPERS.contains(&name.as_str()) || names::meant(known, name).is_some() {
                return fields;
            }
            let inner = match object_in(value.clone()) {
                Ok(inner) => inner,
                Err(nothing) if is_nothing(&nothing) => Map::new(),
                Err(_) => return fields,
            };
            // A client may accept fields that its schema does not name.
            let is_ours = self.owner == Owner::Agent;
            if !is_ours && (inner.is_empty() || !inner.keys().all(|name| known.contains_key(name)))
            {
                return fields;
            }
            fields = inner;
        }
        fields
    }

    /// Fits the fields of an object.
    fn object(
        &mut self,
        schema: &Value,
        fields: Map<String, Value>,
        at: &str,
    ) -> Map<String, Value> {
        let known = properties(schema);
        let required = required(schema);
        let (mut placed, unknown) = match self.owner {
            Owner::Agent => names::place(known, &required, fields),
            Owner::Client => names::place(known, &[], fields),
        };
        let mut out = Map::new();
        for (name, field) in known {
            let path = below(at, name);
            let is_required = required.contains(&name.as_str());
            match placed.remove(name) {
                Some(value) if is_required || !self.is_left_out(field, &value) => {
                    if let Some(value) = self.value(field, value, &path) {
                        out.insert(name.clone(), value);
                    }
                }
                None if is_required && self.owner == Owner::Agent => {
                    self.problem(path, field, Trouble::Missing);
                }
                Some(_) | None => {}
            }
        }
        for (name, value) in unknown {
            match self.owner {
                Owner::Client => {
                    out.insert(name, value);
                }
                Owner::Agent if value.is_null() => {}
                Owner::Agent => {
                    let known = known.keys().cloned().collect();
                    self.problem(below(at, &name), schema, Trouble::Unknown { known });
                }
            }
        }
        out
    }

    /// Whether the value of an optional field stands for its absence.
    fn is_left_out(&self, field: &Value, value: &Value) -> bool {
        match (scalar::wanted(field), value) {
            (_, Value::Null) => !scalar::takes_null(field),
            (Wanted::Text, Value::String(text)) => {
                text.is_empty() && (self.owner == Owner::Agent || field.get("enum").is_some())
            }
            (
                Wanted::Integer | Wanted::Number | Wanted::Boolean | Wanted::List | Wanted::Object,
                Value::String(text),
            ) => says_nothing(text),
            _ => false,
        }
    }

    /// Fits a value of a field or list; `None` after a problem was recorded.
    fn value(&mut self, schema: &Value, value: Value, at: &str) -> Option<Value> {
        if value.is_null() && scalar::takes_null(schema) {
            return Some(value);
        }
        let fitted = match scalar::wanted(schema) {
            Wanted::Anything => Ok(value),
            Wanted::Text => scalar::text(schema, value),
            Wanted::Integer => scalar::integer(schema, value),
            Wanted::Number => scalar::number(value),
            Wanted::Boolean => scalar::boolean(value),
            Wanted::List => match list_in(schema, value) {
                Ok(items) => return Some(self.list(schema, items, at)),
                Err(other) => Err(other),
            },
            Wanted::Object => match object_in(value) {
                Ok(fields) => return Some(Value::Object(self.object(schema, fields, at))),
                Err(other) => Err(other),
            },
        };
        match fitted {
            Ok(value) => Some(value),
            Err(value) => self.keep(at, schema, value),
        }
    }

    fn list(&mut self, schema: &Value, items: Vec<Value>, at: &str) -> Value {
        let Some(wanted) = schema.get("items") else {
            return Value::Array(items);
        };
        let items = (0..)
            .zip(items)
            .filter_map(|(number, item): (usize, _)| {
                self.value(wanted, item, &format!("{at}[{number}]"))
            })
            .collect();
        Value::Array(items)
    }

    /// Handles a value that does not fit: a client gets it unchanged.
    fn keep(&mut self, at: &str, schema: &Value, value: Value) -> Option<Value> {
        match self.owner {
            Owner::Client => Some(value),
            Owner::Agent => {
                self.problem(at.to_owned(), schema, Trouble::wrong(&value));
                None
            }
        }
    }

    fn problem(&mut self, at: String, schema: &Value, trouble: Trouble) {
        self.problems.push(Problem::new(at, schema, trouble));
    }
}

/// The object in a value, which may be written as text or as the only item of a list.
fn object_in(value: Value) -> Result<Map<String, Value>, Value> {
    match unpacked(value) {
        Value::Object(fields) => Ok(fields),
        Value::Array(items) => match <[Value; 1]>::try_from(items) {
            Ok([Value::Object(fields)]) => Ok(fields),
            Ok([item]) => Err(Value::Array(vec![item])),
            Err(items) => Err(Value::Array(items)),
        },
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Err(other),
    }
}

/// The items of a list, which may be written as text or as its only item.
fn list_in(schema: &Value, value: Value) -> Result<Vec<Value>, Value> {
    let item = schema.get("items").map_or(Wanted::Anything, scalar::wanted);
    match (item, unpacked_list(value)) {
        (_, Value::Array(items)) => Ok(items),
        (Wanted::Object, value @ Value::String(_)) => match object_in(value.clone()) {
            Ok(fields) => Ok(vec![Value::Object(fields)]),
            Err(_) => Err(value),
        },
        (Wanted::Object, value @ Value::Object(_))
        | (
            Wanted::Text | Wanted::Integer | Wanted::Number | Wanted::Boolean,
            value @ (Value::Number(_) | Value::Bool(_)),
        ) => Ok(vec![value]),
        // A text with a comma or line break may contain several items.
        (
            Wanted::Text | Wanted::Integer | Wanted::Number | Wanted::Boolean,
            Value::String(text),
        ) if !says_nothing(&text)
            && !text.contains([',', ';', '|', '\n'])
            && !text.starts_with(['[', '{']) =>
        {
            Ok(vec![Value::String(text)])
        }
        (_, other) => Err(other),
    }
}

/// Parses a list written as text; other texts are unchanged.
fn unpacked_list(value: Value) -> Value {
    if !value.is_string() {
        return value;
    }
    let list = unpacked(value.clone());
    if list.is_array() { list } else { value }
}

/// The JSON value in a text, also when nested in texts.
fn unpacked(mut value: Value) -> Value {
    for _ in 0..LAYERS {
        let Value::String(text) = &value else {
            return value;
        };
        match read_text(text) {
            Ok(inner) => value = inner,
            Err(_) => return value,
        }
    }
    value
}

/// Whether the arguments are empty.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => says_nothing(text),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// Whether a text stands for no value where no text is expected.
fn says_nothing(text: &str) -> bool {
    let text = text.trim();
    let words = ["null", "none", "undefined"];
    text.is_empty() || words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The fields of an object.
fn properties(schema: &Value) -> &Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    let fields = schema.get("properties").and_then(Value::as_object);
    fields.unwrap_or(&NONE)
}

/// The required fields.
fn required(schema: &Value) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    let names = names.map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Value::as_str).collect()
}

/// The path of a field.
fn below(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}
