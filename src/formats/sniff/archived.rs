//! What the files of an archive hold, one by one, by their content.

use super::super::archive::{Archive, File};
use super::super::features::{Budget, Layers};
use super::super::sheet::{Unreadable, Workbook};
use super::super::{csv, shapefile, spreadsheet};
use super::{Content, LAYERS_COME_AS, content, layer, looks_like_delimited, not_layers, table};

/// Every table of an archive, as sheets of one workbook.
pub(super) fn tables_of(
    archive: &mut Archive<'_>,
    budget: &mut Budget,
    depth: u8,
) -> Result<Workbook<'static>, Unreadable> {
    let mut found: Vec<(File, Workbook<'static>)> = Vec::new();
    let mut refused = None;
    for file in archive.files.clone() {
        let Ok(head) = archive.head(&file) else { continue };
        let read = match content(&head) {
            Content::Zip => archive.read(&file).and_then(|bytes| {
                let mut inner = Archive::within(&bytes, archive.left)?;
                let read = match (inner.is_document(), depth.checked_sub(1)) {
                    (true, _) => spreadsheet::read_zip(&bytes, &mut inner.left),
                    (false, Some(depth)) => tables_of(&mut inner, budget, depth),
                    (false, None) => Err(too_deep(&file)),
                };
                archive.left = inner.left;
                read
            }),
            Content::Shapes => shapes(archive, &file, budget).and_then(Layers::workbook),
            Content::Other if looks_like_delimited(&head) => {
                archive.read(&file).and_then(csv::read_owned)
            }
            Content::Xls
            | Content::Json
            | Content::GeoJson
            | Content::TopoJson
            | Content::Sqlite
            | Content::Kml
            | Content::FlatGeobuf => {
                archive.read(&file).and_then(|bytes| table(&bytes, content(&bytes), budget))
            }
            _ => continue,
        };
        match read {
            Ok(book) => found.push((file, book)),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    let several = found.len() > 1;
    let mut books = found.into_iter();
    let Some((file, mut whole)) = books.next() else {
        return Err(refused.unwrap_or_else(|| {
            let holds = archive.words();
            Unreadable(format!(
                "The zip holds no spreadsheet, table or map layer (it holds {holds}): send the table itself."
            ))
        }));
    };
    let mut note = vec![format!("zipped {}", file.name())];
    note.extend((!whole.note.is_empty()).then(|| std::mem::take(&mut whole.note)));
    let named = |file: &File, book: &mut Workbook<'_>| {
        for sheet in &mut book.sheets {
            sheet.name = match sheet.name.as_str() {
                "" => file.stem().to_owned(),
                name if several && name != file.stem() => format!("{} {name}", file.stem()),
                name => name.to_owned(),
            };
        }
    };
    named(&file, &mut whole);
    for (file, mut book) in books {
        named(&file, &mut book);
        whole.sheets.append(&mut book.sheets);
    }
    whole.note = note.join(", ");
    Ok(whole)
}

/// Every map layer of an archive.
pub(super) fn layers_of(
    archive: &mut Archive<'_>,
    budget: &mut Budget,
    depth: u8,
) -> Result<Layers, Unreadable> {
    let mut whole = Layers::default();
    let mut refused = None;
    let mut is_raster = false;
    for file in archive.files.clone() {
        let Ok(head) = archive.head(&file) else { continue };
        let read = match content(&head) {
            Content::Zip => archive.read(&file).and_then(|bytes| {
                let mut inner = Archive::within(&bytes, archive.left)?;
                let read = match (inner.is_document(), depth.checked_sub(1)) {
                    (true, _) => Err(not_layers("a spreadsheet")),
                    (false, Some(depth)) => layers_of(&mut inner, budget, depth),
                    (false, None) => Err(too_deep(&file)),
                };
                archive.left = inner.left;
                read
            }),
            Content::Shapes => shapes(archive, &file, budget),
            Content::Json
            | Content::GeoJson
            | Content::TopoJson
            | Content::Sqlite
            | Content::Kml
            | Content::FlatGeobuf => {
                archive.read(&file).and_then(|bytes| layer(&bytes, content(&bytes), budget))
            }
            Content::Tiff => {
                is_raster = true;
                continue;
            }
            _ => continue,
        };
        match read {
            Ok(mut layers) => {
                for layer in &mut layers.layers {
                    if layer.name.is_empty() {
                        layer.name = file.stem().to_owned();
                    }
                }
                if whole.format.is_empty() {
                    whole.format = layers.format;
                } else if whole.format != layers.format {
                    whole.format = "zip";
                }
                whole.layers.append(&mut layers.layers);
                whole.notes.append(&mut layers.notes);
            }
            Err(refusal) => refused = refused.or(Some((file.name().to_owned(), refusal))),
        }
    }
    match (whole.layers.is_empty(), refused) {
        (true, Some((_, refusal))) => Err(refusal),
        (true, None) if is_raster => layer(&[], Content::Tiff, budget),
        (true, None) => {
            let holds = archive.words();
            Err(Unreadable(format!(
                "The zip holds no map layer (it holds {holds}): {LAYERS_COME_AS}."
            )))
        }
        (false, refused) => {
            whole
                .notes
                .extend(refused.map(|(name, refusal)| format!("{name} was left out: {refusal}")));
            Ok(whole)
        }
    }
}

fn too_deep(file: &File) -> Unreadable {
    Unreadable(format!(
        "{} is a zip within several others, which are not opened further: unpack it and send what it holds.",
        file.name()
    ))
}

/// A shapefile of an archive, with the files beside it.
fn shapes(
    archive: &mut Archive<'_>,
    file: &File,
    budget: &mut Budget,
) -> Result<Layers, Unreadable> {
    let shp = archive.read(file)?;
    let mut beside = |ending: &str| {
        let file = archive.beside(file, ending)?;
        Some(archive.read(&file))
    };
    let (dbf, prj) = (beside("dbf").transpose()?, beside("prj").transpose()?);
    let cpg = beside("cpg").transpose()?;
    let parts = shapefile::Parts {
        shp: &shp,
        dbf: dbf.as_deref(),
        prj: prj.as_deref(),
        cpg: cpg.as_deref(),
    };
    Ok(Layers::one("Shapefile", shapefile::read(file.stem(), parts, budget)?))
}
