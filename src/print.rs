//! Tables and reports on a terminal.

use std::fmt::Write;

use lacuna::analysis::{GapQuery, cycles, gaps as figures, rule};
use lacuna::app::changes::{Difference, Happens};
use lacuna::app::collections::View;
use lacuna::app::earlier::Earlier;
use lacuna::app::prune::Pruned;
use lacuna::app::verify::{Finding, Named, Verified};
use lacuna::domain::words::grouped;
use lacuna::domain::{Mapping, Snapshot, Submission, Text, undone};
use lacuna::intake::{Report, unused};
use lacuna::simulate::Summary;
use lacuna::store::Pruning;
use serde_json::json;

/// Prints words. That nobody reads them any more ends no server and no import.
pub fn out(words: impl std::fmt::Display) {
    let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{words}"));
}

/// Prints a line of words, as [`out`] does.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::print::out(format_args!("{}\n", format_args!($($words)*))) };
}

/// Remarks of a report that are shown with examples; the rest is in the report file.
const EXAMPLES: usize = 3;

/// Rows of one finding of a check that are shown; as JSON there are more.
const ROWS: usize = 5;

/// The gaps of every area of a level, the largest first, with what was asked below.
pub fn gaps(view: &View, query: &GapQuery) -> String {
    let snapshot = &view.snapshot;
    let answer = figures::gaps(snapshot, query);
    let mut sorted: Vec<_> = answer.figures.iter().collect();
    sorted.sort_by(|a, b| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), people);
    let between = |low: Option<f64>, high: Option<f64>| match (low, high) {
        (Some(low), Some(high)) => format!("{} to {}", people(low), people(high)),
        _ => "-".to_owned(),
    };
    let row = |area: &&figures::GapFigure| {
        let place = snapshot.areas.get(area.area);
        vec![
            place.pcode.to_string(),
            place.name.to_string(),
            figure(area.in_need),
            figure(area.reached),
            between(area.reached_low, area.reached_high),
            figure(area.gap),
            between(area.gap_low, area.gap_high),
            area.partners.to_string(),
            area.status.code().to_owned(),
        ]
    };
    let header = [
        "pcode",
        "area",
        "in need",
        "reached",
        "(between)",
        "gap",
        "(between)",
        "partners",
        "status",
    ];
    let mut text = table(&header, &sorted.iter().map(row).collect::<Vec<_>>());
    let cycles = cycles(snapshot, query).iter().map(ToString::to_string).collect::<Vec<_>>();
    let need = match cycles.len() {
        0 => "no cycle: none is known".to_owned(),
        1 => cycles[0].clone(),
        _ => format!("different cycles, by area the latest: {}", cycles.join(" and ")),
    };
    let derived = if answer.derived { ", need derived from the highest sector" } else { "" };
    let _ = writeln!(
        text,
        "\n{}, revision {}: level {}, sector {}, period {}, group {}, against {}{derived}\nNeed figures of {need}\n{}",
        snapshot.operation.name,
        snapshot.revision.number,
        query.level,
        query.sector,
        query.period,
        query.group,
        query.basis.code(),
        rule(query, answer.derived)
    );
    text
}

/// The files that were made.
pub fn simulated(summary: &Summary) -> String {
    let mut text = String::new();
    for (name, bytes) in &summary.files {
        let _ = writeln!(text, "{:>12} bytes  {name}", people(*bytes as f64));
    }
    text
}

/// What became of a file: counts first, then how it was read, then what is wrong with examples.
pub fn report(report: &Report) -> String {
    let mut text = String::new();
    let counts = &report.counts;
    let _ = writeln!(
        text,
        "{}: {} row{}, {} accepted, {} accepted with warnings, {} rejected",
        report.file,
        counts.rows,
        if counts.rows == 1 { "" } else { "s" },
        counts.accepted,
        counts.accepted_with_warnings,
        counts.rejected
    );
    let _ = match counts.copies {
        0 => Ok(()),
        1 => writeln!(text, "  1 exact copy of an earlier row counts once"),
        copies => writeln!(text, "  {copies} exact copies of earlier rows count once"),
    };
    let _ = match report.choice.as_str() {
        "" => writeln!(text, "  Read as {}", report.format),
        choice => writeln!(text, "  Read as {}: {choice}", report.format),
    };
    for remark in &report.remarks {
        let _ = writeln!(text, "  {remark}");
    }
    if !report.dropped_personal.is_empty() {
        let columns = report.dropped_personal.join(", ");
        let _ = writeln!(text, "  Dropped, as they look like personal data: {columns}");
    }
    let placed = report.placed.iter().enumerate().filter(|(_, rows)| **rows > 0);
    let placed: Vec<_> = placed
        .map(|(level, rows)| match level {
            0 => format!("{rows} at the operation"),
            level => format!("{rows} at level {level}"),
        })
        .collect();
    if !placed.is_empty() {
        let _ = writeln!(text, "  Placed: {}", placed.join(", "));
    }
    let columns: Vec<_> = report
        .columns
        .iter()
        .filter_map(|column| {
            Some(vec![
                column.letters.clone(),
                clipped(&column.title()),
                column.field.clone()?,
                format!("{:.0}%", column.confidence * 100.0),
                column.reason.clone(),
            ])
        })
        .collect();
    if !columns.is_empty() {
        let _ = writeln!(
            text,
            "\n{}",
            table(&["", "column", "is", "sure", "because"], &columns).trim_end()
        );
    }
    let unused = unused::by_reason(&report.columns);
    if !unused.is_empty() {
        let _ = writeln!(text, "\nNot used:\n  {}", unused.join("\n  "));
    }
    for issue in &report.issues {
        let weight = if issue.rejects { "rejected" } else { "warning" };
        let _ = writeln!(text, "\n{} x {weight}: {} {}", issue.count, issue.message, issue.remedy);
        for example in issue.examples.iter().take(EXAMPLES) {
            let column = if example.column.is_empty() {
                String::new()
            } else {
                format!(", {}", clipped(&example.column))
            };
            let _ = writeln!(
                text,
                "    row {}{column}: \"{}\" {}",
                example.row,
                clipped(&example.value),
                example.detail
            );
        }
    }
    text.push('\n');
    text
}

