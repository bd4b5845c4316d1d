//! The edge: the only code that names the platform. It moves bytes; other crates and modules decide.
//!
//! - [`entry`]: the Worker's fetch event. [`door`]: which requests are admitted. [`forwarded`]: headers that only a proxy
//!   may send. [`sign_in`]: the caller. [`accounts`]: the object of the accounts. [`account_pages`]: the pages where people
//!   sign in and manage their accounts. [`headers`]: the headers of every response.
//! - [`page`]: server rendering. [`picture`]: pictures of other servers. [`health`], [`version`]: the state of the server.
//!   [`observe`]: events and counters for operators.
//! - [`router`]: from a URL to an agent. [`policy`]: the part of it that a deployment may change.
//! - [`object`]: the Durable Object of a conversation. [`instance`]: its machine, store and connections, and the effects.
//! - [`model`]: model calls. [`calls`]: how many run at once. [`wire`]: their bytes. [`model_check`]: the smallest one, for the
//!   connection doctor. [`models`]: the provider's list. [`known`]: the facts that calls share. [`ledger`]: the money spent
//!   today.
//! - [`directory`]: the Durable Object of a person's list of conversations. [`sockets`]: the connections of both.
//! - [`reads`]: plain requests for a conversation. [`files`]: those for its workspace. [`portable`]: its export and import.
//!   [`unstored`]: requests for a conversation that is stored nowhere.
//! - [`disk`]: whether the disk takes writes. [`probe`]: the write that tests it. [`failures`]: responses for failing
//!   stores.
//! - [`limits`]: limits on requests and new conversations.
//! - [`fetch`]: pages that tools read. [`binding`]: requests through bindings.
//! - [`sql`], [`random`], [`settings`]: the platform's SQLite, random ids, clock and settings. [`turns`]: lets other work
//!   go first.

mod access;
mod account_pages;
mod accounts;
mod binding;
mod calls;
mod directory;
mod disk;
mod door;
mod entry;
mod failures;
mod fetch;
mod files;
mod forwarded;
mod github;
mod headers;
mod health;
mod instance;
mod known;
mod ledger;
mod limits;
mod model;
mod model_check;
mod models;
mod object;
mod observe;
mod page;
mod picture;
mod policy;
mod portable;
mod probe;
mod random;
mod reads;
mod router;
mod settings;
mod sign_in;
mod sockets;
mod sql;
mod turns;
mod unstored;
mod version;
mod wire;
