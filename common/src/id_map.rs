//! Collections by id, small in the browser's wasm: every further instance of a generic tree costs kilobytes. Large
//! collections share the map of JSON objects, whose code is loaded anyway; small ones are sorted lists.

use serde_json::{Map, Value};

/// The index of each id in a list of any length.
#[derive(Debug, Default)]
pub(crate) struct IdIndex(Map<String, Value>);

/// A set of any number of ids.
#[derive(Debug, Default)]
pub(crate) struct IdSet(Map<String, Value>);

/// Values by id, for few ids, in the order of the ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IdMap<K, V>(Vec<(K, V)>);

impl IdIndex {
    pub(crate) fn get(&self, id: &str) -> Option<usize> {
        let place = self.0.get(id)?.as_u64()?;
        usize::try_from(place).ok()
    }

    pub(crate) fn insert(&mut self, id: &str, place: usize) {
        self.0.insert(id.to_owned(), Value::from(place));
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }
}

impl IdSet {
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.0.get(id).is_some()
    }

    /// Adds an id. Returns whether it is new.
    pub(crate) fn insert(&mut self, id: &str) -> bool {
        self.0.insert(id.to_owned(), Value::Null).is_none()
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }
}

impl<K: Ord, V> IdMap<K, V> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn contains(&self, id: &K) -> bool {
        self.place(id).is_ok()
    }

    pub(crate) fn get(&self, id: &K) -> Option<&V> {
        let place = self.place(id).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, id: &K) -> Option<&mut V> {
        let place = self.place(id).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Sets the value of an id.
    pub(crate) fn insert(&mut self, id: K, value: V) {
        match self.get_mut(&id) {
            Some(slot) => *slot = value,
            None => self.add(id, value),
        }
    }

    /// Sets the value of an id that has none.
    pub(crate) fn add(&mut self, id: K, value: V) {
        if let Err(place) = self.place(&id) {
            self.0.insert(place, (id, value));
        }
    }

    pub(crate) fn remove(&mut self, id: &K) -> Option<V> {
        let place = self.place(id).ok()?;
        Some(self.0.remove(place).1)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(id, value)| (id, value))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(id, _)| id)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// The index of the id, or the index at which to insert it.
    #[inline(never)]
    fn place(&self, id: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(id))
    }
}

impl<K: Ord, V> Default for IdMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_knows_the_last_place_of_each_id() {
        let mut index = IdIndex::default();
        index.insert("a", 3);
        index.insert("b", usize::MAX);
        index.insert("a", 0);
        assert_eq!(index.get("a"), Some(0));
        assert_eq!(index.get("b"), Some(usize::MAX));
        index.remove("a");
        assert_eq!(index.get("a"), None);
    }

    #[test]
    fn a_set_has_each_id_once() {
        let mut set = IdSet::default();
        assert!(set.insert("a"));
        assert!(!set.insert("a"));
        assert!(set.contains("a"));
        set.remove("a");
        assert!(!set.contains("a"));
    }

    #[test]
    fn a_map_is_in_the_order_of_the_ids() {
        let mut map = IdMap::new();
        for (id, value) in [("b", 1), ("c", 2), ("a", 3)] {
            map.add(id, value);
        }
        map.add("b", 4);
        map.insert("c", 5);
        assert_eq!(Vec::from_iter(map.ids()), [&"a", &"b", &"c"]);
        assert_eq!(Vec::from_iter(map.values()), [&3, &1, &5]);
        assert_eq!(map.remove(&"b"), Some(1));
        assert_eq!(map.remove(&"b"), None);
        assert_eq!(map.get(&"c"), Some(&5));
        assert!(!map.contains(&"b"));
    }
}
