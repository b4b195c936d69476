//! IPC tables as they are exported: one row an area, one column a phase.

use crate::domain::Sector;
use crate::intake::Options;
use crate::intake::fields::Field;

/// What is made of the columns, for the report.
pub(super) const REMARK: &str = "IPC table: in need is the people in phase 3 and above, the sector is FSC, the severity is the area's phase.";

/// Names of the column of people in phase 3 and above.
const IN_NEED: &[&str] =
    &["phase3_plus_num", "phase3_plus_number", "phase3plus_num", "p3plus_num", "phase3_plus"];
/// Names of the column of the area's own phase.
const PHASE: &[&str] = &["phase_class", "overall_phase", "area_phase", "phase_area"];

/// The options to read an IPC table with; `None` where it is none. Text formats only.
pub(super) fn recognise(bytes: &[u8], options: &Options) -> Option<Options> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let headers: Vec<&str> = head
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let named = |names: &[&str]| {
        let known = |header: &&&str| names.iter().any(|name| header.eq_ignore_ascii_case(name));
        headers.iter().find(known).map(|header| (*header).to_owned())
    };
    let mut told = options.clone();
    told.columns.push((named(IN_NEED)?, Field::InNeed));
    told.columns.extend(named(PHASE).map(|header| (header, Field::Severity)));
    told.sector = told.sector.or(Some(Sector::Fsc));
    Some(told)
}
