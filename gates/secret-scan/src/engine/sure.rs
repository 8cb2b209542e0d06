//! What a match is sure to have: told without its regular expression, and so mostly
//! without compiling it.

/// What a token opens with: one of some texts, then a run of some characters.
#[derive(Debug)]
pub struct Opening {
    /// The texts, compared with their case.
    pub texts: &'static [&'static str],
    /// By byte: whether it may stand in the run.
    pub run: [bool; 256],
    /// The least length of the run.
    pub run_len_min: usize,
}

impl Opening {
    /// Whether `text` begins so.
    pub fn stands_at(&self, text: &[u8]) -> bool {
        self.texts.iter().any(|fixed| {
            let rest = text.strip_prefix(fixed.as_bytes());
            let run = rest.and_then(|rest| rest.get(..self.run_len_min));
            run.is_some_and(|run| run.iter().all(|byte| self.run[usize::from(*byte)]))
        })
    }
}

/// A run of some characters that is somewhere in a match.
#[derive(Debug)]
pub struct Holding {
    /// By byte: whether it may stand in the run.
    pub run: [bool; 256],
    /// The least length of the run; not 0.
    pub run_len_min: usize,
    /// The most bytes of a match before the run.
    pub before_len_max: usize,
}

impl Holding {
    /// Whether a match that begins where `text` does may hold it.
    pub fn stands_in(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while at <= self.before_len_max {
            let Some(there) = text.get(at..at + self.run_len_min) else { return false };
            // No run reaches over the last byte that is of none.
            match there.iter().rposition(|byte| !self.run[usize::from(*byte)]) {
                Some(other) => at += other + 1,
                None => return true,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Holding;

    #[test]
    fn a_run_counts_up_to_where_one_may_begin() {
        let run = std::array::from_fn(|byte| byte == usize::from(b'x'));
        let holding = Holding { run, run_len_min: 3, before_len_max: 4 };
        for text in ["xxx", "xx.xxx", "....xxx", "xx.xxxx."] {
            assert!(holding.stands_in(text.as_bytes()), "{text}");
        }
        for text in ["", "xx", "xx.xx.xx.xx", ".....xxx"] {
            assert!(!holding.stands_in(text.as_bytes()), "{text}");
        }
    }
}
