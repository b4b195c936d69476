//! The demo operation: an exercise scenario, embedded, so that the binary alone can show it.

use std::sync::Arc;

use super::App;
use super::import::{Import, ImportError, Said};
use crate::domain::Text;
use crate::intake::{Kind, Options};

/// The files of `data/demo`, made by `lacuna simulate`.
#[derive(rust_embed::Embed)]
#[folder = "data/demo"]
struct Files;

/// Areas first, coarsest first, as places are matched against them.
const FILES: &[(&str, Kind)] = &[
    ("adm1.geojson", Kind::Areas),
    ("adm2.geojson", Kind::Areas),
    ("adm3.geojson", Kind::Areas),
    ("population.csv", Kind::Population),
    ("needs.csv", Kind::Needs),
    ("sites.csv", Kind::Sites),
    ("activities.csv", Kind::Activities),
];

/// Imports the demo operation, the same way as any other.
pub async fn load(app: &Arc<App>, at: Text) -> Result<(), ImportError> {
    for (name, kind) in FILES {
        let Some(file) = Files::get(name) else { continue };
        let import = Import {
            operation: Said {
                id: "demo".into(),
                name: Some("Exercise: Storm in Velanoa".into()),
                note: Some(
                    "Exercise scenario: every place, organisation and figure is made up.".into(),
                ),
                household_size: Some(5.0),
            },
            kind: *kind,
            file_name: (*name).to_owned(),
            content: file.data.into_owned().into(),
            options: Options::default(),
            replaces: None,
            dry_run: false,
            expected: None,
            at: at.clone(),
        };
        app.import(import, &|_| ()).await?;
    }
    Ok(())
}
