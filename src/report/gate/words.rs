//! Words of gates: verdicts, outcomes and conditions.

use crate::base::{Lang, Text};
use crate::report::number::{self, counted};
use crate::report::term::safe::middle;
use crate::say;
use crate::score::gate::{Condition, Outcome, Verdict};

pub fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Passed => say!("PASSED", "ĐẠT"),
        Verdict::Failed => say!("FAILED", "KHÔNG ĐẠT"),
        Verdict::Incomplete => say!("INCOMPLETE", "CHƯA ĐO ĐỦ"),
        Verdict::NotComparable => say!("NOT COMPARABLE", "KHÔNG SO SÁNH ĐƯỢC"),
        Verdict::Rejected => say!("REJECTED", "BỊ BÁC BỎ"),
    }
}

/// What a verdict means, as a sentence.
pub fn meaning(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Passed => say!("All conditions hold.", "Mọi điều kiện đều đạt."),
        Verdict::Failed => say!("The quality is not good enough.", "Chất lượng chưa đạt yêu cầu."),
        Verdict::Incomplete => {
            say!(
                "Something that the rules ask for was not measured.",
                "Có nội dung quy tắc yêu cầu mà chưa đo được."
            )
        }
        Verdict::NotComparable => {
            say!("The baseline cannot be compared with.", "Không so sánh được với mốc đối chiếu.")
        }
        Verdict::Rejected => {
            say!("The evidence is not what it claims to be.", "Bằng chứng không đúng như khai báo.")
        }
    }
}

pub fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Passed => say!("passed", "đạt"),
        Outcome::Warning => say!("warning", "cảnh báo"),
        Outcome::Waived => say!("waived", "được miễn trừ"),
        Outcome::Failed => say!("failed", "không đạt"),
        Outcome::Incomplete => say!("not measured", "chưa đo được"),
        Outcome::NotComparable => say!("not comparable", "không so sánh được"),
        Outcome::Rejected => say!("rejected", "bị bác bỏ"),
    }
}

pub fn condition(condition: Condition) -> Text {
    match condition {
        Condition::Evidence => say!("evidence", "bằng chứng"),
        Condition::Comparable => say!("comparable baseline", "mốc so sánh được"),
        Condition::Measured => say!("measured", "đã đo"),
        Condition::MinCoverage => say!("least coverage", "độ phủ tối thiểu"),
        Condition::MinScore => say!("least points", "điểm tối thiểu"),
        Condition::MinDimension => say!("least points of a dimension", "điểm tối thiểu của chiều"),
        Condition::MinCleanRecords => say!("least clean records", "tỷ lệ bản ghi sạch tối thiểu"),
        Condition::CriticalDefects => say!("defects of a critical rule", "lỗi của quy tắc nghiêm trọng"),
        Condition::NewCap => say!("no new cap", "không thêm điểm liệt"),
        Condition::Graded => say!("graded", "xếp được hạng"),
        Condition::Regression => say!("no regression", "không kém đi"),
        Condition::StillMeasured => say!("still measured", "vẫn đo được"),
        Condition::Coverage => say!("coverage did not fall", "độ phủ không giảm"),
        Condition::NewViolations => say!("no new violations", "không phát sinh vi phạm"),
        Condition::ErrorBudget => say!("error budget", "ngân sách lỗi"),
        Condition::Waiver => say!("waiver", "miễn trừ"),
        Condition::Policy => say!("policy", "chính sách"),
    }
}

/// `1 finding`, `3 phát hiện`.
pub fn findings(n: usize, lang: Lang) -> String {
    counted(n as u64, ["finding", "findings", "phát hiện"], lang)
}

/// `3 more findings`, where some were left out.
pub fn more(n: usize, lang: Lang) -> String {
    counted(n as u64, ["more finding", "more findings", "phát hiện khác"], lang)
}

/// `FAILED (exit 1)`
pub fn headline(of: Verdict, exit: u8) -> Text {
    let Text { en, vi } = verdict(of);
    say!("{en} (exit {exit})", "{vi} (mã thoát {exit})")
}

/// A share with six decimals, `0.999000`, in per cent.
pub fn target(share: &str, lang: Lang) -> String {
    let millionths = share.split_once('.').filter(|(_, part)| part.len() == 6);
    let millionths = millionths.and_then(|(whole, part)| format!("{whole}{part}").parse().ok());
    millionths
        .and_then(|millionths| number::percent(millionths, 1_000_000, 4, lang))
        .unwrap_or_else(|| middle(share, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_shares() {
        assert_eq!(target("0.999000", Lang::En), "99.9000%");
        assert_eq!(target("1.000000", Lang::Vi), "100,0000%");
        assert_eq!(target("0,9", Lang::En), "0,9");
    }
}
