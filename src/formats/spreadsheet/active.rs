//! The sheet that was open when a spreadsheet was saved, by its name.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::archive;
use super::super::ods::attribute;
use super::super::sheet::limits;

/// By `workbookView` of `xl/workbook.xml` (ECMA-376, part 1, 18.2.30).
pub(super) fn of_xlsx(bytes: &[u8]) -> Option<String> {
    let (mut active, mut names) = (None, Vec::new());
    walk(bytes, "xl/workbook.xml", |event| {
        let (Event::Start(element) | Event::Empty(element)) = event else { return };
        match element.local_name().as_ref() {
            "workbookView" if active.is_none() => active = attribute(element, "activeTab"),
            "sheet" => names.push(attribute(element, "name").unwrap_or_default()),
            _ => {}
        }
    })?;
    let position: usize = active?.trim().parse().ok()?;
    names.into_iter().nth(position)
}

/// By `ActiveTable` of `settings.xml`, as office programs write it.
pub(super) fn of_ods(bytes: &[u8]) -> Option<String> {
    let (mut is_open, mut name) = (false, None);
    walk(bytes, "settings.xml", |event| match event {
        Event::Start(element) => {
            is_open = attribute(element, "name").is_some_and(|name| name == "ActiveTable");
        }
        Event::Text(text) if is_open && name.is_none() => name = Some(text.to_string()),
        _ => {}
    })?;
    name
}

/// Visits a part of a container that is small.
fn walk(bytes: &[u8], part: &str, mut each: impl FnMut(&Event<'_>)) -> Option<()> {
    let mut archive = archive::zip(bytes).ok()?;
    let entry = archive.by_name(part).ok()?.take(limits::CELL_BYTES as u64);
    let mut reader = Reader::from_reader(BufReader::new(entry));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Eof => return Some(()),
            event => each(&event),
        }
    }
}
