//! What there is to say of columns that are not used although they hold numbers: nobody should have
//! to find out by a figure that is missing.

use super::columns::{Mapping, NO_NUMBER, is_said};
use super::evidence::{Evidence, Trait};
use super::fields::Field;
use super::report::{ColumnReport, clip};
use super::table::Found;
use super::vocabulary::{self, List, list, normalise};
use super::{Kind, Options, headers, personal};

/// Columns that are named.
const NAMED: usize = 12;

/// Marks the columns that are not used and hold numbers, and says what every unused one holds.
/// `evidence` is by position in the columns.
pub(super) fn note_numbers(mapping: &mut Mapping, evidence: &[Evidence]) {
    let Mapping { columns, remarks, beside_total, .. } = mapping;
    for (column, evidence) in columns.iter_mut().zip(evidence) {
        let is_open = column.field.is_none()
            && !column.personal
            && !is_said(&column.reason)
            && !column.reason.starts_with("a part of column")
            && !beside_total.iter().any(|beside| beside.column == column.index)
            && !super::returned::is_own(&column.header);
        // A form numbers its answers and itself.
        let counts = !column.header.starts_with('_') && !is_number_of(&column.header);
        let is_filled = is_open && evidence.filled > 0;
        let is_moment = evidence.share(Trait::Moment).max(evidence.share(Trait::Clock)) >= 0.9;
        let (numbers, dates) = (evidence.share(Trait::Number), evidence.share(Trait::Date));
        column.numbers = is_filled && counts && numbers > 0.6;
        column.holds = match () {
            _ if !is_filled => "",
            _ if numbers > 0.6 => "numbers",
            _ if dates > 0.6 && !is_moment => "dates",
            _ => "words",
        }
        .to_owned();
        if is_filled && column.reason.contains(NO_NUMBER) {
            remarks.push(without_figures(column, &evidence.example));
        }
    }
}

/// That a column of figures has none that can be read, and what it has instead.
fn without_figures(column: &ColumnReport, example: &str) -> String {
    let masked = personal::mask(example).map(|(kept, _)| kept);
    let example = clip(masked.as_deref().unwrap_or(example));
    format!(
        "Column {} ({}) is a column of figures by its name, and {NO_NUMBER}, as in \"{example}\": it is not used. Write one plain number in each cell.",
        column.letters,
        column.title()
    )
}

/// That no column says when, where columns hold dates.
pub(super) fn dates(kind: Kind, mapping: &Mapping) -> Option<String> {
    let columns = &mapping.columns;
    const TIMES: [&str; 4] = ["start_date", "end_date", "month", "year"];
    let is_time =
        |column: &ColumnReport| column.field.as_deref().is_some_and(|field| TIMES.contains(&field));
    let unused: Vec<&ColumnReport> =
        columns.iter().filter(|column| column.holds == "dates").collect();
    if kind != Kind::Activities
        || unused.is_empty()
        || columns.iter().any(is_time)
        || mapping.slices().any(|slice| slice.months.is_some())
    {
        return None;
    }
    let (hold, they) = match unused.len() {
        1 => ("column", "holds dates and is not used: say what it is"),
        _ => ("columns", "hold dates and are not used: say what they are"),
    };
    let titles = titles(unused.into_iter());
    Some(format!(
        "No column says when; {hold} {titles} {they}. Rows without dates count in every period."
    ))
}

/// That nothing says of which months the sheets of a workbook are that are read one after the other.
pub(super) fn sheets(found: &Found, options: &Options, is_said: bool) -> Option<String> {
    let others = found.sheets.iter().any(|sheet| sheet.alike && !sheet.chosen);
    (options.every_sheet && others && !is_said).then(|| {
        "No column says when, and the name of the sheet is no month of a known year: the rows of all sheets are taken to be of one time, and add up. If they are of different months, give the sheets dates, or call them by month and year."
            .to_owned()
    })
}

/// Every column that is not used and holds something, those for the same reason together.
pub fn by_reason(columns: &[ColumnReport]) -> Vec<String> {
    let mut groups: Vec<((&str, &str), Vec<&ColumnReport>)> = Vec::new();
    for column in columns.iter().filter(|column| !column.holds.is_empty()) {
        let why = (column.holds.as_str(), column.reason.as_str());
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, alike)) => alike.push(column),
            None => groups.push((why, vec![column])),
        }
    }
    let line = |((holds, reason), alike): ((&str, &str), Vec<&ColumnReport>)| {
        let hold = if alike.len() == 1 { "holds" } else { "hold" };
        let reason = reason.strip_suffix(": not used").unwrap_or(reason);
        format!("{}: {hold} {holds}; {reason}", titles(alike.into_iter()))
    };
    groups.into_iter().map(line).collect()
}

