//! Which waivers are valid. A void one changes nothing and is told.

use super::report::WaiverCard;
use super::{Checks, Condition, GateInputs, Outcome};
use crate::base::Text;
use crate::kernel::date_format::format_date;
use crate::rule::waiver::{LONGEST, Waiver};
use crate::say;

/// A waiver and what became of it.
pub struct Judged {
    pub card: WaiverCard,
}

impl Judged {
    pub fn is_valid(&self) -> bool {
        self.card.void_because.is_empty()
    }
}

/// In the order of the waivers of the run.
pub fn judge(inputs: &GateInputs<'_>, checks: &mut Checks) -> Vec<Judged> {
    let judged: Vec<Judged> =
        inputs.waivers.iter().enumerate().map(|(at, waiver)| one(inputs, at, waiver)).collect();
    for (Judged { card }, waiver) in judged.iter().zip(inputs.waivers) {
        let (id, covers) = (&card.id, card.covers);
        let known = is_known(inputs, waiver);
        for Text { en, vi } in &card.void_because {
            checks.push(
                Condition::Waiver,
                Outcome::Warning,
                say!("waiver {id} is void: {en}", "miễn trừ {id} vô hiệu: {vi}"),
            );
            about(checks, waiver, known);
        }
        if card.void_because.is_empty() {
            let outcome = if covers == 0 { Outcome::Warning } else { Outcome::Passed };
            let (most, until) = (card.max_fail, &card.expires);
            checks.push(
                Condition::Waiver,
                outcome,
                say!(
                    "waiver {id} covers {covers} of at most {most} violations until {until}",
                    "miễn trừ {id} áp dụng cho {covers} trên tối đa {most} lỗi, đến hết {until}"
                ),
            );
            about(checks, waiver, known);
        }
    }
    judged
}

fn about(checks: &mut Checks, waiver: &Waiver, known: bool) {
    checks.of(|check| {
        check.database = Some(waiver.database.clone());
        if known {
            check.table = Some(waiver.table.clone());
            check.rule = Some(waiver.rule.clone());
        }
    });
}

/// Whether the rule that it is about exists.
fn is_known(inputs: &GateInputs<'_>, waiver: &Waiver) -> bool {
    let database = inputs.card.databases.iter().find(|database| database.id == waiver.database);
    let table = database.and_then(|database| database.tables.iter().find(|table| table.id == waiver.table));
    table.is_some_and(|table| table.rules.iter().any(|rule| rule.id == waiver.rule))
}

fn one(inputs: &GateInputs<'_>, at: usize, waiver: &Waiver) -> Judged {
    let mut void = Vec::new();
    let (created, expires) = (format_date(waiver.created), format_date(waiver.expires));
    if waiver.expires < inputs.today {
        void.push(say!("it expired on {expires}", "đã hết hạn ngày {expires}"));
    }
    if waiver.created > inputs.today {
        void.push(say!("it begins on {created} only", "đến ngày {created} mới có hiệu lực"));
    }
    if waiver.expires - waiver.created > LONGEST {
        let days = waiver.expires - waiver.created;
        void.push(say!(
            "it lasts {days} days, more than {LONGEST}",
            "kéo dài {days} ngày, quá {LONGEST} ngày"
        ));
    }
    if waiver.is_self_approved() {
        void.push(say!("its owner approved it himself", "người đề nghị tự phê duyệt"));
    }
    let mut covers = 0;
    if is_known(inputs, waiver) {
        let id = (waiver.database.clone(), waiver.table.clone());
        let covered = inputs
            .traced
            .get(&id)
            .and_then(|traced| traced.waivers.iter().find(|covered| covered.waiver == at));
        match covered.map(|covered| &covered.violations) {
            Some(Ok(violations)) => covers = *violations,
            Some(Err(Text { en, vi })) => void.push(say!(
                "the rows that it is about cannot be found: {en}",
                "không xác định được các dòng áp dụng: {vi}"
            )),
            // The table was not read; that is told elsewhere, and nothing is covered.
            None => {}
        }
        if covers > waiver.max_fail {
            let most = waiver.max_fail;
            void.push(say!(
                "{covers} violations are more than its budget of {most}",
                "{covers} lỗi vượt hạn mức {most}"
            ));
        }
    } else {
        let (table, rule) = (&waiver.table, &waiver.rule);
        void.push(say!("there is no rule {table}/{rule}", "không có quy tắc {table}/{rule}"));
    }
    Judged {
        card: WaiverCard {
            id: waiver.id.clone(),
            database: waiver.database.clone(),
            table: waiver.table.clone(),
            rule: waiver.rule.clone(),
            filtered: waiver.filter.is_some(),
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            approver: waiver.approver.clone(),
            expires,
            max_fail: waiver.max_fail,
            covers,
            void_because: void,
        },
    }
}
