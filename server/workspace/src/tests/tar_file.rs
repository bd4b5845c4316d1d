//! Tar files built by hand.

use miniz_oxide::deflate::compress_to_vec;
use tar::{EntryType, Header};

/// An entry with a name that fits the header.
pub(super) fn entry(name: &str, kind: EntryType, mode: u32, bytes: &[u8]) -> Vec<u8> {
    named(Header::new_ustar(), name.as_bytes(), kind, mode, bytes)
}

pub(super) fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    entry(name, EntryType::Regular, 0o644, bytes)
}

pub(super) fn link(name: &str, kind: EntryType, target: &str) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_link_name_literal(target).unwrap();
    named(header, name.as_bytes(), kind, 0o777, b"")
}

/// The extra entry that GNU tar writes for a long name.
pub(super) fn gnu_long(name: &str, bytes: &[u8]) -> Vec<u8> {
    let long = [name.as_bytes(), b"\0"].concat();
    let reported = named(
        Header::new_gnu(),
        b"././@LongLink",
        EntryType::GNULongName,
        0,
        &long,
    );
    let short = &name.as_bytes()[..100];
    [
        reported,
        named(Header::new_gnu(), short, EntryType::Regular, 0o644, bytes),
    ]
    .concat()
}

/// The extra entry of POSIX for long names.
pub(super) fn pax(records: &[(&str, &str)], bytes: &[u8]) -> Vec<u8> {
    let mut reported = String::new();
    for (key, value) in records {
        let rest = format!(" {key}={value}\n");
        let length = (rest.len()..).find(|length| length.to_string().len() + rest.len() == *length);
        reported.push_str(&format!("{}{rest}", length.unwrap()));
    }
    let reported = entry(
        "PaxHeaders/x",
        EntryType::XHeader,
        0o644,
        reported.as_bytes(),
    );
    [reported, file("short", bytes)].concat()
}

fn named(mut header: Header, name: &[u8], kind: EntryType, mode: u32, bytes: &[u8]) -> Vec<u8> {
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(1_700_000_000);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    let mut entry = [header.as_bytes(), bytes].concat();
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

/// A tar file with these entries.
pub(super) fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

/// A gzip file with a file name in it, as the tool `gzip` writes one.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let end = [crc32fast::hash(bytes), bytes.len() as u32].map(u32::to_le_bytes);
    let header = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
    [
        &header[..],
        b"project.tar\0",
        &compress_to_vec(bytes, 6),
        &end.concat(),
    ]
    .concat()
}
