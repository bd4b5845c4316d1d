//! The arguments of a call, as types.

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

/// The arguments of a call, as they came.
pub(super) struct Arguments(pub(super) Vec<Value>);

/// Arguments that a callable does not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum ArgumentError {
    #[error("Argument {place} (`{name}`) is not what it should be: {problem}")]
    Unusable {
        /// From 1.
        place: usize,
        name: &'static str,
        problem: String,
    },
    #[error("Argument {place} (`{name}`) is missing")]
    Missing { place: usize, name: &'static str },
    #[error("Too many arguments: {given} instead of {taken}")]
    TooMany { given: usize, taken: usize },
}

/// What a callable takes: a tuple.
pub(super) trait Typed<const COUNT: usize>: Sized {
    fn read(values: [Value; COUNT], names: [&'static str; COUNT]) -> Result<Self, ArgumentError>;
}

impl Arguments {
    /// As the types the callable takes; `names` are for whoever calls it wrongly.
    pub(super) fn read<T: Typed<COUNT>, const COUNT: usize>(
        self,
        names: [&'static str; COUNT],
    ) -> Result<T, ArgumentError> {
        let given = self.0.len();
        match names.get(given) {
            Some(name) => Err(ArgumentError::Missing {
                place: given + 1,
                name,
            }),
            None => self.read_some(names),
        }
    }

    /// As [`Self::read`]; what is left out at the end is `null`.
    pub(super) fn read_some<T: Typed<COUNT>, const COUNT: usize>(
        self,
        names: [&'static str; COUNT],
    ) -> Result<T, ArgumentError> {
        let given = self.0.len();
        if given > COUNT {
            return Err(ArgumentError::TooMany {
                given,
                taken: COUNT,
            });
        }
        let mut values = self.0.into_iter();
        T::read(
            std::array::from_fn(|_| values.next().unwrap_or(Value::Null)),
            names,
        )
    }
}

impl Typed<0> for () {
    fn read(_: [Value; 0], _: [&'static str; 0]) -> Result<Self, ArgumentError> {
        Ok(())
    }
}

impl<A: DeserializeOwned> Typed<1> for (A,) {
    fn read([a]: [Value; 1], [name]: [&'static str; 1]) -> Result<Self, ArgumentError> {
        Ok((one(a, name, 1)?,))
    }
}

fn one<T: DeserializeOwned>(
    value: Value,
    name: &'static str,
    place: usize,
) -> Result<T, ArgumentError> {
    serde_json::from_value(value).map_err(|error| ArgumentError::Unusable {
        place,
        name,
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(values: Vec<Value>) -> Result<String, String> {
        let read: Result<(String,), ArgumentError> = Arguments(values).read(["context"]);
        read.map(|(text,)| text).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_types() {
        assert_eq!(text(vec![json!("x")]), Ok("x".to_owned()));
        let wrong = text(vec![json!(1)]).unwrap_err();
        assert!(
            wrong.starts_with(
                "Argument 1 (`context`) is not what it should be: invalid type: integer"
            ),
            "{wrong}"
        );
        assert_eq!(
            text(vec![]).unwrap_err(),
            "Argument 1 (`context`) is missing"
        );
        assert_eq!(
            text(vec![json!("x"), json!("y")]).unwrap_err(),
            "Too many arguments: 2 instead of 1"
        );
    }

    #[test]
    fn an_argument_may_be_left_out_where_that_is_said() {
        let read: Result<(Option<String>,), ArgumentError> =
            Arguments(vec![]).read_some(["format"]);
        assert_eq!(read, Ok((None,)));
    }
}
