//! One message.

use common::message::{Part, Role};
use leptos::prelude::*;

use super::{
    PartHandle, RowHandle, UseChat, delivery_line::delivery_line, left_out::left_out_line,
    part_data::data_view, part_file::file_view, part_reasoning::reasoning_view,
    part_source::source_view, part_text::text_view, part_tool::tool_view,
    shortened::shortened_line,
};
use crate::components::{
    Erase,
    dynamic::{Item, each},
    node::element,
};

/// A message and, for one's own, how far its delivery is.
pub(crate) fn message_row(row: &RowHandle, chat: UseChat) -> AnyView {
    let (label, class) = match row.role {
        Role::User => ("You", "message message-user"),
        Role::Assistant => ("Coder", "message message-coder"),
        Role::System => ("System", "message message-system"),
    };
    let body = element("div", vec![parts(row.clone(), chat).into()]).with("class", "message-body");
    let delivery = delivery_line(row.clone(), chat);
    let left_out = left_out_line(row.clone(), chat);
    let shortened = shortened_line(row.clone(), chat);
    element(
        "article",
        vec![
            body.into(),
            shortened.into(),
            delivery.into(),
            left_out.into(),
        ],
    )
    .with("class", class)
    .with("aria-label", label)
    .erase()
}

fn parts(row: RowHandle, chat: UseChat) -> AnyView {
    // The parts there are. A part that grows does not change this, so that only the part itself is told.
    let shape = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            (
                row.generation.get(),
                row.builder.with(|builder| builder.message().parts.len()),
            )
        })
    };
    each(move || {
        let (generation, parts) = shape.get();
        let item = |index| {
            let row = row.clone();
            Item::new(format!("{generation}.{index}"), move || {
                part_view(row.clone(), row.part(index), chat)
            })
        };
        (0..parts).map(item).collect()
    })
}

/// Which view a part gets. Within one generation a part never becomes one of another kind.
fn part_view(row: RowHandle, part: PartHandle, chat: UseChat) -> AnyView {
    type View = fn(RowHandle, PartHandle, UseChat) -> AnyView;
    let view: View = part
        .with_untracked(|part| match part {
            Part::Text(_) => (|row, part, _| text_view(row.role, part)) as View,
            Part::Reasoning(_) => |_, part, _| reasoning_view(part),
            Part::File(_) => |_, part, _| file_view(&part),
            Part::SourceUrl(_) | Part::SourceDocument(_) => |_, part, _| source_view(&part),
            Part::Tool(_) => tool_view,
            Part::Data(_) => |_, part, _| data_view(&part),
            // Where a step begins is no matter for the reader, and unknown parts are for other clients.
            Part::StepStart | Part::Other(_) => |_, _, _| ().erase(),
        })
        .unwrap_or(|_, _, _| ().erase());
    view(row, part, chat)
}
