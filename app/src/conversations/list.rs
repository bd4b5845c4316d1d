//! The state of the list: the synced state, later pages, pending changes, the search. No I/O.

mod io;

use std::{cmp::Reverse, collections::BTreeSet};

use common::{
    directory::{Call, ConversationState, ListState, PageWanted, Summary, title},
    naming,
};

pub(crate) use self::io::{Deletion, Effect, Input, Shelf};
use super::{
    pages::{Pages, Wanted},
    search::Search,
};

/// The list's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// The last state of the directory.
    synced: ListState,
    /// The pages after it.
    tail: Pages,
    /// The archived conversations, while they are shown.
    archived: Option<Pages>,
    /// Changes that the directory has not confirmed.
    deeds: Vec<Deed>,
    last_deed: u32,
    /// The search.
    pub(crate) search: Search,
    /// The deletions that can be undone.
    pub(crate) deletions: Vec<Deletion>,
    /// Failed changes, with their reasons.
    pub(crate) problem: Option<String>,
    /// The conversation on the page.
    current: Option<String>,
    /// Whether the person can see the page.
    is_looked_at: bool,
}

/// A change that is shown before the directory has confirmed it.
#[derive(Clone, Debug)]
struct Deed {
    id: u32,
    call: Call,
    /// The directory has accepted it; the next state contains it.
    is_done: bool,
}

impl List {
    /// The list that the server rendered.
    pub(crate) fn of(state: ListState) -> Self {
        let mut list = Self::default();
        list.sync(state);
        list
    }

