//! What handlers take out of a request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Query};
use axum::http::header::{ACCEPT, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use crate::app::collections::{BadParameter, Collection, Parameter, Params, View, params};

use crate::formats::reference::CRS84;

use super::problem::Problem;
use super::{Server, Writes, revision};

pub(crate) const DRAFT: Parameter = Parameter {
    name: "draft",
    description: "Id of an import that is not committed: the answer is about the operation as it would be after the commit. Needs the token.",
    kind: params::ParameterKind::Text,
    default: None,
};

/// What every answer about an operation takes.
pub(crate) const COMMON: [&Parameter; 4] =
    [&DRAFT, &revision::REVISION, &revision::AS_OF, &revision::MIN_REVISION];

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
            base: base(parts, server),
        })
    }
}

impl Ask {
    /// The operation as it is, or as a draft would leave it where one is asked for.
    pub async fn view(&self, operation: &str) -> Result<Arc<View>, Problem> {
        let Some(id) = self.draft() else {
            let past = revision::past(self, operation).await?;
            return past.map_or_else(|| self.server.view(operation), Ok);
        };
        self.writes()?;
        let app = &self.server.app;
        let draft = app.drafts.find(operation, &id).ok_or_else(|| Problem::no_draft(&id))?;
        // Of a new operation there is none yet.
        let current = self.server.view(operation).ok();
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

    /// What writing needs, where the request shows the token.
    pub fn writes(&self) -> Result<&Writes, Problem> {
        let Some(writes) = &self.server.writes else {
            let detail = "This server takes no imports.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "Read only", detail));
        };
        writes.token.check(&self.headers)?;
        Ok(writes)
    }

    /// What is asked for by `f`, else by the Accept header. Only who asks for HTML by name gets it:
    /// programs that take anything get JSON.
    pub fn form(&self) -> Form {
        if self.query.contains("f=")
            && let Ok(pairs) = self.pairs()
            && let Some((_, given)) = pairs.iter().find(|(name, _)| name == "f")
        {
            return if given == "html" { Form::Html } else { Form::Json };
        }
        let lists = self.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
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

    /// The reference system of the coordinates in an answer; refused later where there is no such.
    pub fn crs(&self) -> String {
        let given = self.pairs().ok().filter(|_| self.query.contains("crs="));
        let given = given.into_iter().flatten().find(|(name, _)| name == "crs");
        given.map_or_else(|| CRS84.to_owned(), |(_, uri)| uri)
    }

    /// The query's pairs, decoded, of which all must be known.
    pub fn params(&self, known: &[&Parameter]) -> Result<Params, Problem> {
        let known: Vec<&Parameter> = known.iter().copied().chain(COMMON).collect();
        Ok(Params::parse(self.pairs()?, &known)?)
    }

    /// The query's pairs, decoded.
    pub fn pairs(&self) -> Result<Vec<(String, String)>, Problem> {
        let uri: axum::http::Uri = format!("/?{}", self.query).parse().map_err(|_| unreadable())?;
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|_| unreadable())?;
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(BadParameter::new("", "a value has a NUL character in it").into());
        }
        Ok(pairs)
    }

    /// For pages that take no parameter but the format.
    pub fn only_page_format(&self) -> Result<(), Problem> {
        page_format(&self.params(&[&params::PAGE_FORMAT])?)
    }

    /// The address of the request itself in another form.
    pub fn in_form(&self, form: &str) -> String {
        let pairs = self.pairs().unwrap_or_default();
        let others = pairs.iter().filter(|(name, _)| name != "f");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        let query = super::links::query(others.chain([("f", form)]));
        format!("{}{}?{query}", self.base, self.path)
    }

    /// For answers that take no parameter but the format.
    pub fn only_format(&self) -> Result<(), Problem> {
        Ok(self.params(&[&params::FORMAT])?.json_only()?)
    }

    /// The address of the request itself.
    pub fn own_url(&self) -> String {
        match self.query.is_empty() {
            true => format!("{}{}", self.base, self.path),
            false => format!("{}{}?{}", self.base, self.path, self.query),
        }
    }
}

/// What links begin with: the address the server is told to have, else the host that was asked, as a
/// proxy that is trusted says it.
fn base(parts: &Parts, server: &Server) -> String {
    if let Some(url) = &server.public_url {
        return url.clone();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let is_trusted =
        peer.is_some_and(|peer| server.trusted_proxies.iter().any(|one| one.has(peer)));
    // The last of several is what the proxy itself added.
    let forwarded = |name: &str| {
        let value = parts.headers.get(name).filter(|_| is_trusted)?.to_str().ok()?;
        value.rsplit(',').next().map(str::trim)
    };
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority);
    // The host is repeated in links: only what a host may look like.
    let plain = |host: &&str| {
        (1..=255).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
    };
    let host = forwarded("x-forwarded-host").or(host).filter(plain).unwrap_or("localhost");
    let scheme = forwarded("x-forwarded-proto").filter(|scheme| *scheme == "https");
    format!("{}://{host}", scheme.unwrap_or("http"))
}

/// Refuses a format that there is not.
pub(crate) fn page_format(params: &Params) -> Result<(), Problem> {
    let known = |given: &str| ["json", "html"].contains(&given).then_some(());
    Ok(params.choice("f", known, ["json", "html"]).map(|_| ())?)
}

/// The collection of this id, or the problem that names those there are.
pub(crate) fn collection(id: &str) -> Result<&'static Collection, Problem> {
    crate::app::collections::find(id).ok_or_else(|| Problem::no_collection(id))
}

fn unreadable() -> Problem {
    let detail = "The query is not name=value pairs joined by &.";
    Problem::new(StatusCode::BAD_REQUEST, "Bad query", detail)
}
