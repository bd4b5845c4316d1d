//! A transcript that is not loaded from its beginning.

use super::{
    World,
    world::{assistant, options, seconds, user},
};
use crate::{
    client::{ChatError, Earlier, Effect, Fetched, Input, Load, Snapshot, ViewChange},
    frame::{Before, HEARTBEAT_ANSWER, Outcome, ServerFrame, Trigger},
    id::MessageId,
    message::Message,
};

/// The message at a position of a transcript: questions and answers alternate, from `u0` on.
fn at(place: usize) -> Message {
    match place % 2 {
        0 => user(&format!("u{place}"), &format!("q{place}")),
        _ => assistant(&format!("a{place}"), &format!("r{place}")),
    }
}

fn stored(places: std::ops::Range<usize>) -> Vec<Message> {
    places.map(at).collect()
}

fn part(places: std::ops::Range<usize>, etag: Option<&str>) -> Snapshot {
    Snapshot {
        earlier: places.start as u64,
        messages: stored(places),
        etag: etag.map(str::to_owned),
    }
}

/// A page with these messages, open and idle, whose server is one of ours.
fn open(places: std::ops::Range<usize>) -> World {
    let mut world = World::with(options(part(places.clone(), Some("tag"))));
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
    world.answer_idle();
    world.give(Input::TranscriptFetched(Fetched::Unchanged));
    world.asked();
    world
}

/// A part of the transcript that the server sends unasked.
fn sent(world: &mut World, places: std::ops::Range<usize>) {
    let before = places.start.checked_sub(1).map(|last| Before {
        count: places.start as u64,
        last: at(last).id,
    });
    world.part(stored(places), before);
}

fn earlier(before: &str, load: Load) -> Earlier {
    Earlier::Stored {
        before: before.into(),
        load,
    }
}

fn answer(world: &mut World, before: &str, result: Result<Snapshot, String>) {
    let before = MessageId::from(before);
    world.give(Input::EarlierFetched { before, result });
}

fn assert_shows(world: &World, places: std::ops::Range<usize>) {
    assert_eq!(world.messages(), stored(places));
}

#[test]
fn earlier_messages_come_in_before_the_others_until_there_are_none() {
    let mut world = open(8..12);
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Idle));
    world.give(Input::LoadEarlier);
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Underway));
    // Two requests cause one fetch.
    world.give(Input::LoadEarlier);
    let fetch = |before: &str| Effect::FetchEarlier {
        before: before.into(),
    };
    assert_eq!(world.count(&fetch("u8")), 1);
    answer(&mut world, "u8", Ok(part(4..8, Some("tag"))));
    assert_shows(&world, 4..12);
    assert_eq!(*world.client.earlier(), earlier("u4", Load::Idle));
    world.give(Input::LoadEarlier);
    assert_eq!(world.count(&fetch("u4")), 1);
    answer(&mut world, "u4", Ok(part(0..4, Some("tag"))));
    assert_shows(&world, 0..12);
    assert_eq!(*world.client.earlier(), Earlier::None);
    world.asked();
    world.give(Input::LoadEarlier);
    assert_eq!(world.asked(), []);
    // All of it belongs to one state, so the tag still matches.
    world.reconnect();
    let fetches = world.asked();
    let again = Effect::FetchTranscript {
        if_none_match: Some("tag".to_owned()),
        from: Some("u0".into()),
    };
    assert!(fetches.contains(&again), "{fetches:?}");
}

#[test]
fn one_change_of_the_view_brings_a_part_in() {
    let mut client = crate::client::Client::new(
        options(part(8..12, None)),
        crate::id::CountingIds::new("id"),
    );
    let now = crate::time::Timestamp::from_millis(0);
    client.handle(now, Input::Start { kept: Vec::new() });
    client.handle(now, Input::LoadEarlier);
    let effects = client.handle(
        now,
        Input::EarlierFetched {
            before: "u8".into(),
            result: Ok(part(4..8, None)),
        },
    );
    let is_shown = |effect: &&Effect| matches!(effect, Effect::Show(_));
    let shown: Vec<_> = effects.iter().filter(is_shown).collect();
    let [Effect::Show(ViewChange::Rows(rows))] = &shown[..] else {
        panic!("{shown:?}");
    };
    assert_eq!(rows.len(), 8);
}

#[test]
fn parts_of_two_states_have_no_tag() {
    let mut world = open(8..12);
    world.give(Input::LoadEarlier);
    answer(&mut world, "u8", Ok(part(4..8, Some("newer"))));
    world.reconnect();
    let again = Effect::FetchTranscript {
        if_none_match: None,
        from: Some("u4".into()),
    };
    assert_eq!(world.count(&again), 1);
}

