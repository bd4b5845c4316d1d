//! The placement of objects.

/// The placement of the objects behind the router.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The jurisdiction of the objects' data; `None` for any. It is part of an object's identity: with another one, a
    /// name stands for another object, and the old transcript is not found.
    pub jurisdiction: Option<Jurisdiction>,
    /// The location of new objects; `None` for close to the first caller. It does not move existing objects.
    pub location_hint: Option<LocationHint>,
}

/// A jurisdiction for data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jurisdiction {
    /// The European Union.
    EuropeanUnion,
    /// The United States.
    UnitedStates,
    /// FedRAMP Moderate.
    FedRamp,
    /// FedRAMP High.
    FedRampHigh,
}

impl Jurisdiction {
    /// The platform's name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EuropeanUnion => "eu",
            Self::UnitedStates => "us",
            Self::FedRamp => "fedramp",
            Self::FedRampHigh => "fedramp-high",
        }
    }
}

/// A preferred location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationHint {
    /// Western North America.
    WesternNorthAmerica,
    /// Eastern North America.
    EasternNorthAmerica,
    /// South America.
    SouthAmerica,
    /// Western Europe.
    WesternEurope,
    /// Eastern Europe.
    EasternEurope,
    /// Asia-Pacific.
    AsiaPacific,
    /// Oceania.
    Oceania,
    /// Africa.
    Africa,
    /// The Middle East.
    MiddleEast,
}

impl LocationHint {
    /// The platform's name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WesternNorthAmerica => "wnam",
            Self::EasternNorthAmerica => "enam",
            Self::SouthAmerica => "sam",
            Self::WesternEurope => "weur",
            Self::EasternEurope => "eeur",
            Self::AsiaPacific => "apac",
            Self::Oceania => "oc",
            Self::Africa => "afr",
            Self::MiddleEast => "me",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_platforms() {
        use Jurisdiction::{EuropeanUnion, FedRamp, FedRampHigh, UnitedStates};
        use LocationHint::{
            Africa, AsiaPacific, EasternEurope, EasternNorthAmerica, MiddleEast, Oceania,
            SouthAmerica, WesternEurope, WesternNorthAmerica,
        };
        assert_eq!(
            [EuropeanUnion, UnitedStates, FedRamp, FedRampHigh].map(Jurisdiction::code),
            ["eu", "us", "fedramp", "fedramp-high"]
        );
        assert_eq!(
            [WesternNorthAmerica, EasternNorthAmerica, SouthAmerica].map(LocationHint::code),
            ["wnam", "enam", "sam"]
        );
        assert_eq!(
            [WesternEurope, EasternEurope, Africa, MiddleEast].map(LocationHint::code),
            ["weur", "eeur", "afr", "me"]
        );
        assert_eq!(
            [AsiaPacific, Oceania].map(LocationHint::code),
            ["apac", "oc"]
        );
    }
}
