//! The person's settings in the directory: they are replaced as a whole, and each section of the page changes a part.

use common::directory::{Call, Settings};

use crate::conversations::Conversations;

/// Reads them.
///
/// # Errors
/// The reason, as a clause.
pub(super) async fn read(conversations: Conversations) -> Result<Settings, String> {
    let read = conversations.call(Call::GetSettings).await?;
    Settings::from_json(read).ok_or_else(|| "the server's answer could not be read".to_owned())
}

/// Changes a part of them.
///
/// # Errors
/// The reason, as a clause.
pub(super) async fn change(
    conversations: Conversations,
    change: impl FnOnce(&mut Settings),
) -> Result<(), String> {
    let mut settings = read(conversations).await?;
    change(&mut settings);
    let settings = settings.checked().map_err(|problem| problem.to_string())?;
    let saved = conversations.call(Call::SetSettings(settings)).await;
    saved.map(drop)
}