    /// Handles an input and returns the effects.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Synced(state) => {
                let mut effects = self.sync(state);
                effects.extend(self.look());
                effects
            }
            Input::More(shelf) => {
                let pages = match shelf {
                    Shelf::Listed => Some(&mut self.tail),
                    Shelf::Archived => self.archived.as_mut(),
                };
                pages
                    .map(|pages| page(shelf, pages.more()))
                    .into_iter()
                    .collect()
            }
            Input::Archived(true) => {
                let pages = self.archived.insert(Pages::default());
                vec![page(Shelf::Archived, pages.more())]
            }
            Input::Archived(false) => {
                self.archived = None;
                Vec::new()
            }
            Input::PageCame(shelf, turn, came) => {
                let pages = match shelf {
                    Shelf::Listed => Some(&mut self.tail),
                    Shelf::Archived => self.archived.as_mut(),
                };
                let wanted = pages.and_then(|pages| pages.came(turn, came));
                wanted
                    .map(|wanted| page(shelf, wanted))
                    .into_iter()
                    .collect()
            }
            Input::Do(call) => self.act(call),
            Input::Done(id, result) => {
                self.done(id, result);
                Vec::new()
            }
            Input::Query(query) => self
                .search
                .query(query)
                .map(Effect::Search)
                .into_iter()
                .collect(),
            Input::Found(query, found) => {
                self.search.found(&query, found);
                Vec::new()
            }
            Input::UndoOver(name) => {
                self.deletions.retain(|deletion| deletion.name != name);
                Vec::new()
            }
            Input::Dismissed => {
                self.problem = None;
                Vec::new()
            }
            Input::Current(current) => {
                self.current = current;
                self.look()
            }
            Input::LookedAt(is_looked_at) => {
                self.is_looked_at = is_looked_at;
                self.look()
            }
        }
    }

    fn sync(&mut self, state: ListState) -> Vec<Effect> {
        self.deeds.retain(|deed| !deed.is_done);
        let before = std::mem::replace(&mut self.synced, state);
        let mut effects: Vec<Effect> = self.notice(&before).into_iter().collect();
        match self.synced.next.clone() {
            Some(next) if self.tail.is_wanted() => {
                effects.push(page(Shelf::Listed, self.tail.again(Some(next))));
            }
            next => self.tail.begin_at(next),
        }
        if let Some(archived) = &mut self.archived {
            effects.push(page(Shelf::Archived, archived.again(None)));
        }
        effects
    }

    /// The notification for a person who does not see the page: its conversation has something new.
    fn notice(&self, before: &ListState) -> Option<Effect> {
        let current = self.current.as_ref().filter(|_| !self.is_looked_at)?;
        let find = |state: &ListState| {
            let mut rows = state.conversations.iter();
            rows.find(|row| row.name == *current).cloned()
        };
        let row = find(&self.synced).filter(is_news)?;
        let was_news = find(before).is_some_and(|row| is_news(&row));
        (!was_news).then(|| Effect::Notify {
            title: shown_title(row.title.as_deref(), &row.name),
            asks: row.state == ConversationState::Waiting,
            name: row.name,
        })
    }

    fn act(&mut self, call: Call) -> Vec<Effect> {
        let mut effects = Vec::new();
        match &call {
            Call::Delete(name) => {
                self.deletions.retain(|deletion| deletion.name != *name);
                self.deletions.push(Deletion {
                    name: name.clone(),
                    title: self.title_of(name),
                });
                effects.push(Effect::WaitForUndo(name.clone()));
            }
            Call::Undelete(name) => {
                self.deletions.retain(|deletion| deletion.name != *name);
                self.deeds
                    .retain(|deed| deed.call != Call::Delete(name.clone()));
            }
            Call::Page(_)
            | Call::Search(_)
            | Call::Rename { .. }
            | Call::Pin(_)
            | Call::Unpin(_)
            | Call::Archive(_)
            | Call::Unarchive(_)
            | Call::DeleteForGood(_)
            | Call::DeleteAll
            | Call::GetSettings
            | Call::SetSettings(_)
            | Call::Read(_) => {}
        }
        self.last_deed = self.last_deed.wrapping_add(1);
        self.deeds.push(Deed {
            id: self.last_deed,
            call: call.clone(),
            is_done: false,
        });
        effects.push(Effect::Call(self.last_deed, call));
        effects
    }

    fn done(&mut self, id: u32, result: Result<(), String>) {
        let Some(index) = self.deeds.iter().position(|deed| deed.id == id) else {
            return;
        };
        match result {
            Ok(()) => {
                if let Some(deed) = self.deeds.get_mut(index) {
                    deed.is_done = true;
                }
            }
            Err(words) => {
                let deed = self.deeds.remove(index);
                if let Call::Delete(name) = &deed.call {
                    self.deletions.retain(|deletion| deletion.name != *name);
                }
                // No caller waits for it.
                if !matches!(deed.call, Call::Read(_)) {
                    self.problem = Some(words);
                }
            }
        }
    }

    /// Marks the answers of the conversation on the page as seen.
    fn look(&mut self) -> Vec<Effect> {
        let Some(name) = self.current.clone().filter(|_| self.is_looked_at) else {
            return Vec::new();
        };
        let is_unread = self
            .synced
            .conversations
            .iter()
            .chain(&self.tail.rows)
            .any(|row| row.name == name && row.is_unread);
        let call = Call::Read(name);
        if is_unread && !self.deeds.iter().any(|deed| deed.call == call) {
            self.act(call)
        } else {
            Vec::new()
        }
    }

    /// The conversations, in order.
    pub(crate) fn rows(&self) -> Vec<Summary> {
        let known: BTreeSet<&str> = self
            .synced
            .conversations
            .iter()
            .map(|row| row.name.as_str())
            .collect();
        let later = self.tail.rows.iter();
        let later = later.filter(|row| !known.contains(row.name.as_str()));
        let rows = self.synced.conversations.iter().chain(later).cloned();
        let mut rows = self.as_changed(rows.collect(), Shelf::Listed);
        rows.sort_by_key(|row| Reverse((row.is_pinned, row.active)));
        rows
    }

    /// The archived conversations; `None` while they are hidden.
    pub(crate) fn archived_rows(&self) -> Option<Vec<Summary>> {
        let archived = self.archived.as_ref()?;
        let mut rows = self.as_changed(archived.rows.clone(), Shelf::Archived);
        // A restored conversation may still be on an archive page that was read earlier.
        let is_listed = |row: &Summary| {
            self.synced
                .conversations
                .iter()
                .any(|listed| listed.name == row.name)
        };
        rows.retain(|row| !is_listed(row));
        Some(rows)
    }

    /// The pages of a list, while it is shown.
    pub(crate) const fn pages(&self, shelf: Shelf) -> Option<&Pages> {
        match shelf {
            Shelf::Listed => Some(&self.tail),
            Shelf::Archived => self.archived.as_ref(),
        }
    }

    /// The number of archived conversations.
    pub(crate) const fn archived_count(&self) -> u64 {
        self.synced.archived
    }

    /// The number of conversations with an unseen answer or question.
    pub(crate) fn news(&self) -> usize {
        let is_seen = |row: &Summary| self.is_looked_at && self.current.as_ref() == Some(&row.name);
        let rows = self.rows();
        let news = rows.iter().filter(|row| is_news(row) && !is_seen(row));
        news.count()
    }

    /// The title of a conversation, if it is known.
    pub(crate) fn given_title(&self, name: &str) -> Option<String> {
        let archived = self.archived.iter().flat_map(|pages| &pages.rows);
        let known = self.synced.conversations.iter().chain(&self.tail.rows);
        let row = known.chain(archived).find(|row| row.name == name)?;
        let mut rows = vec![row.clone()];
        for deed in &self.deeds {
            if let Call::Rename { .. } = deed.call {
                rows = changed(rows, &deed.call, Shelf::Listed);
            }
        }
        rows.pop()?.title
    }

    /// The label of a conversation.
    pub(crate) fn title_of(&self, name: &str) -> String {
        let title = self.given_title(name);
        shown_title(title.as_deref(), name)
    }

    fn as_changed(&self, rows: Vec<Summary>, shelf: Shelf) -> Vec<Summary> {
        let deeds = self.deeds.iter();
        deeds.fold(rows, |rows, deed| changed(rows, &deed.call, shelf))
    }
}

