//! How the sender wants a file read, from names and values as they come over HTTP.

use crate::app::collections::BadParameter;
use crate::app::collections::params::not_known;
use crate::domain::{Period, Sector};
use crate::intake::{FIELDS, Field, Kind, Options};

/// How the sender wants a file read, beside what is found out.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Found out from the content where it is open.
    pub kind: Option<Kind>,
    pub options: Options,
    /// The submission that the file corrects: rows of it that the file no longer has end.
    pub replaces: Option<u32>,
}

/// Names that [`Asked::set`] knows.
pub const NAMES: &[&str] = &["kind", "sheet", "header_row", "sector", "cycle", "level", "replaces"];

impl Asked {
    /// Takes one word of the sender; `None` leaves it to be found out again.
    pub fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), BadParameter> {
        let bad = |reason: String| BadParameter::new(name, reason);
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        let options = &mut self.options;
        match name {
            "kind" => {
                let known = || Kind::TABLE.iter().map(|(_, name)| *name).collect::<Vec<_>>();
                let kind = |value| {
                    let unknown = || bad(format!("give one of {}", known().join(", ")));
                    Kind::from_name(value).ok_or_else(unknown)
                };
                let kind = value.map(kind).transpose()?;
                if kind != self.kind {
                    self.forget_columns();
                }
                self.kind = kind;
            }
            "sheet" => {
                options.sheet = value.map(str::to_owned);
                options.header_row = None;
                self.forget_columns();
            }
            "header_row" => {
                let row = |value: &str| match value.parse() {
                    Ok(row) if row >= 1 => Ok(row),
                    _ => Err(bad("give a row number as a spreadsheet shows it, from 1".to_owned())),
                };
                options.header_row = value.map(row).transpose()?;
                self.forget_columns();
            }
            "sector" => {
                let sector = |value| {
                    let known = Sector::TABLE.iter().map(|(_, code, _)| *code);
                    let unknown = || bad(not_known(name, value, known));
                    Sector::from_code(value).ok_or_else(unknown)
                };
                options.sector = value.map(sector).transpose()?;
            }
            "replaces" => {
                let number = |value: &str| {
                    value.parse().map_err(|_| bad("give the number of a submission".to_owned()))
                };
                self.replaces = value.map(number).transpose()?;
            }
            "cycle" => {
                let cycle = |value: &str| match value.parse().ok().and_then(Period::year) {
                    Some(year) => Ok(year),
                    None => value.parse().map_err(|_| {
                        bad("give a year such as 2026, or a period 2026-01-01/2026-12-31"
                            .to_owned())
                    }),
                };
                options.cycle = value.map(cycle).transpose()?;
            }
            "level" => {
                let level = |value: &str| match value.parse() {
                    Ok(level) if (1..=4).contains(&level) => Ok(level),
                    _ => Err(bad("give 1 to 4: 1 is the first below the country".to_owned())),
                };
                options.level = value.map(level).transpose()?;
            }
            _ => return Err(bad(format!("known are columns, {}", NAMES.join(", ")))),
        }
        Ok(())
    }

    /// Says what a column is: a field, `auto` to find it out again, or nothing to leave it out.
    pub fn set_column(&mut self, header: &str, field: Option<&str>) -> Result<(), BadParameter> {
        let header = header.trim().to_owned();
        if header.is_empty() {
            return Err(BadParameter::new(
                "column",
                "name the column by its header or its letters",
            ));
        }
        let field = match field.map(str::trim) {
            Some("auto") => None,
            None | Some("") => Some(None),
            Some(name) => {
                let known: Vec<_> = FIELDS.iter().map(|known| known.name).collect();
                let unknown = || {
                    BadParameter::new(
                        "column",
                        format!("there is no field \"{name}\"; there is {}", known.join(", ")),
                    )
                };
                Some(Some(Field::from_name(name).ok_or_else(unknown)?))
            }
        };
        let options = &mut self.options;
        options.columns.retain(|(known, _)| *known != header);
        options.unused.retain(|known| *known != header);
        match field {
            Some(Some(field)) => {
                // A field is one column's: the last word counts.
                options.columns.retain(|(_, known)| *known != field);
                options.columns.push((header, field));
            }
            Some(None) => options.unused.push(header),
            None => {}
        }
        Ok(())
    }

    /// What was said about the columns of one table says nothing about another.
    fn forget_columns(&mut self) {
        self.options.columns.clear();
        self.options.unused.clear();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_a_column_counts() {
        let mut asked = Asked::default();
        asked.set_column("Name", Some("partner")).unwrap();
        asked.set_column("Org", Some("partner")).unwrap();
        assert_eq!(asked.options.columns, [("Org".to_owned(), Field::Partner)]);
        asked.set_column("Org", None).unwrap();
        assert_eq!(asked.options.unused, ["Org"]);
        asked.set_column("Org", Some("auto")).unwrap();
        assert!(asked.options.unused.is_empty() && asked.options.columns.is_empty());
        assert!(asked.set_column("Org", Some("organ")).is_err());
    }

    #[test]
    fn another_sheet_has_other_columns() {
        let mut asked = Asked::default();
        asked.set("header_row", Some("7")).unwrap();
        asked.set_column("Org", Some("partner")).unwrap();
        asked.set("sheet", Some("Data")).unwrap();
        assert_eq!((asked.options.header_row, asked.options.columns.len()), (None, 0));
        for (name, value) in [("header_row", "0"), ("level", "9"), ("cycle", "soon"), ("foo", "1")]
        {
            assert_eq!(asked.set(name, Some(value)).unwrap_err().name, name);
        }
    }
}
