//! The errors for arguments that do not fit a schema.

use std::fmt;

use serde_json::{Map, Value};

use super::{properties, required, scalar};

/// The maximum number of problems reported at once.
const PROBLEMS: usize = 5;

/// The maximum number of characters quoted from a value.
const QUOTED_CHARS: usize = 60;

/// Arguments that do not fit a schema. The text is for the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    problems: Vec<Problem>,
    /// Arguments that would fit, with the fields in question.
    example: Value,
}

/// A value that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The path of the field; empty for the arguments as a whole.
    at: String,
    /// The expected value, such as "an integer of at least 0".
    wanted: String,
    description: String,
    trouble: Trouble,
}

/// The problem of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The field is missing.
    Missing,
    /// The field does not exist; holds the existing ones.
    Unknown { known: Vec<String> },
    /// The field has a wrong value, which is described.
    Wrong { came: String },
}

impl Trouble {
    pub(super) fn wrong(value: &Value) -> Self {
        let came = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(bool) => format!("the boolean {bool}"),
            Value::Number(number) => format!("the number {number}"),
            Value::String(text) => format!("the string {}", quoted(text)),
            Value::Array(items) => format!("an array of {}", items.len()),
            Value::Object(_) => "an object".to_owned(),
        };
        Self::Wrong { came }
    }
}

impl Problem {
    pub(super) fn new(at: String, schema: &Value, trouble: Trouble) -> Self {
        let description = schema.get("description").and_then(Value::as_str);
        Self {
            at,
            wanted: type_of(schema),
            description: description.unwrap_or_default().to_owned(),
            trouble,
        }
    }

    /// The top-level field of the arguments.
    fn field(&self) -> &str {
        self.at.split(['.', '[']).next().unwrap_or_default()
    }
}

impl Misfit {
    pub(super) fn new(schema: &Value, problems: Vec<Problem>) -> Self {
        let named: Vec<&str> = problems.iter().map(Problem::field).collect();
        let example = example(schema, &named);
        Self { problems, example }
    }
}

impl std::error::Error for Misfit {}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The arguments do not fit this tool.\n")?;
        for problem in self.problems.iter().take(PROBLEMS) {
            writeln!(f, "- {problem}")?;
        }
        if self.problems.len() > PROBLEMS {
            writeln!(f, "- And {} more.", self.problems.len() - PROBLEMS)?;
        }
        write!(f, "Arguments that fit: {}", self.example)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            wanted,
            description,
            trouble,
        } = self;
        match trouble {
            Trouble::Missing => write!(f, "`{at}` is missing: {wanted}.")?,
            Trouble::Unknown { known } => {
                let at: String = at.chars().take(QUOTED_CHARS).collect();
                write!(f, "There is no field `{at}`.")?;
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                return match &known[..] {
                    [] => f.write_str(" There are no fields."),
                    known => write!(f, " The fields are {}.", known.join(", ")),
                };
            }
            Trouble::Wrong { came } if at.is_empty() => {
                return write!(f, "They are {came} and not an object.");
            }
            Trouble::Wrong { came } => write!(f, "`{at}` is {came} and not {wanted}.")?,
        }
        if description.is_empty() {
            Ok(())
        } else {
            write!(f, " {description}")
        }
    }
}

fn quoted(text: &str) -> String {
    let mut kept: String = text.chars().take(QUOTED_CHARS).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    Value::String(kept).to_string()
}

/// A description of the expected value.
fn type_of(schema: &Value) -> String {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        return format!("one of {}", allowed.join(", "));
    }
    let article = match scalar::wanted(schema) {
        scalar::Wanted::Text => "a string",
        scalar::Wanted::Integer => "an integer",
        scalar::Wanted::Number => "a number",
        scalar::Wanted::Boolean => "a boolean",
        scalar::Wanted::List => "an array",
        scalar::Wanted::Object => "an object",
        scalar::Wanted::Anything => "a value",
    };
    match (schema.get("minimum"), schema.get("maximum")) {
        (None, None) => article.to_owned(),
        (Some(least), None) => format!("{article} of at least {least}"),
        (None, Some(most)) => format!("{article} of at most {most}"),
        (Some(least), Some(most)) => format!("{article} from {least} to {most}"),
    }
}

/// Arguments that fit a schema: its required fields and the named ones.
fn example(schema: &Value, named: &[&str]) -> Value {
    let required = required(schema);
    let fields: Map<String, Value> = properties(schema)
        .iter()
        .filter(|(name, _)| required.contains(&name.as_str()) || named.contains(&name.as_str()))
        .map(|(name, field)| (name.clone(), example_of(name, field)))
        .collect();
    Value::Object(fields)
}

fn example_of(name: &str, schema: &Value) -> Value {
    let allowed = schema.get("enum").and_then(Value::as_array);
    if let Some(first) = allowed.and_then(|allowed| allowed.first()) {
        return first.clone();
    }
    match scalar::wanted(schema) {
        scalar::Wanted::Text => {
            let description = schema.get("description").and_then(Value::as_str);
            let shown = description.and_then(|words| words.split_once("such as "));
            let shown = shown.and_then(|(_, rest)| rest.split_whitespace().next());
            let shown = shown.map(|word| word.trim_end_matches(['.', ',', ';', ':', ')']));
            shown.map_or_else(|| format!("<{name}>").into(), Value::from)
        }
        scalar::Wanted::Integer | scalar::Wanted::Number => {
            let least = schema.get("minimum").and_then(Value::as_i64);
            least.unwrap_or(1).max(1).into()
        }
        scalar::Wanted::Boolean => true.into(),
        scalar::Wanted::List => match schema.get("items") {
            Some(items) => vec![example_of(name, items)].into(),
            None => Vec::<Value>::new().into(),
        },
        scalar::Wanted::Object => example(schema, &[]),
        scalar::Wanted::Anything => Value::Null,
    }
}
