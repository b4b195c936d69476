//! An operation as a folder that needs no server: the page, and the answers that it would ask for.
//! Every file is an answer of this server, so that folder and server cannot say different things; the
//! same revision makes the same bytes.

mod readme;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_embed::RustEmbed;
use serde_json::{Map, Value, json};
use tower::Service;

use crate::app::App;
use crate::domain::{Month, Snapshot};

use super::links::query;
use super::{Settings, router};

/// The page, which reads the folder instead of asking a server.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/published"]
#[allow_missing = true]
struct Page;

/// Months whose figures a folder has: the last ones in which work began.
pub const MOST_MONTHS: usize = 36;

/// Where the deepest zoom stands in an archive of tiles.
const DEEPEST_AT: usize = 101;

/// Writes a file of the folder: its path, with slashes, and its bytes.
pub type WriteFile<'w> = dyn FnMut(&str, &[u8]) -> io::Result<()> + Send + 'w;

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("there is no operation \"{0}\"")]
    NoOperation(String),
    #[error("the operation has no areas yet, so there is nothing to draw: import areas first")]
    NoAreas,
    #[error("{path} was refused: {detail}")]
    Refused { path: String, detail: String },
    #[error("the page was not built into this program: install Node and build it again")]
    NoPage,
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// What was published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub files: usize,
    pub bytes: usize,
    pub sectors: usize,
    pub months: usize,
}

/// Writes the folder of one operation: the gaps of every sector, over the whole operation and in each
/// month, from the operation as a whole down to the lowest level with need figures.
pub async fn publish(
    app: Arc<App>,
    operation: &str,
    write: &mut WriteFile<'_>,
) -> Result<Published, PublishError> {
    let Some(snapshot) = app.snapshot(operation) else {
        return Err(PublishError::NoOperation(operation.to_owned()));
    };
    let mut settings = Settings::default();
    // Nobody waits in a browser.
    settings.limits.timeout_s = 24 * 3600;
    let asking =
        Asking { router: router(app, &settings), home: super::links::operation("", operation) };
    let mut folder = Folder { write, done: Published::default() };

    let mut about = asking.document("").await?;
    let lowest = about["lowest_need_level"].as_u64().unwrap_or(0);
    let known =
        |level: &&Value| level["level"].as_u64().is_some_and(|level| level <= lowest.max(1));
    let levels: Vec<Value> = about["levels"]
        .as_array()
        .iter()
        .flat_map(|all| all.iter())
        .filter(known)
        .cloned()
        .collect();
    let numbers: Vec<u64> = levels.iter().filter_map(|level| level["level"].as_u64()).collect();
    let shown: Vec<u64> = numbers.iter().copied().filter(|level| *level > 0).collect();
    if shown.is_empty() {
        return Err(PublishError::NoAreas);
    }
    let sectors: Vec<String> = about["sectors"]
        .as_array()
        .iter()
        .flat_map(|all| all.iter())
        .filter_map(|one| Some(one["code"].as_str()?.to_owned()))
        .collect();
    let months = months(&snapshot);
    folder.done.sectors = sectors.len();
    folder.done.months = months.len();
    // What the folder does not have is not offered.
    about["levels"] = Value::Array(levels);
    about["groups"] = json!(["all"]);

    folder.page()?;

    let mut places = Map::new();
    let mut deepest = u8::MAX;
    for level in &shown {
        let asked = [
            ("level", &*level.to_string()),
            ("skipGeometry", "true"),
            ("limit", "10000"),
            ("properties", "pcode,name,longitude,latitude,name_width,west,south,east,north"),
        ];
        places.insert(level.to_string(), asking.features("areas", &asked).await?);
        let mut filter = format!("level={level}");
        if *level > 1 {
            filter += &format!(" OR level={}", level - 1);
        }
        let asked = [("filter", &*filter), ("properties", "pcode,level")];
        let tiles = asking.file("areas", "export.pmtiles", &asked).await?;
        deepest = deepest.min(tiles.get(DEEPEST_AT).copied().unwrap_or(0));
        let name = format!("tiles/areas-{level}");
        folder.put(&format!("{name}.pmtiles"), &tiles)?;
        folder.script(&name, &tiles)?;
    }

    let mut sources = Value::Null;
    let mut rule = Value::Null;
    for sector in &sectors {
        for month in std::iter::once(None).chain(months.iter().map(Some)) {
            let mut figures = Map::new();
            for level in &numbers {
                let level = level.to_string();
                let period = month.map(|month| days(*month));
                let mut asked = vec![
                    ("level", &*level),
                    ("sector", sector),
                    ("skipGeometry", "true"),
                    ("limit", "10000"),
                ];
                asked.extend(period.as_deref().map(|period| ("datetime", period)));
                let found = asking.features("gaps", &asked).await?;
                if sources.is_null() {
                    (sources, rule) = (found["sources"].clone(), found["rule"].clone());
                }
                figures.insert(level, found);
            }
            let name = month.map_or_else(|| "all".to_owned(), Month::to_string);
            folder.document(&format!("data/{sector}/{name}"), &Value::Object(figures))?;
        }
        for level in &numbers {
            let asked = [("level", &*level.to_string()), ("sector", sector)];
            let table = asking.file("gaps", "export.csv", &asked).await?;
            folder.put(&format!("tables/gaps-adm{level}-{sector}.csv"), &table)?;
        }
    }

    let names: Vec<String> = months.iter().map(Month::to_string).collect();
    let all = json!({
        "id": operation,
        "operation": about,
        "places": places,
        "months": names,
        "deepest": deepest,
    });
    folder.document("data/operation", &all)?;

    folder.put("tables/areas.csv", &asking.file("areas", "export.csv", &[]).await?)?;
    folder.put("tables/gaps.gpkg", &asking.file("gaps", "export.gpkg", &[]).await?)?;
    folder.put("tiles/gaps.pmtiles", &asking.file("gaps", "export.pmtiles", &[]).await?)?;
    folder.put("styles/gaps.qml", &asking.file("gaps", "styles/map.qml", &[]).await?)?;
    let mut style = asking.document("/collections/gaps/styles/map.json").await?;
    style["sources"]["gaps"]["url"] = json!("pmtiles://tiles/gaps.pmtiles");
    folder.put("styles/gaps.json", style.to_string().as_bytes())?;
    let readme = readme::text(&snapshot, &about, &names, &sources, rule.as_str().unwrap_or(""));
    folder.put("README.txt", readme.as_bytes())?;
    Ok(folder.done)
}

