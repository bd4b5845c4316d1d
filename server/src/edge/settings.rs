//! The Worker's settings: variables and secrets of the environment.

use worker::Env;

use crate::{
    config::{Config, ConfigError},
    providers::Provider,
};

/// Parses the settings. Secrets and variables look alike to a Worker.
pub(super) fn config(env: &Env) -> Result<Config, ConfigError> {
    Config::parse(|name| env.var(name).ok().map(|value| value.to_string()))
}

/// What keeps the Worker from answering, in words for whoever runs it.
pub(super) fn setup_problem(env: &Env) -> Option<String> {
    match config(env) {
        Err(error) => Some(error.to_string()),
        Ok(config) => config.readiness().err().map(|problem| problem.to_string()),
    }
}

/// Whether the built-in demo model answers.
pub(super) fn is_demo(env: &Env) -> bool {
    config(env).is_ok_and(|config| config.provider == Provider::Demo)
}

/// Logs a set-up problem, once in the life of an isolate.
pub(super) fn log_setup_problem_once(env: &Env) {
    thread_local! {
        static CHECKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if !CHECKED.replace(true)
        && let Some(problem) = setup_problem(env)
    {
        worker::console_error!("{problem}");
    }
}