/// Examples of the rows that an import would add, change or end, before -> after.
pub fn differences(differences: &[Difference]) -> String {
    let mut text = String::new();
    for (happens, word) in
        [(Happens::New, "new"), (Happens::Changed, "changed"), (Happens::Gone, "gone")]
    {
        for one in differences.iter().filter(|one| one.happens == happens) {
            let _ = writeln!(text, "  {word}, row {}: {}", one.row, clipped(&one.what));
            if happens != Happens::Changed {
                continue;
            }
            for (field, before, after) in &one.fields {
                let (before, after) = (clipped(before), clipped(after));
                let _ = writeln!(text, "      {field}: \"{before}\" -> \"{after}\"");
            }
        }
    }
    text
}

/// Every submission of an operation, with how many current rows are from it.
pub fn history(snapshot: &Snapshot) -> String {
    let undone = undone(&snapshot.submissions);
    let rows = snapshot.rows_in_use();
    let line = |one: &Submission| {
        let mut notes = Vec::new();
        notes.extend(one.replaces.map(|other| format!("replaces {other}")));
        notes.extend(one.undoes.map(|other| format!("undoes {other}")));
        notes.extend(undone.contains(&one.id).then(|| "rolled back".to_owned()));
        vec![
            one.id.to_string(),
            one.at.to_string(),
            one.kind.to_string(),
            snapshot.file_of(one),
            people(rows.get(&one.id).copied().unwrap_or_default().into()),
            one.revision.to_string(),
            notes.join(", "),
        ]
    };
    let lines: Vec<_> = snapshot.submissions.iter().map(line).collect();
    table(&["submission", "when", "kind", "file", "current rows", "revision", ""], &lines)
}

/// What was removed of an operation, as a line.
pub fn pruning(one: &Pruning) -> String {
    let Pruning { oldest, at, who, policy, removed } = one;
    let removed = people(*removed as f64);
    format!("Pruned at {at} by {who}, {policy}: {removed} rows. The oldest revision is {oldest}.\n")
}

/// What is removed, or would be.
pub fn pruned(done: &Pruned, dry_run: bool) -> String {
    let all: u64 = done.removed.iter().map(|(_, count)| count).sum();
    let tables = done.removed.iter().filter(|(_, count)| *count > 0);
    let tables: Vec<_> =
        tables.map(|(table, count)| format!("{} of {table}", people(*count as f64))).collect();
    let (oldest, newest) = (done.oldest, done.newest);
    let which = if tables.is_empty() { String::new() } else { format!(" ({})", tables.join(", ")) };
    let verb = if dry_run { "would be" } else { "were" };
    let dry = if dry_run { "Dry run, nothing was removed.\n" } else { "" };
    let rows = people(all as f64);
    format!(
        "Revisions {oldest} to {newest} are kept. {rows} rows that had ended by then {verb} removed{which}.\n{dry}"
    )
}

