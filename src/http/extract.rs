//! What handlers take out of a request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use crate::app::collections::{BadParameter, Collection, Parameter, Params, View, params};
use crate::app::past::{AS_OF, REVISION};

use crate::domain::Snapshot;
use crate::formats::reference::CRS84;

use super::problem::Problem;
use super::{Server, Writes, links, public, revision};

pub(crate) const DRAFT: Parameter = Parameter {
    name: "draft",
    description: "Id of an import that is not committed: the answer is about the operation as it would be after the commit. Needs the token.",
    kind: params::ParameterKind::Text,
    default: None,
};

/// What every answer about an operation takes.
pub(crate) const COMMON: [&Parameter; 4] = [&DRAFT, &REVISION, &AS_OF, &revision::MIN_REVISION];

/// Those that ask for another state of the operation than the present one.
pub(crate) const NOT_NOW: [&Parameter; 3] = [&DRAFT, &REVISION, &AS_OF];

/// For whom an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Html,
}

/// A request as the handlers see it.
#[derive(Clone)]
pub(crate) struct Ask {
    pub server: Arc<Server>,
    pub headers: HeaderMap,
    /// As in the request line, still percent-encoded.
    pub path: String,
    pub query: String,
    /// Scheme and host that links begin with, without a slash at the end.
    pub base: String,
    /// The operation as it was loaded for this request.
    pub loaded: Option<Arc<Snapshot>>,
}

impl FromRequestParts<Arc<Server>> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Ask, Infallible> {
        Ok(Ask {
            server: server.clone(),
            headers: parts.headers.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or("").to_owned(),
            base: public::base(server, &parts.uri, &parts.headers, &parts.extensions),
            loaded: parts.extensions.get::<Arc<Snapshot>>().cloned(),
        })
    }
}

impl Ask {
    /// The operation as it is: as it was loaded, where it has left the memory since.
    pub fn now(&self, operation: &str) -> Result<Arc<Snapshot>, Problem> {
        let app = &self.server.app;
        let loaded = || self.loaded.clone().filter(|one| *one.operation.id == *operation);
        let now = app.snapshot(operation).or_else(loaded);
        now.ok_or_else(|| Problem::no_operation(operation, app.listed().keys()))
    }

    /// The operation as it is, or as a draft would leave it where one is asked for.
    pub async fn view(&self, operation: &str) -> Result<Arc<View>, Problem> {
        let Some(id) = self.draft() else {
            let past = revision::past(self, operation).await?;
            let now = || self.now(operation).map(|now| self.server.view(now));
            return past.map_or_else(now, Ok);
        };
        self.writes()?;
        let app = &self.server.app;
        let draft = app.drafts.find(operation, &id).ok_or_else(|| Problem::no_draft(&id))?;
        // Of a new operation there is none yet.
        let current = self.now(operation).ok().map(|now| self.server.view(now));
        Ok(app.draft_view(&draft, current).await?)
    }

    /// The draft that is asked for: its answers are for its sender only.
    pub fn draft(&self) -> Option<String> {
        // Most questions have none, and need not be taken apart twice.
        if !self.query.contains("draft") {
            return None;
        }
        let pairs = self.pairs().ok()?;
        pairs.into_iter().find(|(name, _)| name == DRAFT.name).map(|(_, id)| id)
    }

    /// Whether the question is about a revision by its number.
    pub fn names_revision(&self) -> bool {
        self.query.contains("revision=")
            && self.pairs().is_ok_and(|pairs| pairs.iter().any(|(name, _)| name == REVISION.name))
    }

    /// What writing needs, where the request shows the token.
    pub fn writes(&self) -> Result<&Writes, Problem> {
        let Some(writes) = &self.server.writes else {
            let detail = "This server takes no imports.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "Read only", detail));
        };
        writes.token.check(&self.headers)?;
        Ok(writes)
    }

    /// For whom the answer is.
    pub fn form(&self) -> Form {
        form(&self.query, &self.headers)
    }

    /// The reference system of the coordinates in an answer; refused later where there is no such.
    pub fn crs(&self) -> String {
        let given = self.pairs().ok().filter(|_| self.query.contains("crs="));
        let given = given.into_iter().flatten().find(|(name, _)| name == "crs");
        given.map_or_else(|| CRS84.to_owned(), |(_, uri)| uri)
    }

    /// The query's pairs, decoded, of which all must be known.
    pub fn params(&self, known: &[&Parameter]) -> Result<Params, Problem> {
        let known: Vec<&Parameter> = known.iter().copied().chain(COMMON).collect();
        let mut pairs = self.pairs()?;
        // A form without a script cannot leave out what was left empty.
        if pairs.iter().any(|(name, value)| name == "f" && value == "html") {
            pairs.retain(|(_, value)| !value.trim().is_empty());
        }
        Ok(Params::parse(pairs, &known)?)
    }