/// Whether a conversation has something new.
fn is_news(row: &Summary) -> bool {
    row.is_unread || row.state == ConversationState::Waiting
}

/// The label of a conversation: its title in one line, or its name while it has none. A name with nothing visible is shown
/// as in the URL. Names from before they had a limit are cut.
pub(crate) fn shown_title(title: Option<&str>, name: &str) -> String {
    let visible = |text: String| Some(text).filter(|text| !text.is_empty());
    let name_on_a_line = || {
        let name = naming::decode_segment(name);
        visible(title::shortened(&name, naming::MAX_NAME_CHARS))
    };
    title
        .and_then(|title| visible(title::one_line(title)))
        .or_else(name_on_a_line)
        .unwrap_or_else(|| title::shortened(name, naming::MAX_NAME_CHARS))
}

fn changed(mut rows: Vec<Summary>, call: &Call, shelf: Shelf) -> Vec<Summary> {
    let mut change = |name: &str, change: &dyn Fn(&mut Summary)| {
        let row = rows.iter_mut().find(|row| row.name == *name);
        row.into_iter().for_each(change);
    };
    match (call, shelf) {
        (Call::Rename { name, title }, _) => {
            // An impossible title is refused.
            if let Ok(title) = title::given(title) {
                change(name, &|row| row.title = Some(title.clone()));
            }
        }
        (Call::Pin(name), _) => change(name, &|row| row.is_pinned = true),
        (Call::Unpin(name), _) => change(name, &|row| row.is_pinned = false),
        (Call::Read(name), _) => change(name, &|row| row.is_unread = false),
        (Call::Archive(name), Shelf::Listed)
        | (Call::Unarchive(name), Shelf::Archived)
        | (Call::Delete(name) | Call::DeleteForGood(name), _) => {
            rows.retain(|row| row.name != *name);
        }
        (Call::DeleteAll, _) => rows.clear(),
        (Call::Archive(_), Shelf::Archived)
        | (Call::Unarchive(_), Shelf::Listed)
        | (
            Call::Page(_)
            | Call::Search(_)
            | Call::Undelete(_)
            | Call::GetSettings
            | Call::SetSettings(_),
            _,
        ) => {}
    }
    rows
}

fn page(shelf: Shelf, Wanted { turn, cursor }: Wanted) -> Effect {
    let wanted = PageWanted {
        cursor,
        limit: None,
        is_of_archived: shelf == Shelf::Archived,
    };
    Effect::Page(shelf, turn, wanted)
}

#[cfg(test)]
mod tests;
