//! A directory is requested under a single name, which stands for the caller's own: nobody can name another person's.

use accounts::PersonId;
use common::naming;

use super::Target;

/// The object of a target for this caller; `None` when there is none.
#[must_use]
pub fn object_for<'a>(target: Target<'a>, person: &'a PersonId) -> Option<Target<'a>> {
    if naming::fold_agent(target.binding) != naming::DIRECTORY {
        return Some(target);
    }
    (target.instance == naming::OWN_DIRECTORY).then(|| Target {
        instance: person.as_str(),
        ..target
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_the_callers_own_or_none() {
        let ann = PersonId::stored("p_ann");
        let of = |binding, instance| {
            let target = Target { binding, instance };
            object_for(target, &ann).map(|target| target.instance.to_owned())
        };
        assert_eq!(of("directory", "me").as_deref(), Some("p_ann"));
        for instance in ["p_ann", "p_bob", "owner", "ME", "m%65", "default"] {
            assert_eq!(of("directory", instance), None, "{instance}");
        }
        assert_eq!(of("coderagent", "me").as_deref(), Some("me"));
    }
}
