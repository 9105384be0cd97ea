//! Whether this run may be compared with the baseline: the same methodology, profile, packs, contract and key, and a
//! clock that was not moved back.

use super::baseline::{Baseline, DatabaseBaseline};
use super::{Checks, Condition, GateInputs, Given, Outcome};
use crate::base::Text;
use crate::say;
use crate::score::comparable::{self, Basis, Reason, RunBasis};
use crate::score::scorecard::{DatabaseCard, PackCard};

/// The baseline, if the run as a whole may be compared with it; every reason if not.
pub fn of_run<'g>(inputs: &GateInputs<'g>, checks: &mut Checks) -> Option<&'g Baseline> {
    let baseline = match inputs.baseline {
        Given::Not => return None,
        Given::First => {
            checks.push(
                Condition::Comparable,
                Outcome::Warning,
                say!(
                    "there is no baseline yet, so nothing was compared",
                    "chưa có mốc so sánh nên chưa so sánh gì"
                ),
            );
            return None;
        }
        Given::Unusable { outcome, text, hint } => {
            let condition = match outcome {
                Outcome::Rejected => Condition::Evidence,
                _ => Condition::Comparable,
            };
            checks.push(condition, *outcome, text.clone());
            checks.of(|check| check.hint.clone_from(hint));
            return None;
        }
        Given::Sound(baseline) => baseline.as_ref(),
    };
    let card = inputs.card;
    let before =
        RunBasis { methodology: &baseline.methodology, profile: baseline.profile, as_of: &baseline.as_of };
    let mut reasons: Vec<Text> = comparable::of_runs(before, RunBasis::of(card)).iter().map(words).collect();
    if baseline.key != inputs.key {
        reasons.push(say!(
            "the baseline's digests were made with another key",
            "mã băm trong mốc so sánh được tạo bằng khóa khác"
        ));
    }
    if baseline.as_of > card.as_of {
        let (then, now) = (&baseline.as_of, &card.as_of);
        reasons.push(say!(
            "the baseline is of {then}, after this run's {now}",
            "mốc so sánh tính đến {then}, sau thời điểm {now} của lần chạy này"
        ));
    }
    refuse(reasons, checks).then_some(baseline)
}

/// The baseline of a database, if the two may be compared.
pub fn of_database<'g>(
    baseline: &'g Baseline,
    card: &DatabaseCard,
    checks: &mut Checks,
) -> Option<&'g DatabaseBaseline> {
    let Some(before) = baseline.database(&card.id) else {
        checks.push(
            Condition::Comparable,
            Outcome::Warning,
            say!("the baseline does not have this database", "mốc so sánh không có CSDL này"),
        );
        return None;
    };
    // Packs that are not core are the user's own: their rules are compared one by one, as they are written.
    fn core(packs: &[PackCard]) -> Vec<&PackCard> {
        packs.iter().filter(|pack| pack.core).collect()
    }
    let run =
        RunBasis { methodology: &baseline.methodology, profile: baseline.profile, as_of: &baseline.as_of };
    let then = Basis {
        run,
        database: &before.id,
        packs: core(&before.packs),
        contract: before.contract.as_deref(),
        coverage: before.coverage,
        own: &[],
    };
    let now = Basis {
        run,
        database: &card.id,
        packs: core(&card.packs),
        contract: card.contract.as_deref(),
        coverage: card.coverage,
        own: &[],
    };
    let reasons = comparable::of_databases(&then, &now, true).iter().map(words).collect();
    refuse(reasons, checks).then_some(before)
}

/// A reason as it is said of a baseline and a run.
fn words(reason: &Reason) -> Text {
    match reason {
        Reason::Methodology(then, now) => say!(
            "the baseline was made by methodology {then}, this run goes by {now}",
            "mốc so sánh theo phương pháp {then}, lần chạy này theo {now}"
        ),
        Reason::Profile(then, now) => {
            let (then, now) = (then.id(), now.id());
            say!(
                "the baseline has profile {then}, this run {now}",
                "mốc so sánh dùng hồ sơ tính điểm {then}, lần chạy này dùng {now}"
            )
        }
        Reason::Pack(id, [Some(then), Some(now)]) => {
            say!("pack {id} was {then} and is {now}", "gói {id} trước là {then}, nay là {now}")
        }
        Reason::Pack(id, [None, _]) => {
            say!("the baseline was made without pack {id}", "mốc so sánh được tạo khi chưa dùng gói {id}")
        }
        Reason::Pack(id, [_, None]) => {
            say!("this run goes without pack {id}", "lần chạy này không dùng gói {id}")
        }
        Reason::Contract => say!(
            "what the rule file declares of its tables and columns (the contract) has changed",
            "khai báo bảng và cột trong tệp quy tắc (hợp đồng dữ liệu) đã thay đổi"
        ),
        other => other.text(),
    }
}

/// Whether there is no reason against comparing.
fn refuse(reasons: Vec<Text>, checks: &mut Checks) -> bool {
    let none = reasons.is_empty();
    for reason in reasons {
        checks.push(Condition::Comparable, Outcome::NotComparable, reason);
        checks.hint(say!(
            "look at what has changed; if it is meant, write a new baseline with `--update-baseline --accept`",
            "xem điều gì đã thay đổi; nếu là chủ ý, ghi mốc mới bằng `--update-baseline --accept`"
        ));
    }
    if none {
        let text = say!("the baseline can be compared with", "so sánh được với mốc");
        checks.push(Condition::Comparable, Outcome::Passed, text);
    }
    none
}
