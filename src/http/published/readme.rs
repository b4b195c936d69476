//! What a published folder says about itself to who finds it.

use std::fmt::Write;

use serde_json::Value;

use crate::domain::Snapshot;

use super::MOST_MONTHS;

/// The text of README.txt, with line ends that every editor shows.
pub(super) fn text(
    snapshot: &Snapshot,
    about: &Value,
    months: &[String],
    sources: &Value,
    rule: &str,
) -> String {
    let (operation, revision) = (&snapshot.operation, &snapshot.revision);
    let title = &operation.name;
    let mut out = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    line(title);
    line(&"=".repeat(title.chars().count()));
    line("");
    if let Some(note) = &operation.note {
        line(note);
        line("");
    }
    line("A map of who is covered, who is not, and how sure that is.");
    line(&format!("Operation {}, revision {}, of {}.", operation.id, revision.number, revision.at));
    line("");
    line("How to open it");
    line("--------------");
    line(
        "Open index.html in a browser. The folder works from a disk or a USB stick and from any web",
    );
    line(
        "host; it needs no other program and asks nobody on the internet. Copy it whole. On a host it",
    );
    line("loads quickest where the host serves parts of files (range requests), as most do.");
    line("");
    line("What is in it");
    line("-------------");
    line(
        "tables/  the gaps of every level and sector over the whole operation, and the areas, as CSV;",
    );
    line("         gaps.gpkg opens drawn in QGIS");
    line(
        "tiles/   the areas and the gaps as PMTiles, for QGIS (3.32 or later), GDAL (3.8 or later) and",
    );
    line("         MapLibre; the .js beside them is the same for browsers that read from a disk");
    line(
        "styles/  how the gaps are drawn, for QGIS (.qml) and MapLibre (.json; put the address of this",
    );
    line("         folder before tiles/)");
    line("data/    what the page shows");
    line("page/    the page");
    line("");
    let list = |key: &str, name: &str| -> String {
        let all = about[key].as_array().into_iter().flatten();
        let all = all.filter_map(|one| one[name].as_str());
        all.collect::<Vec<_>>().join(", ")
    };
    line(&format!("Levels: {}.", list("levels", "name")));
    line(&format!("Sectors: {}.", list("sectors", "code")));
    match (months.first(), months.last()) {
        (Some(first), Some(last)) => line(&format!(
            "Periods: the whole operation, and each of {} months in which work began, {first} to {last}\n(the last {MOST_MONTHS} at most).",
            months.len()
        )),
        _ => line("Periods: the whole operation."),
    }
    line(
        "People of all groups, against people in need. Rows of partners, points of sites and figures",
    );
    line("below the lowest level with need figures are left out.");
    line("");
    line("How it was counted");
    line("------------------");
    line(&wrapped(rule));
    line("An unknown figure is empty, never 0.");
    line("");
    line("Sources");
    line("-------");
    for source in sources.as_array().into_iter().flatten() {
        let text = |name: &str| source[name].as_str().unwrap_or("");
        line(&format!("{} ({}), imported {}", text("file"), text("kind"), text("at")));
    }
    line("");
    line("Licence");
    line("-------");
    line(
        "The licences of the sources above apply: nobody here can grant more than they do. Boundaries",
    );
    line("and names imply no endorsement. The map is drawn with MapLibre GL JS (BSD 3-Clause).");
    out.replace('\n', "\r\n")
}

/// Lines of at most 94 characters.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let long = word.chars().count() + 1;
        if width > 0 && width + long > 95 {
            out.push('\n');
            width = 0;
        }
        if width > 0 {
            out.push(' ');
        }
        out += word;
        width += long;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_rule_is_told_in_short_lines() {
        let lines = wrapped(&"word ".repeat(40));
        assert!(lines.lines().all(|line| line.len() <= 94), "{lines}");
        assert_eq!(lines.lines().count(), 3);
    }
}
