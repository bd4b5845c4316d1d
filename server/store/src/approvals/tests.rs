//! Approvals on real SQLite.

use common::{
    id::{ConnectionId, MessageId},
    message::Message,
};
use serde_json::json;
use test_support::MemorySql;

use super::*;
use crate::{Note, Refuser, Write};

/// The approval of a call in the message at a position, while the user is asked.
pub(crate) fn asked(position: i64) -> CallApproval {
    CallApproval {
        id: format!("q{position}"),
        call: ToolCallId::from("c2"),
        position: Position::new(position),
        tool: "delete".to_owned(),
        shown: Fingerprint {
            hash: "abc".to_owned(),
            change: 1,
        },
        asked_at: Timestamp::from_millis(5),
        expires_at: Timestamp::from_millis(6),
        state: ApprovalState::NEW,
    }
}

/// A store with a message that waits for an approval, at position 1 and at position 2.
fn store_that_waits() -> (MemorySql, Store<MemorySql>) {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    let waiting = json!({"id": "a", "role": "assistant", "parts": [{
        "type": "tool-delete", "toolCallId": "c2", "state": "approval-requested",
        "input": {}, "approval": {"id": "q"},
    }]});
    let waiting: Message = serde_json::from_value(waiting).unwrap();
    let mut other = waiting.clone();
    other.id = MessageId::from("b");
    let put = |position, message| Write::ReplaceMessage {
        position: Position::new(position),
        message,
    };
    let add = |approval: CallApproval| Write::AddApproval {
        approval,
        input: "x".repeat(2_000_000),
    };
    let writes = [put(1, waiting), put(2, other), add(asked(1)), add(asked(2))];
    store.write(&writes).unwrap();
    (sql, store)
}

fn stored_approvals(sql: &MemorySql) -> Vec<CallApproval> {
    Store::open(sql.clone()).unwrap().load().unwrap().approvals
}

#[test]
fn approvals_come_back_as_they_are_and_go_with_their_messages() {
    let (sql, store) = store_that_waits();
    let at = Timestamp::from_millis(7);
    let note = Note {
        by: ConnectionId::from("tab"),
        reason: None,
        always: Some("src/**".to_owned()),
    };
    let reason = Some("of course".to_owned());
    let states = [
        ApprovalState::Asked { notes: vec![note] },
        ApprovalState::Allowed {
            always: Some("src/**".to_owned()),
            reason: reason.clone(),
            at,
        },
        ApprovalState::Allowed {
            always: None,
            reason: None,
            at,
        },
        ApprovalState::Refused {
            by: Refuser::User {
                reason: reason.clone(),
            },
            at,
        },
        ApprovalState::Refused {
            by: Refuser::Expiry,
            at,
        },
        ApprovalState::Replaced { reason, at },
    ];
    let mut changed = asked(1);
    for state in states {
        changed.state = state;
        let write = Write::PutApproval(changed.clone());
        store.write(&[write]).unwrap();
        assert_eq!(stored_approvals(&sql), [changed.clone(), asked(2)]);
    }
    let deleted = Write::DeleteMessage(Position::new(2));
    store.write(&[deleted]).unwrap();
    let rows = || sql.run("SELECT id FROM approvals", &[]).unwrap().len();
    assert_eq!((stored_approvals(&sql), rows()), (vec![changed], 1));
    store.write(&[Write::Clear]).unwrap();
    assert_eq!(rows(), 0);
}

/// Versions before this one wrote these columns, whatever the decision.
#[test]
fn approvals_of_older_versions_are_read() {
    let at = Timestamp::from_millis(7);
    let notes = r#"[{"by": "tab", "reason": "why", "always": null}]"#;
    let note = Note {
        by: ConnectionId::from("tab"),
        reason: Some("why".to_owned()),
        always: None,
    };
    let by_user = |reason: Option<&str>| Refuser::User {
        reason: reason.map(str::to_owned),
    };
    for (columns, state) in [
        (
            "NULL, NULL, NULL, NULL",
            ApprovalState::Asked { notes: vec![note] },
        ),
        (
            "'allowed', 'src/*', 'why', 7",
            ApprovalState::Allowed {
                always: Some("src/*".to_owned()),
                reason: Some("why".to_owned()),
                at,
            },
        ),
        (
            "'refused', NULL, 'why', 7",
            ApprovalState::Refused {
                by: by_user(Some("why")),
                at,
            },
        ),
        (
            "'refused', NULL, NULL, 7",
            ApprovalState::Refused {
                by: by_user(None),
                at,
            },
        ),
        (
            "'expired', NULL, NULL, 7",
            ApprovalState::Refused {
                by: Refuser::Expiry,
                at,
            },
        ),
        (
            "'replaced', NULL, NULL, 7",
            ApprovalState::Replaced { reason: None, at },
        ),
    ] {
        let (sql, _) = store_that_waits();
        let statement = format!(
            "UPDATE approvals SET (decision, scope, reason, decided_at) = ({columns}), notes = ? WHERE position = 1"
        );
        sql.run(&statement, &[notes.into()]).unwrap();
        let mut expected = asked(1);
        expected.state = state;
        assert_eq!(stored_approvals(&sql), [expected, asked(2)], "{columns}");
    }
}
