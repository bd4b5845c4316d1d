//! The suite that every provider passes. It asks each for the same cases, so a new provider knows what to record.

mod demo;
mod openai_compatible;
mod suite;

use crate::Provider;

#[test]
fn every_provider_passes_the_suite() {
    for name in Provider::NAMES {
        match *name {
            "openrouter" => suite::check(&openai_compatible::Recordings),
            "demo" => suite::check(&demo::BuiltIn),
            other => panic!("{other} has no recordings"),
        }
    }
}
