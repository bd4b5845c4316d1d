//! Where the focus goes when what has it goes.

use crate::browser::dom;

/// Puts the focus on the drawer's heading.
pub(super) fn focus_top() {
    dom::focus_first(".drawer h2");
}