/// How files of known sources are read.
pub fn mappings(snapshot: &Snapshot) -> String {
    let line = |one: &Mapping| {
        let mut said: Vec<String> = Vec::new();
        said.extend(one.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
        said.extend(one.header_row.map(|row| format!("header in row {row}")));
        said.extend(one.columns.iter().map(|(header, field)| match field {
            Some(field) => format!("{} is {field}", clipped(header)),
            None => format!("{} is not used", clipped(header)),
        }));
        vec![
            one.id.to_string(),
            one.kind.to_string(),
            one.file_name.to_string(),
            one.at.to_string(),
            said.join("; "),
        ]
    };
    let lines: Vec<_> = snapshot.mappings.iter().map(line).collect();
    table(&["mapping", "kind", "from file", "when", "read as"], &lines)
}

/// What a check of a database found: faults first, each with the rows and what to do.
pub fn verified(verified: &Verified) -> String {
    let mut text = String::new();
    let faults = verified.findings.iter().filter(|one| one.fault);
    for one in faults.chain(verified.findings.iter().filter(|one| !one.fault)) {
        let weight = if one.fault { "Fault" } else { "Remark" };
        let whose = [one.operation.as_deref(), one.table];
        let whose: Vec<&str> = whose.into_iter().flatten().collect();
        let whose = if whose.is_empty() { "the database".to_owned() } else { whose.join(", ") };
        let _ = writeln!(text, "{weight}, {whose}: {} x {}", one.count, one.what);
        for row in one.named.iter().take(ROWS) {
            let source = row
                .source
                .map(|from| format!(" (row {} of submission {})", from.row, from.submission));
            let source = source.unwrap_or_default();
            let colon = if row.key.is_empty() { "" } else { ": " };
            let _ = writeln!(text, "    {}{source}{colon}{}", row.key, row.says);
        }
        if one.count > ROWS {
            let _ = writeln!(text, "    and {} more", people((one.count - ROWS) as f64));
        }
        let _ = writeln!(text, "  What to do: {}\n", one.remedy);
    }
    let operations = verified.operations.iter();
    let operations: Vec<String> =
        operations.map(|(id, revision)| format!("{id} (revision {revision})")).collect();
    let checked = match operations.is_empty() {
        true => "no operation".to_owned(),
        false => operations.join(", "),
    };
    let counted = match (verified.faults(), verified.remarks()) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, remarks) => format!("nothing is wrong, {remarks} remarked"),
        (faults, remarks) => format!("{faults} wrong, {remarks} remarked"),
    };
    let _ = writeln!(text, "Checked {checked}: {counted}.");
    text
}

/// The same for programs.
pub fn verified_json(verified: &Verified) -> serde_json::Value {
    let row = |row: &Named| {
        json!({
            "key": row.key,
            "submission": row.source.map(|from| from.submission),
            "row": row.source.map(|from| from.row),
            "says": row.says,
        })
    };
    let finding = |one: &Finding| {
        json!({
            "fault": one.fault,
            "operation": one.operation.as_deref(),
            "table": one.table,
            "what": one.what,
            "remedy": one.remedy,
            "count": one.count,
            "rows": one.named.iter().map(row).collect::<Vec<_>>(),
        })
    };
    let operation = |(id, revision): &(Text, u64)| json!({ "id": &**id, "revision": revision });
    json!({
        "faults": verified.faults(),
        "remarks": verified.remarks(),
        "operations": verified.operations.iter().map(operation).collect::<Vec<_>>(),
        "findings": verified.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// A hint that a file may be meant to replace an earlier one.
pub fn earlier(earlier: &Earlier) -> String {
    let Earlier { submission, file, at, shared, near, differs, missing, sheet } = earlier;
    let sheet = sheet.as_ref().map(|sheet| format!("--sheet \"{sheet}\" ")).unwrap_or_default();
    let has = shared + near;
    let again = match near {
        0 => String::new(),
        _ => {
            let which = if *near == has { "all".to_owned() } else { format!("{near} of them") };
            let differs = differs.join(" and ").replace('_', " ");
            format!(" ({which} but for the {differs}: those stay and count beside the new ones)")
        }
    };
    let lacks = match missing {
        0 => String::new(),
        missing => format!(" and lacks {missing}, which stay"),
    };
    format!(
        "It looks like a correction of submission {submission} ({file} of {at}): it has {has} of that one's rows{again}{lacks}. Give {sheet}--replaces {submission} to end them."
    )
}

/// The start of a long text, on one line.
fn clipped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A table with a header, columns as wide as their longest cell; columns whose cells all look like
/// numbers are aligned to the right.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let numeric = |column: usize| {
        rows.iter().all(|row| row[column].chars().all(|c| c.is_ascii_digit() || "-.,%".contains(c)))
    };
    let columns: Vec<_> =
        (0..header.len()).map(|column| (width(column), numeric(column))).collect();
    let mut text = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut row = String::new();
        for (cell, (width, right)) in cells.zip(&columns) {
            let blanks = " ".repeat(width - cell.chars().count());
            let (before, after) =
                if *right { (blanks, String::new()) } else { (String::new(), blanks) };
            row.push_str(&before);
            row.push_str(cell);
            row.push_str(&after);
            row.push_str("  ");
        }
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(&mut header.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    text
}

/// A count with a comma at every thousand.
pub fn people(figure: f64) -> String {
    grouped(figure.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(people(1_234_567.4), "1,234,567");
        assert_eq!(people(999.5), "1,000");
        assert_eq!(people(0.0), "0");
        assert_eq!(people(-1000.0), "-1,000");
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = [vec!["Beira".into(), "7".into()], vec!["Dondo".into(), "1,200".into()]];
        assert_eq!(table(&["area", "gap"], &rows), "area     gap\nBeira      7\nDondo  1,200\n");
    }
}
