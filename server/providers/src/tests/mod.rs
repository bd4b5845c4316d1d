//! The test suite for all providers. It requires the same cases of each, so that a new provider knows what to record.

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
