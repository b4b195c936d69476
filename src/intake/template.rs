//! Our own templates: a header row and an HXL row.

use super::Kind;

/// The template of a kind of table, as CSV.
pub fn template(kind: Kind) -> String {
    let fields = kind.template().iter();
    let names: Vec<_> = fields.clone().map(|field| field.def().name).collect();
    let tags: Vec<_> = fields.map(|field| field.def().hxl).collect();
    format!("{}\n{}\n", names.join(","), tags.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_a_header_row_and_an_hxl_row() {
        let text = template(Kind::Population);
        assert!(text.starts_with("adm1_pcode,"));
        let tags: Vec<_> = text.lines().nth(1).into_iter().flat_map(|row| row.split(',')).collect();
        assert!(tags.iter().all(|tag| tag.starts_with('#')), "{tags:?}");
    }
}
