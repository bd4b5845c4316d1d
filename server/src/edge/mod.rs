//! The edge: the only place that names the platform. It moves bytes; what follows from them is decided elsewhere.
//!
//! - [`entry`]: the Worker's fetch event. [`door`]: which requests are let in. [`forwarded`]: headers that only a proxy may send.
//!   [`sign_in`]: who calls. [`accounts`]: the object that knows. [`account_pages`]: where people sign in and manage it.
//!   [`headers`]: what every answer carries.
//! - [`page`]: server rendering. [`picture`]: pictures of other servers. [`health`], [`version`]: what the server says of itself.
//!   [`observe`]: events and counters for those who run it.
//! - [`router`]: from a URL to an agent. [`policy`]: what a deployer may change about it.
//! - [`object`]: the Durable Object. [`instance`]: one instance's machine, store and connections, and the effects.
//! - [`model`]: model calls. [`calls`]: how many at once. [`wire`]: their bytes. [`model_check`]: the smallest one, for the connection doctor. [`models`]: the provider's
//!   list. [`ledger`]: what was spent today.
//! - [`directory`]: the Durable Object of a person's list of conversations. [`sockets`]: what it shares with [`object`].
//! - [`reads`]: plain requests for a conversation. [`files`]: those for its workspace. [`portable`]: it as an archive. [`unstored`]: those for a conversation that is stored nowhere.
//! - [`disk`]: whether it takes writes. [`probe`]: one that is tried. [`failures`]: the answers when a store fails.
//! - [`limits`]: how often somebody may ask.
//! - [`fetch`]: pages that tools read. [`binding`]: ways out of the Worker.
//! - [`sql`], [`random`], [`settings`]: the platform's SQLite, random ids, clock and settings. [`turns`]: letting others go first.

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
mod headers;
mod health;
mod instance;
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
