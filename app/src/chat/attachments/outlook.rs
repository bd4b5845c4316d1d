//! What the attached files mean for the message.

/// What the attached files mean for the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "the list of the browser makes the others")
)]
pub(super) enum Outlook {
    /// There are none.
    #[default]
    Empty,
    /// They are on their way: the message is sent when they are there.
    Busy,
    /// One of them is in the way, and only the person can change that.
    Blocked,
    /// The message can be sent.
    Ready,
}
