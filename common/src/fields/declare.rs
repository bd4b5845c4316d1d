//! The macros that declare wire types. Each field has its name on the wire. Before the name there may be a way: a
//! module, in scope, whose functions `take` and `put` read and write the field instead of its type.

/// Declares a struct whose fields are those of a JSON object.
///
/// ```text
/// record! {
///     pub struct PartDelta {
///         /// The part's id.
///         pub id: PartId = "id",
///         /// Missing is `false`.
///         pub is_last: bool = flag "isLast",
///         /// Fields of another record, beside these.
///         pub more: More = flat,
///     }
/// }
/// ```
macro_rules! record {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_visibility:vis $field:ident : $type:ty = $($way:ident)? $($key:literal)?),* $(,)?
        }
    ) => {
        $(#[$meta])*
        $visibility struct $name {
            $($(#[$field_meta])* $field_visibility $field: $type),*
        }

        impl $crate::fields::Record for $name {
            fn take(
                fields: &mut $crate::fields::Fields,
            ) -> Result<Self, $crate::fields::FieldError> {
                Ok(Self {
                    $($field: way!(take $($way)?)(fields $(, $key)?)?),*
                })
            }

            fn put(&self, fields: &mut $crate::fields::Fields) {
                $(way!(put $($way)?)(&self.$field, fields $(, $key)?);)*
            }
        }
    };
}

/// Declares an enum whose variant is named by a field of the JSON object, mostly `type`. Variants behind `else` have
/// no fixed name: their type writes it, and the caller decides when such a variant is read.
///
/// ```text
/// tagged! {
///     pub enum Chunk by "type" {
///         /// A text part grows.
///         "text-delta" => TextDelta(PartDelta = flat),
///         /// The producer was aborted.
///         "abort" => Abort {
///             /// Why.
///             reason: Option<String> = "reason",
///         },
///         /// A step begins.
///         "start-step" => StartStep,
///     } else {
///         /// `data-{name}` on the wire.
///         Data(DataChunk),
///     }
/// }
/// ```
macro_rules! tagged {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident by $by:literal {
            $(
                $(#[$variant_meta:meta])*
                $tag:literal => $variant:ident
                $(( $inner:ty = $($inner_way:ident)? $($inner_key:literal)? ))?
                $({ $($(#[$field_meta:meta])* $field:ident : $type:ty = $($way:ident)? $($key:literal)?),* $(,)? })?
            ),* $(,)?
        }
        $(else { $($(#[$other_meta:meta])* $other:ident $(($other_type:ty))?),* $(,)? })?
    ) => {
        $(#[$meta])*
        $visibility enum $name {
            $(
                $(#[$variant_meta])*
                $variant $(($inner))? $({ $($(#[$field_meta])* $field: $type),* })?,
            )*
            $($($(#[$other_meta])* $other $(($other_type))?,)*)?
        }

        impl $crate::fields::Tagged for $name {
            fn tag(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant { .. } => Some($tag),)*
                    $($(Self::$other { .. } => None,)*)?
                }
            }
        }

        impl $name {
            /// Reads the variant that `tag` names; `None` when it names no variant.
            fn take_tagged(
                tag: &str,
                fields: &mut $crate::fields::Fields,
            ) -> Result<Option<Self>, $crate::fields::FieldError> {
                Ok(Some(match tag {
                    $($tag => Self::$variant {
                        $(0: way!(take $($inner_way)?; $inner)(fields $(, $inner_key)?)?,)?
                        $($($field: way!(take $($way)?)(fields $(, $key)?)?,)*)?
                    },)*
                    _ => return Ok(None),
                }))
            }

            /// The fields of the object, including the one that names the variant.
            fn fields(&self) -> $crate::fields::Fields {
                match self {
                    $(Self::$variant { $(0: binding!(inner $inner),)? $($($field),*)? } => {
                        let mut fields = $crate::fields::Fields::default();
                        fields.set($by, $tag);
                        $(way!(put $($inner_way)?; $inner)(inner, &mut fields $(, $inner_key)?);)?
                        $($(way!(put $($way)?)($field, &mut fields $(, $key)?);)*)?
                        fields
                    })*
                    $($(Self::$other { $(0: binding!(other $other_type))? } => untagged!($($other_type => other)?),)*)?
                }
            }
        }
    };
}

/// Declares an enum of words, each the value of a field. `expected` describes the words in errors, such as "`on` or
/// `off`".
///
/// ```text
/// words! {
///     pub enum PartState, expected "`streaming` or `done`" {
///         /// The part still grows.
///         "streaming" => Streaming,
///         /// The part is complete.
///         "done" => Done,
///     }
/// }
/// ```
macro_rules! words {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident, expected $expected:literal {
            $($(#[$variant_meta:meta])* $word:literal => $variant:ident),* $(,)?
        }
    ) => {
        $(#[$meta])*
        $visibility enum $name {
            $($(#[$variant_meta])* $variant),*
        }

        impl $name {
            /// The wire's word.
            #[must_use]
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }

            /// Reads the wire's word.
            #[must_use]
            $visibility fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $crate::fields::Field for $name {
            fn take(
                fields: &mut $crate::fields::Fields,
                name: &'static str,
            ) -> Result<Self, $crate::fields::FieldError> {
                match Self::from_word(&fields.text(name)?) {
                    Some(word) => Ok(word),
                    None => $crate::fields::Fields::unexpected(name, $expected),
                }
            }

            fn put(&self, fields: &mut $crate::fields::Fields, name: &str) {
                fields.set(name, self.as_str());
            }
        }
    };
}

/// The function of a way; that of [`plain`](super::plain) when no way is named.
macro_rules! way {
    ($function:ident $(; $type:ty)?) => {
        $crate::fields::plain::$function
    };
    ($function:ident $way:ident $(; $type:ty)?) => {
        $way::$function
    };
}

/// The fields of a variant without a fixed name; an empty variant has none.
macro_rules! untagged {
    () => {
        $crate::fields::Fields::default()
    };
    ($type:ty => $inner:ident) => {
        $crate::fields::Untagged::fields($inner)
    };
}

/// A binding for a repetition that generates a type.
macro_rules! binding {
    ($name:ident $type:ty) => {
        $name
    };
}
