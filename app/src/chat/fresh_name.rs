//! Names of new conversations: easy to read out and hard to guess twice.

const MOODS: [&str; 32] = [
    "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "cosy", "crisp",
    "deft", "eager", "fair", "fond", "fresh", "gentle", "glad", "keen", "kind", "light", "lucid",
    "mellow", "merry", "mild", "neat", "nimble", "quick", "quiet", "steady", "sunny", "swift",
    "warm",
];
const ANIMALS: [&str; 32] = [
    "badger", "beaver", "bison", "crane", "dolphin", "falcon", "ferret", "finch", "fox", "gecko",
    "heron", "ibex", "jackdaw", "kestrel", "koala", "lark", "lemur", "lynx", "marten", "mole",
    "moose", "newt", "otter", "owl", "panda", "puffin", "raven", "robin", "seal", "stoat", "swan",
    "wren",
];
/// Without letters and digits that look alike.
const TAIL: [char; 32] = [
    '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm',
    'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '0',
];

/// A name such as `calm-otter-4f7k2wqe`. Ten random bytes give 50 bits: two conversations do not meet by chance, and
/// a stranger does not find one by trying.
pub(crate) fn fresh_name(random: [u8; 10]) -> String {
    let [mood, animal, tail @ ..] = random;
    let pick = |byte: u8| usize::from(byte) % 32;
    let mood = MOODS.get(pick(mood)).copied().unwrap_or_default();
    let animal = ANIMALS.get(pick(animal)).copied().unwrap_or_default();
    let tail: String = tail
        .into_iter()
        .filter_map(|byte| TAIL.get(pick(byte)))
        .collect();
    format!("{mood}-{animal}-{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_need_no_encoding() {
        assert_eq!(
            fresh_name([5, 22, 2, 13, 5, 17, 0, 27, 16, 255]),
            "calm-otter-4f7k2wj0"
        );
        let extremes = fresh_name([255; 10]);
        assert_eq!(common::naming::encode_segment(&extremes), extremes);
    }
}