#[test]
fn a_failed_load_is_reported_and_can_be_repeated() {
    let mut world = open(8..12);
    world.give(Input::LoadEarlier);
    answer(&mut world, "u8", Err("no network".to_owned()));
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Failed));
    world.give(Input::LoadEarlier);
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Underway));
    // The server does not answer.
    world.hush(seconds(16));
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Failed));
    // The answer comes after all, when it is no longer wanted.
    answer(&mut world, "u8", Ok(part(4..8, None)));
    assert_shows(&world, 8..12);
    world.give(Input::LoadEarlier);
    answer(&mut world, "u8", Ok(part(4..8, None)));
    assert_shows(&world, 4..12);
}

#[test]
fn an_answer_without_messages_ends_nothing_and_asks_for_nothing_without_end() {
    let mut world = open(8..12);
    world.give(Input::LoadEarlier);
    let strange = Snapshot {
        earlier: 3,
        ..Snapshot::default()
    };
    answer(&mut world, "u8", Ok(strange));
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Failed));
    world.give(Input::LoadEarlier);
    answer(&mut world, "u8", Ok(Snapshot::default()));
    assert_eq!(*world.client.earlier(), Earlier::None);
    assert_shows(&world, 8..12);
}

#[test]
fn a_server_that_knows_no_parts_gives_the_whole_once() {
    let mut world = open(8..12);
    world.give(Input::LoadEarlier);
    answer(&mut world, "u8", Ok(part(0..12, None)));
    assert_shows(&world, 0..12);
    assert_eq!(*world.client.earlier(), Earlier::None);
    let mut world = open(8..12);
    world.transcript(stored(0..14));
    assert_shows(&world, 0..14);
    assert_eq!(*world.client.earlier(), Earlier::None);
}

#[test]
fn the_end_of_a_transcript_goes_with_what_is_at_hand() {
    // The end begins at, before and behind the first row, and behind a gap.
    for (sent, shown, before) in [
        (8..14, 8..14, "u8"),
        (6..14, 6..14, "u6"),
        (10..14, 8..14, "u8"),
        (12..14, 8..14, "u8"),
        (14..16, 14..16, "u14"),
        (20..24, 20..24, "u20"),
    ] {
        let mut world = open(8..12);
        self::sent(&mut world, sent);
        assert_shows(&world, shown);
        assert_eq!(*world.client.earlier(), earlier(before, Load::Idle));
    }
    // The whole beginning was loaded, and stays so.
    let mut world = open(0..12);
    sent(&mut world, 10..14);
    assert_shows(&world, 0..14);
    assert_eq!(*world.client.earlier(), Earlier::None);
    // The store has dropped its oldest messages.
    let before = Before {
        count: 7,
        last: at(9).id,
    };
    world.part(stored(10..14), Some(before));
    assert_shows(&world, 3..14);
    assert_eq!(*world.client.earlier(), Earlier::None);
    // Another client cut the transcript back, so that the requested messages no longer match.
    let mut world = open(8..12);
    let before = Before {
        count: 10,
        last: "other".into(),
    };
    world.part(stored(10..12), Some(before));
    assert_shows(&world, 10..12);
    let mut world = open(8..12);
    sent(&mut world, 4..9);
    assert_shows(&world, 4..9);
    assert_eq!(*world.client.earlier(), earlier("u4", Load::Idle));
    world.text(serde_json::json!({"type": "cf_agent_chat_clear"}));
    assert_eq!(
        (world.messages(), world.client.earlier()),
        (Vec::new(), &Earlier::None)
    );
}

#[test]
fn a_load_continues_while_the_end_changes() {
    let mut world = open(8..12);
    world.give(Input::LoadEarlier);
    sent(&mut world, 10..14);
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Underway));
    answer(&mut world, "u8", Ok(part(4..8, None)));
    assert_shows(&world, 4..14);
    // The first row is gone: the requested messages no longer belong here.
    world.give(Input::LoadEarlier);
    sent(&mut world, 30..34);
    answer(&mut world, "u4", Ok(part(0..4, None)));
    assert_shows(&world, 30..34);
    assert_eq!(*world.client.earlier(), earlier("u30", Load::Idle));
}

#[test]
fn an_unsent_message_stays_at_the_end_and_is_sent_alone() {
    let mut world = open(8..12);
    world.close(1006);
    world.send("new");
    world.reopen();
    // The server's kind is not known yet: no list that could be taken for the whole transcript.
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.messages.len(), 1);
    sent(&mut world, 10..14);
    let mut ids = world.ids();
    let own = ids.pop();
    assert_eq!(
        ids,
        stored(8..14)
            .into_iter()
            .map(|one| one.id)
            .collect::<Vec<_>>()
    );
    assert_eq!(own, Some(request.messages[0].id.clone()));
}

