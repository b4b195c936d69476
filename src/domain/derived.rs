//! What the layers above derive from something that never changes, kept with it.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A place for one thing, made by whoever asks first.
#[derive(Default)]
pub struct Derived(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Derived {
    /// What was kept, or is made now. Where something of another type is kept, it is only made.
    pub fn get<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let kept = self.0.get_or_init(|| Arc::new(make()));
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_made_once_and_another_type_is_no_mistake() {
        let derived = Derived::default();
        assert_eq!(*derived.get(|| 1_u8), 1);
        assert_eq!(*derived.get(|| 2_u8), 1);
        assert_eq!(*derived.get(|| "three"), "three");
    }
}
