//! What cells were found to say: most cells of a long file repeat others.

/// Slots; a power of two.
const SLOTS: usize = 1 << 12;

/// The last answer for each of some thousand places. A key is the hash of a question: that two
/// questions of one file have the same 64 bits is less likely than a fault of the memory they are in.
#[derive(Debug)]
pub struct Memo<V> {
    slots: Box<[(u64, V)]>,
}

impl<V: Copy> Memo<V> {
    /// Nothing is known yet; `nothing` fills the slots.
    pub fn new(nothing: V) -> Memo<V> {
        Memo { slots: vec![(0, nothing); SLOTS].into() }
    }

    /// The answer to the question of this hash, made where it is not the last one of its slot.
    pub fn get(&mut self, key: u64, make: impl FnOnce() -> V) -> V {
        // No key is 0: that is an empty slot.
        let key = key.max(1);
        let slot = &mut self.slots[key as usize % SLOTS];
        if slot.0 != key {
            *slot = (key, make());
        }
        slot.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_made_once_until_another_takes_its_slot() {
        let (mut memo, mut made) = (Memo::new(0), 0);
        let mut ask = |key: u64| {
            memo.get(key, || {
                made += 1;
                key * 2
            })
        };
        assert_eq!(
            [ask(5), ask(5), ask(0), ask(5 + SLOTS as u64), ask(5)],
            [10, 10, 0, 10 + 2 * SLOTS as u64, 10]
        );
        assert_eq!(made, 4);
    }
}
