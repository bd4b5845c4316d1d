//! What happens to the list, and what is to be done.

use common::directory::{
    Call, ListState, Page, PageWanted,
    search::{Found, SearchWanted},
};

/// A deletion that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deletion {
    /// The conversation.
    pub(crate) name: String,
    /// Its title.
    pub(crate) title: String,
}

/// The list that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// The conversations.
    Listed,
    /// The archived conversations.
    Archived,
}

/// The events of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// The directory has sent its state.
    Synced(ListState),
    /// The person wants to see more.
    More(Shelf),
    /// The person opens or closes the archived conversations.
    Archived(bool),
    /// A page arrived, or failed.
    PageCame(Shelf, u32, Result<Page, String>),
    /// The person changes something.
    Do(Call),
    /// A change succeeded, or failed for this reason.
    Done(u32, Result<(), String>),
    /// The person searches.
    Query(String),
    /// Results of a search.
    Found(String, Result<Found, String>),
    /// A deletion can no longer be undone.
    UndoOver(String),
    /// The person has dismissed a failure.
    Dismissed,
    /// Another conversation is on the page; `None`: none.
    Current(Option<String>),
    /// The page became visible or hidden.
    LookedAt(bool),
}

/// The effects of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Read a page.
    Page(Shelf, u32, PageWanted),
    /// Call the directory.
    Call(u32, Call),
    /// Search, unless the query changes soon.
    Search(SearchWanted),
    /// Report when the deletion of this conversation can no longer be undone.
    WaitForUndo(String),
    /// Notify a person who does not see the page that its conversation has something new.
    Notify {
        /// The conversation.
        name: String,
        /// Its title.
        title: String,
        /// Whether it waits for the person.
        asks: bool,
    },
}
