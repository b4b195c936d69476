//! Calls into parsers that are not ours, which may panic on a file that nobody has seen yet: that
//! file is refused, and nothing else.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<u32> = const { Cell::new(0) };
}

/// What the call gives, or `None` where it panics. Nothing is printed then: the refusal says it.
pub fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if GUARDED.get() == 0 {
                usual(panic);
            }
        }));
    });
    GUARDED.set(GUARDED.get() + 1);
    let given = catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(GUARDED.get() - 1);
    given.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_panics_gives_nothing_and_the_next_one_works() {
        let empty: &[u8] = &[];
        let nothing = guarded(|| guarded(|| empty[empty.len()]));
        assert_eq!((nothing, guarded(|| 1)), (Some(None), Some(1)));
    }
}
