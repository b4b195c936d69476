//! Counts as people write them.

/// A count with a comma before each three digits.
pub(super) fn grouped(count: impl Into<u64>) -> String {
    let digits = count.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and what is counted: `1 row`, `1,200 rows`.
pub(super) fn counted(count: usize, one: &str) -> String {
    let count_of = grouped(count as u64);
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
        assert_eq!(counted(1, "decision"), "1 decision");
        assert_eq!(counted(1200, "row"), "1,200 rows");
        assert_eq!([1, 2].map(|n| counted(n, "activity")), ["1 activity", "2 activities"]);
    }
}