/// Whether a header is that of a running number, a code or a year.
fn is_number_of(header: &str) -> bool {
    static OF: List = list("running number");
    let key = normalise(header);
    // `No. of pupils` counts them.
    let words = key.split(' ').enumerate();
    let mut words =
        words.filter(|(at, word)| *at > 0 || !matches!(*word, "no" | "nr") || *word == key);
    headers::is_code(header) || key.is_empty() || words.any(|(_, word)| OF.contains(&word))
}

/// Letters and headers of columns, as in `F (Jan), G (Feb)`.
pub fn titles<'c>(columns: impl Iterator<Item = &'c ColumnReport>) -> String {
    let all: Vec<String> =
        columns.map(|column| format!("{} ({})", column.letters, column.title())).collect();
    let more = all.len().saturating_sub(NAMED);
    let named = all[..all.len() - more].join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

/// That a table of activities or needs has no figure of people that is understood, where columns hold
/// numbers.
pub(super) fn figures(kind: Kind, columns: &[ColumnReport]) -> Option<String> {
    let (figures, what): (&[&str], &str) = match kind {
        Kind::Activities => {
            (&["reached", "targeted", "households_reached", "households_targeted"], "reached")
        }
        Kind::Needs => (&["in_need", "targeted", "affected", "population", "severity"], "in need"),
        _ => return None,
    };
    let is_one = |column: &ColumnReport, figures: &[&str]| {
        column.field.as_deref().is_some_and(|field| figures.contains(&field))
    };
    let is_figure = |column: &ColumnReport| is_one(column, figures);
    // People of a word that nobody knows may be those reached.
    let of_people = |column: &&ColumnReport| {
        static PAID: List = list("people of a figure");
        let key = normalise(&column.header);
        let is_unknown = column.reason.starts_with("no known header");
        column.numbers && is_unknown && key.split(' ').any(|word| PAID.contains(&word))
    };
    let unknown: Vec<&ColumnReport> = columns.iter().filter(of_people).collect();
    if kind == Kind::Activities
        && !unknown.is_empty()
        && columns.iter().any(is_figure)
        && !columns.iter().any(|column| is_one(column, &["reached", "households_reached"]))
    {
        let titles = titles(unknown.into_iter());
        return Some(format!(
            "No column of people reached was found, only of those targeted: say what is counted in {titles}."
        ));
    }
    let unused: Vec<&ColumnReport> = columns.iter().filter(|column| column.numbers).collect();
    if unused.is_empty() || columns.iter().any(is_figure) {
        return None;
    }
    let (hold, they) = match unused.len() {
        1 => ("column", "holds numbers and is not used: say what it is"),
        _ => ("columns", "hold numbers and are not used: say what they are"),
    };
    let titles = titles(unused.into_iter());
    Some(format!("No column of people {what} or targeted was found; {hold} {titles} {they}."))
}

/// That the rows of a table are of several countries, where nothing says which is the operation's.
pub(super) fn note_countries(
    mapping: &mut Mapping,
    evidence: &[Evidence],
    country: Option<&'static str>,
) {
    let is_country = |column: &ColumnReport| column.field.as_deref() == Some(Field::Country.name());
    let columns = mapping.columns.iter().zip(evidence);
    let found = columns.filter(|(column, seen)| is_country(column) && seen.distinct > 1);
    let found: Vec<String> = found.map(|(column, _)| titles([column].into_iter())).collect();
    mapping.remarks.extend(found.into_iter().filter(|_| country.is_none()).map(|title| {
        format!(
            "Column {title} names more than one country, and no code of an area says which one is this operation's: rows of other countries are placed here, too, where their names fit or at the operation. Send only the rows of this operation's country."
        )
    }));
}

/// That no column of a table of activities names the sector, and how it is said.
pub(super) fn sector(kind: Kind, mapping: &Mapping, is_said: bool) -> Option<String> {
    let has = mapping.column_of[Field::Sector as usize].is_some()
        || mapping.slices().any(|slice| slice.sector.is_some());
    let is_sector = |column: &&ColumnReport| {
        let named = vocabulary::sector_words(&normalise(&column.header)).is_some();
        column.field.is_none() && column.holds == "words" && named
    };
    let matrix: Vec<&ColumnReport> = mapping.columns.iter().filter(is_sector).collect();
    if kind == Kind::Activities && !has && matrix.len() > 1 {
        let titles = titles(matrix.into_iter());
        let count = match is_said {
            true => "",
            false => " The rows count only in ALL.",
        };
        return Some(format!(
            "Columns {titles} are called by sectors and hold marks, which are not read: give one column with the sector, and a row for each.{count}"
        ));
    }
    (kind == Kind::Activities && !has && !is_said).then(|| {
        "No column names the sector: the rows count only in ALL. Where all are of one, say it, such as --sector WSH."
            .to_owned()
    })
}

/// That coordinates of a projection are not read, where no column has degrees.
pub(super) fn projected(columns: &[ColumnReport]) -> Option<String> {
    static WORDS: List = list("projected coordinates");
    const DEGREES: [&str; 3] = ["latitude", "longitude", "coordinates"];
    let has_degrees = |column: &ColumnReport| {
        column.field.as_deref().is_some_and(|field| DEGREES.contains(&field))
    };
    let is_projected = |column: &&ColumnReport| {
        let key = normalise(&column.header);
        column.field.is_none() && key.split(' ').any(|word| WORDS.contains(&word))
    };
    let found: Vec<&ColumnReport> = columns.iter().filter(is_projected).collect();
    if found.is_empty() || columns.iter().any(has_degrees) {
        return None;
    }
    let titles = titles(found.into_iter());
    Some(format!(
        "Columns {titles} look like coordinates of a projection (UTM), which are not read: give longitude and latitude in degrees."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(letters: &str, header: &str, field: Option<&str>) -> ColumnReport {
        ColumnReport {
            letters: letters.to_owned(),
            reason: "no known header or tag: not used".to_owned(),
            header: header.to_owned(),
            field: field.map(str::to_owned),
            numbers: field.is_none(),
            ..ColumnReport::default()
        }
    }

    #[test]
    fn a_table_of_activities_without_figures_names_the_columns_of_numbers() {
        let mut columns = vec![column("A", "Partner", Some("partner")), column("F", "Jan", None)];
        assert_eq!(
            figures(Kind::Activities, &columns).unwrap_or_default(),
            "No column of people reached or targeted was found; column F (Jan) holds numbers and is not used: say what it is."
        );
        columns.push(column("G", "Feb", None));
        let said = figures(Kind::Activities, &columns).unwrap_or_default();
        assert!(said.contains("columns F (Jan), G (Feb) hold numbers"), "{said}");
        let said = figures(Kind::Needs, &columns).unwrap_or_default();
        assert!(said.starts_with("No column of people in need or targeted"), "{said}");
        columns.push(column("H", "Reached", Some("reached")));
        assert_eq!(figures(Kind::Activities, &columns), None);
        assert_eq!(figures(Kind::Sites, &columns[..2]), None);
    }

    #[test]
    fn people_of_an_unknown_word_beside_targets_are_named() {
        let mut columns = vec![
            column("A", "Partner", Some("partner")),
            column("F", "People planned", Some("targeted")),
            column("G", "# individuals enrolled", None),
            column("H", "Amount", None),
        ];
        let said = figures(Kind::Activities, &columns).unwrap_or_default();
        assert!(said.contains("only of those targeted: say what is counted in G"), "{said}");
        columns.remove(2);
        assert_eq!(figures(Kind::Activities, &columns), None);
    }

    #[test]
    fn a_number_of_things_is_no_running_number() {
        for header in ["No. of pupils", "Nr. pupils", "Number of pupils"] {
            assert!(!is_number_of(header), "{header}");
        }
        for header in ["No", "No.", "Nr", "S/No", "Row no", "Project nr", "Row"] {
            assert!(is_number_of(header), "{header}");
        }
    }

    #[test]
    fn metres_of_a_projection_are_told_to_be_no_degrees() {
        let mut columns = vec![column("D", "Easting", None), column("E", "UTM Northing", None)];
        let said = projected(&columns).unwrap_or_default();
        assert!(said.contains("D (Easting), E (UTM Northing)") && said.contains("in degrees"));
        columns.push(column("F", "Lat", Some("latitude")));
        assert_eq!(projected(&columns), None);
    }
}
