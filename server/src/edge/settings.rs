//! The Worker's settings: variables and secrets of the environment, read once per isolate.

use std::{cell::OnceCell, rc::Rc};

use app::api::OwnModel;
use common::secret::Secret;
use providers::Provider;
use worker::Env;

use crate::{
    config::{Config, ConfigError, Modes, SignIn},
    door::{Policy, PolicyError},
};

/// The parsed settings, shared by the whole isolate.
pub(super) type SharedConfig = Rc<Result<Config, ConfigError>>;

/// The parsed settings of an isolate.
#[derive(Debug)]
struct Settings {
    config: SharedConfig,
    sign_in: SignIn,
    door: Policy,
    door_mistake: Option<PolicyError>,
    own_port: Option<String>,
    is_on_own_machine: bool,
}

thread_local! {
    /// The environment of an isolate never changes, and each read of it is a call out of the wasm.
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

fn settings(env: &Env) -> Rc<Settings> {
    SETTINGS.with(|settings| Rc::clone(settings.get_or_init(|| Rc::new(Settings::read(env)))))
}

impl Settings {
    fn read(env: &Env) -> Self {
        let lookup = |name: &str| variable(env, name);
        // With invalid settings, nobody is admitted.
        let (door, door_mistake) = match Policy::parse(lookup) {
            Ok(policy) => (policy, None),
            Err(mistake) => (Policy::without_names(lookup), Some(mistake)),
        };
        Self {
            config: Rc::new(Config::parse(lookup)),
            sign_in: SignIn::parse(lookup),
            door,
            door_mistake,
            own_port: variable(env, "OWN_PORT"),
            is_on_own_machine: variable(env, "LISTENS_ON").is_some(),
        }
    }
}

/// The settings of the Worker. It does not distinguish secrets from variables.
pub(super) fn config(env: &Env) -> SharedConfig {
    Rc::clone(&settings(env).config)
}

/// Who may use the server.
pub(super) fn sign_in(env: &Env) -> SignIn {
    settings(env).sign_in.clone()
}

/// Calls `work` with the policy of the door, and with the error of its settings.
pub(super) fn with_door<T>(env: &Env, work: impl FnOnce(&Policy, Option<&PolicyError>) -> T) -> T {
    let settings = settings(env);
    work(&settings.door, settings.door_mistake.as_ref())
}

/// The key that signs the owner's links.
pub(super) fn owner_secret(env: &Env) -> Option<Secret> {
    match sign_in(env) {
        SignIn::On(Modes { owner, .. }) => owner,
        SignIn::Off | SignIn::NotSetUp(_) => None,
    }
}

/// The server's port, as set by the start scripts; unknown on Cloudflare.
pub(super) fn own_port(env: &Env) -> Option<String> {
    settings(env).own_port.clone()
}

/// Whether this is a self-hosted server, as set by the start scripts; otherwise it is Cloudflare's.
pub(super) fn is_on_own_machine(env: &Env) -> bool {
    settings(env).is_on_own_machine
}

fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}

/// Why the Worker cannot respond: a sentence for its operator.
pub(super) fn setup_problem(env: &Env) -> Option<String> {
    match config(env).as_ref() {
        Err(error) => Some(error.to_string()),
        Ok(config) => config.readiness().err().map(|problem| problem.to_string()),
    }
}

/// The model of conversations that have chosen none.
pub(super) fn own_model(env: &Env) -> OwnModel {
    match config(env).as_ref().as_ref().map(|config| &config.provider) {
        Ok(Provider::Demo) => OwnModel::Demo,
        Ok(Provider::OpenAiCompatible(settings)) => OwnModel::Id(settings.model.clone()),
        Err(_) => OwnModel::None,
    }
}

/// Logs a set-up problem, once per isolate.
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