/// The months in which work began, the last ones of them, in their order.
fn months(snapshot: &Snapshot) -> Vec<Month> {
    let all: BTreeSet<Month> = snapshot.tally().begins().keys().map(|day| day.month()).collect();
    all.iter().skip(all.len().saturating_sub(MOST_MONTHS)).copied().collect()
}

/// A month as `datetime` takes it.
fn days(month: Month) -> String {
    format!("{month}-01/{}", month.last_day())
}

/// The server, asked without a network.
struct Asking {
    router: Router,
    home: String,
}

impl Asking {
    async fn get(&self, path: &str) -> Result<Vec<u8>, PublishError> {
        let path = format!("{}{path}", self.home);
        let refused = |detail: String| PublishError::Refused { path: path.clone(), detail };
        let request = Request::get(&path).header("accept", "application/json").body(Body::empty());
        let request = request.map_err(|bad| refused(bad.to_string()))?;
        let response = match self.router.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        let body = body.map_err(|bad| refused(bad.to_string()))?.to_vec();
        if status.is_success() {
            return Ok(body);
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        Err(refused(problem["detail"].as_str().unwrap_or(status.as_str()).to_owned()))
    }

    /// A document without its links, which lead to the server.
    async fn document(&self, path: &str) -> Result<Value, PublishError> {
        Ok(self.page(path).await?.0)
    }

    /// A document without its links, and the query of the page that follows it.
    async fn page(&self, path: &str) -> Result<(Value, Option<String>), PublishError> {
        let body = self.get(path).await?;
        let mut document: Value = serde_json::from_slice(&body).map_err(|bad| {
            PublishError::Refused { path: path.to_owned(), detail: bad.to_string() }
        })?;
        let links = document.as_object_mut().and_then(|members| members.remove("links"));
        let mut links = links.iter().filter_map(Value::as_array).flatten();
        let next = links.find(|link| link["rel"] == "next");
        let query = next.and_then(|link| link["href"].as_str()?.split_once('?'));
        Ok((document, query.map(|(_, query)| query.to_owned())))
    }

    async fn features(
        &self,
        collection: &str,
        asked: &[(&str, &str)],
    ) -> Result<Value, PublishError> {
        let path = format!("/collections/{collection}/items?{}", query(asked.iter().copied()));
        let (mut document, mut next) = self.page(&path).await?;
        // A page has 10,000 areas at most; the others follow it.
        while let Some(query) = next.take() {
            let path = format!("/collections/{collection}/items?{query}");
            let (mut more, following) = self.page(&path).await?;
            if let (Some(features), Some(more)) =
                (document["features"].as_array_mut(), more["features"].as_array_mut())
            {
                features.append(more);
            }
            next = following;
        }
        Ok(document)
    }

    async fn file(
        &self,
        collection: &str,
        name: &str,
        asked: &[(&str, &str)],
    ) -> Result<Vec<u8>, PublishError> {
        let mark = if asked.is_empty() { "" } else { "?" };
        let query = query(asked.iter().copied());
        self.get(&format!("/collections/{collection}/{name}{mark}{query}")).await
    }
}

/// The folder, as far as it is written.
struct Folder<'f, 'w> {
    write: &'f mut WriteFile<'w>,
    done: Published,
}

impl Folder<'_, '_> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        (self.write)(path, bytes)?;
        self.done.files += 1;
        self.done.bytes += bytes.len();
        Ok(())
    }

    fn page(&mut self) -> Result<(), PublishError> {
        let names: BTreeSet<String> = Page::iter().map(|name| name.to_string()).collect();
        if !names.contains("index.html") {
            return Err(PublishError::NoPage);
        }
        for name in names {
            if let Some(file) = Page::get(&name) {
                self.put(&name, &file.data)?;
            }
        }
        Ok(())
    }

    /// A document as a script, compressed: a browser fetches nothing else from a disk.
    fn document(&mut self, name: &str, document: &Value) -> Result<(), PublishError> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
        packed.write_all(document.to_string().as_bytes())?;
        let packed = packed.finish()?;
        self.script(name, &packed)
    }

    fn script(&mut self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let script = format!("lacuna({},\"{}\");\n", json!(name), STANDARD.encode(bytes));
        self.put(&format!("{name}.js"), script.as_bytes())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::Day;

    #[test]
    fn a_month_ends_on_its_last_day() {
        let days = |day: &str| days(day.parse::<Day>().unwrap().month());
        assert_eq!(days("2024-02-07"), "2024-02-01/2024-02-29");
        assert_eq!(days("2023-02-28"), "2023-02-01/2023-02-28");
        assert_eq!(days("2026-12-01"), "2026-12-01/2026-12-31");
    }
}
