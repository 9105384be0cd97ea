//! Which things hang together, by pairs that do: a forest of sets that are joined.

/// Sets of the numbers from 0 on. Which pairs are joined decides what comes out, not their order.
pub struct Sets {
    /// Something of the same set that is smaller, or the thing itself.
    parents: Vec<u32>,
}

impl Sets {
    /// Everything is a set of its own.
    pub fn new(things: u32) -> Self {
        Self { parents: (0..things).collect() }
    }

    /// The smallest number of a thing's set.
    pub fn smallest(&mut self, mut thing: u32) -> u32 {
        loop {
            let parent = self.parents[thing as usize];
            if parent == thing {
                return thing;
            }
            // Half of the way is all the shorter for whoever comes next.
            let beyond = self.parents[parent as usize];
            self.parents[thing as usize] = beyond;
            thing = beyond;
        }
    }

    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.smallest(a), self.smallest(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_joined_hangs_together(pairs in prop::collection::vec((0u32..20, 0u32..20), 0..30)) {
            let found = |pairs: &mut dyn Iterator<Item = &(u32, u32)>| {
                let mut sets = Sets::new(20);
                pairs.for_each(|&(a, b)| sets.join(a, b));
                (0..20).map(|thing| sets.smallest(thing)).collect::<Vec<_>>()
            };
            let forwards = found(&mut pairs.iter());
            prop_assert_eq!(&forwards, &found(&mut pairs.iter().rev()));
            // Colours that spread until nothing changes.
            let mut naive: Vec<u32> = (0..20).collect();
            for _ in 0..20 {
                for &(a, b) in &pairs {
                    let least = naive[a as usize].min(naive[b as usize]);
                    naive[a as usize] = least;
                    naive[b as usize] = least;
                }
            }
            prop_assert_eq!(forwards, naive);
        }
    }
}
