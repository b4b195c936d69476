//! A refusal, for people: the same sentence that programs get.

use std::fmt::Write;

use super::{Frame, esc, html_of};
use crate::http::links;
use crate::http::problem::Problem;

/// `operation` is the id and the name of the one that the request was about, where there is such.
pub(crate) fn problem(base: &str, operation: Option<(&str, &str)>, problem: &Problem) -> String {
    let mut body = String::new();
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"soft\">Status {}",
        esc(problem.title),
        esc(&problem.detail),
        problem.status.as_u16()
    );
    if let Some(id) = &problem.request_id {
        let _ = write!(body, ", request <code>{}</code>", esc(id));
    }
    body.push_str("</p>\n<p class=\"ways\">");
    let operation = operation.map(|(id, name)| (name, html_of(&links::operation(base, id))));
    if let Some((_, home)) = &operation {
        let home = esc(home);
        let _ = write!(body, "<a class=\"button strong\" href=\"{home}\">The operation</a> ");
    }
    let all = html_of(&format!("{base}/api"));
    let _ = writeln!(body, "<a class=\"button\" href=\"{}\">All operations</a></p>", esc(&all));
    let mut above = vec![("Operations", all)];
    above.extend(operation);
    Frame { base, title: problem.title, above: &above, json: None, map: None }.around(&body)
}
