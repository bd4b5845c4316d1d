//! What people do with the files, the draft and the branches meanwhile: every version of a file that was ever there can be read
//! in the end.

use std::collections::BTreeSet;

use common::{frame::ClientFrame, id::RpcId, message::Role};
use serde_json::{Value, json};
use workspace::{Expect, FilePath, OnConflict, Side};

use super::Fuzz;

/// The paths and hashes of all versions that were there.
pub(super) type Versions = BTreeSet<(String, String)>;

impl Fuzz {
    /// The user writes or deletes a file.
    pub(super) fn write_file(&mut self) {
        let names = ["src/a", "src/b", "c", "mine"];
        let path = FilePath::parse(self.rng.choice(names).unwrap()).unwrap();
        let text = format!("{}\n", self.rng.u32(0..5)).repeat(self.rng.usize(1..4));
        let workspace = self.world.workspace();
        // A directory may be in the way.
        let _ = if self.rng.bool() {
            workspace
                .write(&path, text.as_bytes(), &Expect::Anything)
                .is_ok()
        } else {
            workspace.delete(&path, &Expect::Anything).is_ok()
        };
    }

    pub(super) fn mode(&mut self) -> ClientFrame {
        let modes = ["ask", "auto-edit", "review"];
        let mode = self.rng.choice(modes).unwrap();
        ClientFrame::State(
            json!({"title": null, "projectContext": null, "model": null, "mode": mode}),
        )
    }

    /// A call about the files, the draft or the branches.
    pub(super) fn call_about_files(&mut self) -> ClientFrame {
        let transcript = self.world.transcript();
        let ids: Vec<String> = transcript
            .iter()
            .map(|message| message.id.to_string())
            .collect();
        let answers = transcript
            .iter()
            .filter(|message| message.role == Role::Assistant);
        let answers: Vec<String> = answers.map(|message| message.id.to_string()).collect();
        let some = |rng: &mut fastrand::Rng, of: &[String]| {
            rng.choice(of).cloned().unwrap_or_else(|| "none".to_owned())
        };
        let on_conflict = self
            .rng
            .choice([json!(null), json!("keep"), json!("replace")]);
        let on_conflict = on_conflict.unwrap_or_default();
        let (method, argument): (&str, Value) = match self.rng.u8(0..9) {
            0 | 1 => (
                "undo",
                json!({"answers": [some(&mut self.rng, &answers)], "onConflict": on_conflict, "leaving": self.rng.bool()}),
            ),
            2 => (
                "redo",
                json!({"answers": [some(&mut self.rng, &answers)], "onConflict": on_conflict}),
            ),
            3 => ("keepDraft", json!({"all": true, "onConflict": on_conflict})),
            4 => ("dropDraft", json!({"all": true})),
            5 => (
                "keepDraft",
                json!({"files": [{"path": self.rng.choice(["src/a", "src/b", "c"]).unwrap()}], "onConflict": on_conflict}),
            ),
            6 => ("branch", json!({"messageId": some(&mut self.rng, &ids)})),
            7 => (
                "switchBranch",
                json!({"after": some(&mut self.rng, &ids), "to": self.rng.u8(1..4), "onConflict": on_conflict}),
            ),
            _ => ("compact", json!({})),
        };
        ClientFrame::Rpc {
            id: RpcId::from("files"),
            method: method.to_owned(),
            args: vec![argument],
        }
    }

    /// Notes what is in the files now.
    pub(super) fn note_versions(&mut self) {
        let workspace = self.world.workspace();
        let Ok(paths) = workspace.changed_since(0) else {
            return;
        };
        for path in paths {
            let versions = workspace.versions(&path).unwrap_or_default();
            let reported = versions
                .into_iter()
                .map(|version| (path.to_string(), version.hash.to_string()));
            self.versions.extend(reported);
        }
    }

    /// Everything that was ever in the files can be read, and the draft can be decided about.
    pub(super) fn check_versions(&self) {
        let workspace = self.world.workspace();
        for (path, hash) in &self.versions {
            let path = FilePath::parse(path).unwrap();
            let versions = workspace.versions(&path).unwrap();
            let known = versions
                .into_iter()
                .find(|version| version.hash.as_str() == hash);
            let hash = known.expect("a version that was there").hash;
            let version = Side::Version { path, hash };
            workspace
                .diff(&Side::Nothing, &version)
                .expect("a version that can be read");
        }
        let listing = workspace.draft_listing(None).unwrap();
        assert_eq!(
            listing.files.len() as u64,
            workspace.drafted().unwrap().files
        );
        // Everything in it can be decided about.
        let _ = workspace.keep_draft(None, OnConflict::Keep);
        assert!(workspace.drafted().unwrap().is_empty());
    }
}
