//! Counts as people write them.

/// A whole number with a comma before each three digits.
pub fn grouped(number: impl Into<i64>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and what is counted: `1 row`, `1,200 rows`.
pub fn counted(count: usize, one: &str) -> String {
    let count_of = grouped(count as i64);
    match (count, one.strip_suffix('y')) {
        (1, _) => format!("{count_of} {one}"),
        (_, Some(stem)) => format!("{count_of} {stem}ies"),
        (_, None) => format!("{count_of} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators_and_one_is_one() {
        assert_eq!(grouped(8391_u32), "8,391");
        assert_eq!(grouped(1_000_000_u32), "1,000,000");
        assert_eq!(grouped(12_u32), "12");
        assert_eq!(
            [0_i64, 999, 1000, -1_234_567].map(grouped),
            ["0", "999", "1,000", "-1,234,567"]
        );
        assert_eq!(counted(1, "decision"), "1 decision");
        assert_eq!(counted(1200, "row"), "1,200 rows");
        assert_eq!([1, 2].map(|n| counted(n, "activity")), ["1 activity", "2 activities"]);
    }
}
