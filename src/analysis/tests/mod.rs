//! The counting rules as tests: by hand, as properties, and against a slow reference.

mod made;
mod properties;
mod quality;
mod reference;
mod reference_parts;
mod rules_need;
mod rules_reached;
mod rules_shown;
