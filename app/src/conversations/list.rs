//! What the list shows and does: the synced state, later pages, what the person changes, the search. No I/O.

use std::{cmp::Reverse, collections::BTreeSet};

use common::directory::{
    Call, ConversationState, ListState, Page, PageWanted, Summary,
    search::{Found, SearchWanted},
    title,
};

use super::{
    pages::{Pages, Wanted},
    search::Search,
};

/// The list's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// What the directory said last.
    told: ListState,
    /// What comes after that.
    tail: Pages,
    /// The archived conversations, while they are shown.
    archived: Option<Pages>,
    /// What the person does that the directory has not said yet.
    deeds: Vec<Deed>,
    last_deed: u32,
    /// What is looked for.
    pub(crate) search: Search,
    /// The deletions that can be taken back.
    pub(crate) deletions: Vec<Deletion>,
    /// What could not be done, and why.
    pub(crate) problem: Option<String>,
    /// The conversation on the page.
    current: Option<String>,
    /// Whether the person looks at the page.
    is_looked_at: bool,
}

/// A change that shows before the directory has said it.
#[derive(Clone, Debug)]
struct Deed {
    id: u32,
    call: Call,
    /// The directory has taken it, and says so with its next state.
    is_done: bool,
}

/// A deletion that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deletion {
    /// Of which conversation.
    pub(crate) name: String,
    /// Its title.
    pub(crate) title: String,
}

/// Which list a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// The list.
    Listed,
    /// The archived conversations.
    Archived,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// The directory tells its state.
    Told(ListState),
    /// The person wants to see more.
    More(Shelf),
    /// The person opens or closes the archived conversations.
    Archived(bool),
    /// A page came, or did not.
    PageCame(Shelf, u32, Result<Page, String>),
    /// The person changes something.
    Do(Call),
    /// It was done, or was not for this reason.
    Done(u32, Result<(), String>),
    /// The person looks for something.
    Query(String),
    /// What was found of it.
    Found(String, Result<Found, String>),
    /// A deletion can no longer be taken back.
    UndoOver(String),
    /// The person has seen what could not be done.
    Dismissed,
    /// Another conversation is on the page; `None`: none.
    Current(Option<String>),
    /// The person begins, or ceases, to look at the page.
    LookedAt(bool),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Read a page.
    Page(Shelf, u32, PageWanted),
    /// Call the directory.
    Call(u32, Call),
    /// Search, unless something else is looked for soon.
    Search(SearchWanted),
    /// Say when the deletion of this conversation can no longer be taken back.
    WaitForUndo(String),
    /// Tell a person who does not look that the conversation on the page has something new.
    Notify {
        /// Which.
        name: String,
        /// Its title.
        title: String,
        /// Whether it waits for the person.
        asks: bool,
    },
}

impl List {
    /// A list that a page was rendered with.
    pub(crate) fn of(state: ListState) -> Self {
        let mut list = Self::default();
        list.told(state);
        list
    }

    /// Takes an input and says what is to be done.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Told(state) => {
                let mut effects = self.told(state);
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

    fn told(&mut self, state: ListState) -> Vec<Effect> {
        self.deeds.retain(|deed| !deed.is_done);
        let before = std::mem::replace(&mut self.told, state);
        let mut effects: Vec<Effect> = self.notice(&before).into_iter().collect();
        match self.told.next.clone() {
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

    /// What to tell a person who does not look at the page: that its conversation has something new.
    fn notice(&self, before: &ListState) -> Option<Effect> {
        let current = self.current.as_ref().filter(|_| !self.is_looked_at)?;
        let find = |state: &ListState| {
            let mut rows = state.conversations.iter();
            rows.find(|row| row.name == *current).cloned()
        };
        let row = find(&self.told).filter(is_news)?;
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
                // Nobody has asked for it.
                if !matches!(deed.call, Call::Read(_)) {
                    self.problem = Some(words);
                }
            }
        }
    }

    /// Says that the person has seen the answers of the conversation on the page.
    fn look(&mut self) -> Vec<Effect> {
        let Some(name) = self.current.clone().filter(|_| self.is_looked_at) else {
            return Vec::new();
        };
        let is_unread = self
            .told
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
            .told
            .conversations
            .iter()
            .map(|row| row.name.as_str())
            .collect();
        let later = self.tail.rows.iter();
        let later = later.filter(|row| !known.contains(row.name.as_str()));
        let rows = self.told.conversations.iter().chain(later).cloned();
        let mut rows = self.as_changed(rows.collect(), Shelf::Listed);
        rows.sort_by_key(|row| Reverse((row.is_pinned, row.active)));
        rows
    }

    /// The archived conversations that are shown; `None`: they are not shown.
    pub(crate) fn archived_rows(&self) -> Option<Vec<Summary>> {
        let archived = self.archived.as_ref()?;
        let mut rows = self.as_changed(archived.rows.clone(), Shelf::Archived);
        // One that is back in the list may still be on the page of archived ones that was read before.
        let is_listed = |row: &Summary| {
            self.told
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

    /// How many conversations are archived.
    pub(crate) const fn archived_count(&self) -> u64 {
        self.told.archived
    }

    /// How many conversations have an answer or a question that the person has not seen.
    pub(crate) fn news(&self) -> usize {
        let is_seen = |row: &Summary| self.is_looked_at && self.current.as_ref() == Some(&row.name);
        let rows = self.rows();
        let news = rows.iter().filter(|row| is_news(row) && !is_seen(row));
        news.count()
    }

    /// The title of a conversation, if it has one and is known.
    pub(crate) fn given_title(&self, name: &str) -> Option<String> {
        let archived = self.archived.iter().flat_map(|pages| &pages.rows);
        let known = self.told.conversations.iter().chain(&self.tail.rows);
        let row = known.chain(archived).find(|row| row.name == name)?;
        let mut rows = vec![row.clone()];
        for deed in &self.deeds {
            if let Call::Rename { .. } = deed.call {
                rows = changed(rows, &deed.call, Shelf::Listed);
            }
        }
        rows.pop()?.title
    }

    /// What to call a conversation.
    pub(crate) fn title_of(&self, name: &str) -> String {
        let title = self.given_title(name);
        shown_title(title.as_deref(), name)
    }

    fn as_changed(&self, rows: Vec<Summary>, shelf: Shelf) -> Vec<Summary> {
        let deeds = self.deeds.iter();
        deeds.fold(rows, |rows, deed| changed(rows, &deed.call, shelf))
    }
}

/// Whether a conversation has something to see.
fn is_news(row: &Summary) -> bool {
    row.is_unread || row.state == ConversationState::Waiting
}

/// What a conversation is called: its title in one line, or its name while it has none.
pub(crate) fn shown_title(title: Option<&str>, name: &str) -> String {
    let title = title.map(title::one_line).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| common::naming::decode_segment(name))
}

fn changed(mut rows: Vec<Summary>, call: &Call, shelf: Shelf) -> Vec<Summary> {
    let mut change = |name: &str, change: &dyn Fn(&mut Summary)| {
        let row = rows.iter_mut().find(|row| row.name == *name);
        row.into_iter().for_each(change);
    };
    match (call, shelf) {
        (Call::Rename { name, title }, _) => {
            // What cannot be a title is refused.
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
