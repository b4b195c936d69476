//! Tables and reports on a terminal.

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
    let rounded = figure.round();
    let digits = format!("{:.0}", rounded.abs());
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if rounded < 0.0 { format!("-{text}") } else { text }
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