    /// The query's pairs, decoded.
    pub fn pairs(&self) -> Result<Vec<(String, String)>, Problem> {
        let pairs = pairs(&self.query)?;
        let has_nul =
            |(name, value): &&(String, String)| name.contains('\0') || value.contains('\0');
        if let Some((name, _)) = pairs.iter().find(has_nul) {
            return Err(BadParameter::new(name, "the value has a NUL character in it").into());
        }
        // What stands for bytes that are no text, where nobody wrote it.
        let said = || self.query.to_ascii_uppercase().contains("%EF%BF%BD");
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.contains('\u{fffd}'))
            && !said()
        {
            return Err(BadParameter::new(name, "the value is not UTF-8").into());
        }
        Ok(pairs)
    }

    /// Refuses what every answer takes and this one can do nothing with, as `why` says.
    pub fn without(&self, these: &[&Parameter], why: &str) -> Result<(), Problem> {
        without(&self.pairs()?, these, why)
    }

    /// The same of what is only as it is now.
    pub fn only_now(&self, why: &str) -> Result<(), Problem> {
        self.without(&NOT_NOW, why)
    }

    /// For pages that take no parameter but the format.
    pub fn only_page_format(&self) -> Result<(), Problem> {
        Ok(self.params(&[&params::PAGE_FORMAT])?.one_of_codes(&params::PAGE_FORMAT)?)
    }

    /// The address of the request itself in another form.
    pub fn in_form(&self, form: &str) -> String {
        let pairs = self.pairs().unwrap_or_default();
        let others = pairs.iter().filter(|(name, value)| name != "f" && !value.trim().is_empty());
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        let query = links::query(others.chain([("f", form)]));
        format!("{}{}?{query}", self.base, self.path)
    }

    /// For answers that take no parameter but the format.
    pub fn only_format(&self) -> Result<(), Problem> {
        Ok(self.params(&[&params::FORMAT])?.one_of_codes(&params::FORMAT)?)
    }

    /// The address of the request itself.
    pub fn own_url(&self) -> String {
        match self.query.is_empty() {
            true => format!("{}{}", self.base, self.path),
            false => format!("{}{}?{}", self.base, self.path, self.query),
        }
    }
}

/// For whom an answer is: as `f` asks, else as the Accept header does. Only who asks for HTML by name
/// gets it: programs that take anything get JSON.
pub(crate) fn form(query: &str, headers: &HeaderMap) -> Form {
    if query.contains("f=")
        && let Ok(pairs) = pairs(query)
        && let Some((_, given)) = pairs.iter().find(|(name, _)| name == "f")
    {
        return if given == "html" { Form::Html } else { Form::Json };
    }
    let lists = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut html, mut json) = (0.0, 0.0);
    for one in lists.flat_map(|list| list.split(',')) {
        let mut parts = one.split(';').map(str::trim);
        let name = parts.next().unwrap_or("").to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight: f64 = weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        let best = if name == "text/html" { &mut html } else { &mut json };
        if name == "text/html" || name.contains("json") || name == "*/*" {
            *best = weight.max(*best);
        }
    }
    if html > json { Form::Html } else { Form::Json }
}

/// Refuses parameters that make no sense where they are given.
pub(crate) fn without(
    pairs: &[(String, String)],
    these: &[&Parameter],
    why: &str,
) -> Result<(), Problem> {
    let given = |one: &&&Parameter| pairs.iter().any(|(name, _)| name == one.name);
    match these.iter().find(given) {
        Some(one) => Err(BadParameter::new(one.name, why).into()),
        None => Ok(()),
    }
}

/// A query's pairs, decoded.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let uri: axum::http::Uri = format!("/?{query}").parse().map_err(|_| unreadable())?;
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|_| unreadable())?;
    Ok(pairs.0)
}

/// The collection of this id, or the problem that names those there are.
pub(crate) fn collection(id: &str) -> Result<&'static Collection, Problem> {
    crate::app::collections::find(id).ok_or_else(|| Problem::no_collection(id))
}

fn unreadable() -> Problem {
    let detail = "The query is not name=value pairs joined by &.";
    Problem::new(StatusCode::BAD_REQUEST, "Bad query", detail)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::app::import::Said;
    use crate::domain::Rows;
    use crate::http::Settings;

    #[tokio::test]
    async fn what_was_loaded_for_a_request_is_answered_though_it_has_left_the_memory() {
        let operation = Said::of("op").after(None);
        let ask = Ask {
            server: Arc::new(Server::new(Arc::new(App::default()), &Settings::default())),
            headers: HeaderMap::new(),
            path: String::new(),
            query: String::new(),
            base: String::new(),
            loaded: Some(Arc::new(Snapshot::build(Rows::empty(operation)))),
        };
        let loaded = ask.loaded.clone().unwrap();
        assert!(Arc::ptr_eq(&ask.view("op").await.unwrap().snapshot, &loaded));
        assert!(ask.server.views.load().is_empty(), "its view would stay");
        assert_eq!(ask.view("other").await.err().unwrap().status, 404);
    }
}
