use serde_json::json;

use super::*;
use crate::workspace::Limited;

#[test]
fn writing_and_reading_agree() {
    let about = About {
        title: Some("Lists".to_owned()),
        project_context: None,
        model: Some("some/model".to_owned()),
        effort: Some(Effort::High),
        mode: Mode::AutoEdit,
        plan: vec![PlanStep {
            title: "Read".to_owned(),
            status: StepStatus::Active,
        }],
        allowed: vec![Grant {
            tool: "write".to_owned(),
            paths: "src/**".to_owned(),
        }],
    };
    let state = SyncedState {
        about: about.clone(),
        run: RunSummary {
            status: RunStatus::Running {
                request: "r1".into(),
                activity: Activity::Starting,
            },
            queued: 2,
            waiting: Vec::new(),
            failure: None,
        },
        usage: UsageSummary::default(),
        unconfirmed: vec![Unconfirmed {
            path: "AGENTS.md".to_owned(),
            hash: "h".to_owned(),
        }],
        drafted: Drafted { files: 2, at: 9 },
        forks: vec![Fork {
            after: "m1".into(),
            shown: 2,
            count: 2,
        }],
        compaction: Compacted {
            after: Some("m1".into()),
            problem: None,
        },
        near_full: NearLimit::of(Limited::Storage, 9, 10),
    };
    assert_eq!(
        state.to_json(),
        json!({
            "title": "Lists", "projectContext": null, "model": "some/model", "reasoning": "high", "mode": "auto-edit",
            "plan": [{"title": "Read", "status": "active"}],
            "allowed": [{"tool": "write", "paths": "src/**"}],
            "run": {"status": "running", "requestId": "r1", "queued": 2},
            "unconfirmed": [{"path": "AGENTS.md", "hash": "h"}],
            "drafted": {"files": 2, "at": 9},
            "forks": [{"after": "m1", "shown": 2, "count": 2}],
            "compaction": {"after": "m1"},
            "nearFull": {"limited": "storage", "used": 9, "most": 10},
        })
    );
    assert_eq!(About::from_json(state.to_json()), Ok(about));
}

#[test]
fn a_mode_that_is_left_out_is_to_ask() {
    for mode in [Value::Null, "ask".into()] {
        let state = json!({"title": null, "projectContext": null, "model": null, "mode": mode});
        let about = About::from_json(state).unwrap();
        assert_eq!(about, About::default());
        assert_eq!(about.to_json().get("mode"), None);
    }
}

#[test]
fn blank_is_none() {
    let state = json!({"title": " ", "projectContext": "", "model": null});
    assert_eq!(About::from_json(state), Ok(About::default()));
}

#[test]
fn an_invalid_state_is_refused_with_the_reason() {
    let refused = |state: Value| About::from_json(state).unwrap_err().to_string();
    let with = |field: &str, value: Value| {
        let mut state = SyncedState::default().to_json();
        state[field] = value;
        refused(state)
    };
    assert!(refused(json!(null)).contains("object"));
    assert!(refused(json!({"title": null})).starts_with("`projectContext` is missing"));
    assert!(with("title", json!(1)).contains("neither a text nor null"));
    assert!(with("reasoning", json!("lots")).contains("not `none`, `low`, `medium` or `high`"));
    assert!(with("mode", json!("yolo")).contains("`ask`, `auto-edit` or `review`"));
    assert!(
        with("plan", json!([{"title": "x", "status": "begun"}])).contains("not a list of steps")
    );
    assert!(
        with("plan", json!([{"title": " ", "status": "done"}])).contains("not a list of steps")
    );
    assert!(with("allowed", json!({"tool": "write"})).contains("not a list of grants"));
    let grant = json!({"tool": "write", "paths": "**"});
    assert!(with("allowed", vec![grant; MAX_GRANTS + 1].into()).contains("more than 100"));
    assert!(with("count", json!(1)).starts_with("`count` is no field"));
    let long = json!("x".repeat(MAX_TITLE_CHARS + 1));
    assert_eq!(with("title", long), "`title` is longer than 200 characters");
}
