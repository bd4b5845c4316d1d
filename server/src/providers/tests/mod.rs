//! The suite that every provider passes. It asks each for the same cases, so a new provider knows what to record.

mod demo;
mod openai_compatible;
mod suite;

use crate::{config::Config, providers::Provider};

#[test]
fn every_provider_passes_the_suite() {
    for name in Provider::NAMES {
        let lookup = |setting: &str| (setting == "PROVIDER").then(|| (*name).to_owned());
        match Config::parse(lookup).unwrap().provider {
            Provider::OpenAiCompatible(_) => suite::check(&openai_compatible::Recordings),
            Provider::Demo => suite::check(&demo::BuiltIn),
        }
    }
}
