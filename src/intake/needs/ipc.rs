//! IPC tables with a row for each area and phase. Those with a column for each phase are known by
//! their columns (`columns::phases`).

use crate::domain::Sector;
use crate::intake::fields::Field;
use crate::intake::{Options, Report, columns};

/// What is made of the rows, for the report.
pub(super) const REMARK: &str = "IPC table with a row for each phase: in need is the people of phase \"3+\", the sector is FSC; the rows of the other phases are not used.";
/// What a table with a row for each phase calls those of phase 3 and above.
const CRISIS: &str = "3+";
/// Names of its column of phases, and of that of people.
const PHASES: &[&str] = &["phase", "ipc_phase"];
const PEOPLE: &[&str] = &["number", "population_in_phase"];

/// Whether a row of such a table counts the people in need.
pub(super) fn is_in_need(phase: &str) -> bool {
    phase == CRISIS
}

/// The options to read a table with a row for each phase; `None` where it is none.
pub(super) fn recognise(bytes: &[u8], options: &Options) -> Option<Options> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let mut lines = head.lines();
    let split = |line: &str| -> Vec<String> {
        let cells = line.split([',', ';', '\t', '|']);
        cells.map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let headers = split(lines.next()?.trim_start_matches('\u{feff}'));
    let named = |names: &[&str]| {
        let known = |header: &&String| names.iter().any(|name| header.eq_ignore_ascii_case(name));
        headers.iter().find(known).cloned()
    };
    let (phase, people) = (named(PHASES)?, named(PEOPLE)?);
    if !lines.any(|line| split(line).iter().any(|cell| cell == CRISIS)) {
        return None;
    }
    let mut told = options.clone();
    // Everybody in the country is not everybody in the area.
    let of_country = |header: &&String| header.to_lowercase().contains("country population");
    told.unused.extend(headers.iter().filter(of_country).cloned());
    told.columns.push((phase, Field::Category));
    told.columns.push((people, Field::InNeed));
    told.sector = told.sector.or(Some(Sector::Fsc));
    Some(told)
}

/// The reason of the columns that were recognised, which the sender did not say.
pub(super) fn explain(report: &mut Report, said: &[&str]) {
    for column in &mut report.columns {
        if columns::is_said(&column.reason) && !said.contains(&column.header.as_str()) {
            let not = if column.field.is_none() { ": not used" } else { "" };
            column.reason = format!("IPC tables have it so{not}");
        }
    }
}
