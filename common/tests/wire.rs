//! The wire: every variant beside its exact JSON, checked both ways, with the malformed neighbours.
//!
//! The JSON is in `goldens/`, one file a family, so that a change of the wire is a visible diff. A case without a
//! golden fails, and a golden without a case too. `UPDATE_GOLDENS=1 cargo test -p common --test wire` writes them.

#[cfg(test)]
mod wire {
    mod chunks;
    mod client_frames;
    mod fuzz;
    mod golden;
    mod legacy;
    mod lenient;
    mod malformed;
    mod parts;
    mod server_frames;
}
