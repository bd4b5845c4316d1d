//! The Worker's settings: variables and secrets of the environment.

use worker::Env;

use crate::{
    config::{Config, ConfigError, Modes, SignIn},
    providers::{Provider, Secret},
};

/// Parses the settings. Secrets and variables look alike to a Worker.
pub(super) fn config(env: &Env) -> Result<Config, ConfigError> {
    Config::parse(|name| variable(env, name))
}

/// Who may use the server.
pub(super) fn sign_in(env: &Env) -> SignIn {
    SignIn::parse(|name| variable(env, name))
}

/// What the owner's links are signed with.
pub(super) fn owner_secret(env: &Env) -> Option<Secret> {
    match sign_in(env) {
        SignIn::On(Modes { owner, .. }) => owner,
        SignIn::Off | SignIn::NotSetUp(_) => None,
    }
}

/// The port that the server listens on, as the start scripts say; not known on Cloudflare.
pub(super) fn own_port(env: &Env) -> Option<String> {
    variable(env, "OWN_PORT")
}

fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
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
