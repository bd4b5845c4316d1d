//! The declarations of wire types. Each field has its name on the wire, and before it, where it is not read by its type, the
//! way it is: a module with a function `take` and a function `put`, which has to be in scope.

/// A struct whose fields are those of a JSON object.
///
/// ```text
/// record! {
///     pub struct PartDelta {
///         /// Which part.
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

/// An enum whose variant is named by a field of the JSON object, `type` in most cases. Variants behind `else` are not named by a
/// fixed text: the type inside says how they are written, and whoever reads the enum decides when they are meant.
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
            /// Reads the variant that `tag` names; `None`: it names none.
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

            /// The fields of the object, with the one that names the variant.
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

/// An enum of words. A field of it says one of them; `expected` is what it says otherwise, such as "`on` or `off`".
///
/// ```text
/// words! {
///     pub enum PartState, expected "`streaming` or `done`" {
///         /// It grows.
///         "streaming" => Streaming,
///         /// It is complete.
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
            /// The wire's word for it.
            #[must_use]
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }

            /// From the wire's word.
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

/// The function of a way; [`plain`](super::plain) where none is named.
macro_rules! way {
    ($function:ident $(; $type:ty)?) => {
        $crate::fields::plain::$function
    };
    ($function:ident $way:ident $(; $type:ty)?) => {
        $way::$function
    };
}

/// The fields of a variant that is not named by a fixed text; of one that holds nothing, none.
macro_rules! untagged {
    () => {
        $crate::fields::Fields::default()
    };
    ($type:ty => $inner:ident) => {
        $crate::fields::Untagged::fields($inner)
    };
}

/// A binding in a repetition that is made for a type.
macro_rules! binding {
    ($name:ident $type:ty) => {
        $name
    };
}