#[test]
fn another_answer_names_its_message_and_sends_no_list() {
    let mut world = open(8..12);
    world.give(Input::Regenerate("a9".into()));
    assert_shows(&world, 8..9);
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(
        (request.trigger, &request.after, &request.messages),
        (Trigger::Regenerate, &Some("u8".into()), &stored(8..9))
    );
    // The end of a transcript that does not contain the message yet precedes it.
    sent(&mut world, 10..12);
    assert_shows(&world, 8..9);
    assert_eq!(*world.client.earlier(), earlier("u8", Load::Idle));
}

#[test]
fn a_server_that_may_be_an_official_one_is_sent_no_part_as_the_whole() {
    let mut world = World::with(options(part(8..12, None)));
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.answer_idle();
    world.fetched_part(stored(8..12), 8);
    world.asked();
    world.give(Input::Edit {
        id: "u10".into(),
        text: "other words".to_owned(),
    });
    assert_eq!(world.requests(), [], "it would delete the beginning");
    world.hush(seconds(15));
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.after, Some("u10".into()));
    assert_eq!(request.messages, [user("u10", "other words")]);
}

#[test]
fn another_answer_to_an_unloaded_question_is_refused_with_a_reason() {
    let mut world = World::with(options(Snapshot {
        messages: stored(9..10),
        earlier: 9,
        etag: None,
    }));
    world.give(Input::Regenerate("a9".into()));
    assert_eq!(world.count(&Effect::Report(ChatError::NotLoaded)), 1);
    assert_shows(&world, 9..10);
}

#[test]
fn an_edit_of_an_earlier_page_comes_before_all_that_is_at_hand() {
    let mut world = open(4..12);
    world.close(1006);
    world.give(Input::Edit {
        id: "u6".into(),
        text: "other words".to_owned(),
    });
    // The new page has only the end.
    let mut world = world.reload_with(seconds(1), part(10..12, None));
    assert_eq!(world.view(), ["~u:other words"]);
    assert_eq!(*world.client.earlier(), earlier("u6", Load::Idle));
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
    world.fetched_part(stored(6..12), 6);
    world.answer_idle();
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.after, Some("u6".into()));
    assert_eq!(request.messages, [user("u6", "other words")]);
    assert_eq!(world.view(), ["?u:other words"]);
}

#[test]
fn a_wish_for_another_answer_that_cannot_be_sent_is_said() {
    let mut world = open(4..12);
    world.close(1006);
    world.give(Input::Regenerate("u6".into()));
    let mut world = world.reload_with(seconds(1), part(10..12, None));
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
    world.fetched_part(stored(10..12), 10);
    world.answer_idle();
    assert_eq!(world.requests(), []);
    assert_eq!(world.count(&Effect::Report(ChatError::NotLoaded)), 1);
    assert!(world.kept.is_empty(), "{:?}", world.kept);
}

#[test]
fn a_message_changed_elsewhere_is_changed_where_it_is_at_hand() {
    let mut world = open(8..12);
    let mut changed = at(9);
    changed.set_left_out(true);
    world.receive(&ServerFrame::MessageUpdated(changed.clone()));
    assert_eq!(world.messages()[1], changed);
    world.receive(&ServerFrame::MessageUpdated(at(1)));
    assert_eq!(world.messages().len(), 4);
    // A message that the user is changing is the exception.
    world.give(Input::Edit {
        id: "u10".into(),
        text: "mine".to_owned(),
    });
    world.receive(&ServerFrame::MessageUpdated(user("u10", "theirs")));
    assert_eq!(world.messages()[2], user("u10", "mine"));
}

#[test]
fn where_a_place_is_only_supposed_the_transcript_is_asked_for() {
    let mut world = open(8..12);
    world.send("new");
    let id = world.request();
    world.stream(&id, "a13", 6);
    world.done(&id, Outcome::Completed);
    world.asked();
    // The server has both, and perhaps messages of others before them.
    let before = Some(Before {
        count: 20,
        last: "a13".into(),
    });
    world.part(stored(20..22), before.clone());
    assert_eq!(world.messages().len(), 8);
    assert_eq!(world.fetches(), 1);
    world.fetched_part(world.messages(), 8);
    world.asked();
    world.part(stored(20..22), before);
    assert_eq!(world.fetches(), 0, "by now its place is known");
}
