//! From counts to the points of a database.

use super::{Block, Section, row, same, section};
use crate::base::{Lang, Nano, Severity, Text};
use crate::report::number;
use crate::say;
use crate::score::curve::NINES;
use crate::score::{Methodology, Profile};

pub fn sections(methodology: &Methodology) -> Vec<Section> {
    vec![
        rule(),
        unknown(),
        curve(methodology),
        ratio(),
        weight(methodology),
        dimension(methodology),
        database(methodology),
        coverage(),
        gain(),
    ]
}

/// A count as either language writes it.
fn count(n: u32) -> Text {
    let words = |lang| number::count(n.into(), lang);
    Text { vi: words(Lang::Vi), en: words(Lang::En) }
}

fn rule() -> Section {
    section(
        "m-rule",
        say!("What a rule counts", "Quy tắc đếm gì"),
        vec![
            Block::Said(say!(
                "Every rule counts four things: what passes, what fails, what it does not apply to, and what could not be judged (unknown). What it does not apply to is left out. Units (rows, values, keys, checks) are never mixed within a rule.",
                "Mỗi quy tắc đếm bốn thứ: đạt, lỗi, không áp dụng, và chưa rõ (không đánh giá được). Phần không áp dụng được bỏ ra. Trong một quy tắc không trộn lẫn các đơn vị (bản ghi, giá trị, khóa, phép kiểm)."
            )),
            Block::Formula(say!(
                "pass rate = (all − fail − unknown) / all, where all = pass + fail + unknown",
                "tỷ lệ đạt = (tổng − lỗi − chưa rõ) / tổng, với tổng = đạt + lỗi + chưa rõ"
            )),
        ],
    )
}

fn unknown() -> Section {
    section(
        "m-unknown",
        say!("Unknown is not passed", "Chưa rõ không phải là đạt"),
        vec![
            Block::Said(say!(
                "Every rule, dimension and database has three values. Official: unknown counts as failed; this is the score. Measured: unknown is left out. At best: unknown counts as passed. Not measuring never raises the score.",
                "Mỗi quy tắc, chiều và CSDL có ba giá trị. Chính thức: chưa rõ tính là lỗi; đây là điểm. Phần đo được: bỏ phần chưa rõ. Cao nhất: chưa rõ tính là đạt. Không đo thì không bao giờ làm điểm tăng."
            )),
            Block::Formula(say!(
                "official = f(fail + unknown; all), measured = f(fail; pass + fail), at best = f(fail; all); g on the ratio scale",
                "chính thức = f(lỗi + chưa rõ; tổng), đo được = f(lỗi; đạt + lỗi), cao nhất = f(lỗi; tổng); thang tỷ lệ thì dùng g"
            )),
            Block::Said(say!(
                "A required column or table that is absent is known to be bad: all three are 0. A rule that could not run, was switched off or had no row to look at is unknown: 0 officially, 100 at best. Where nothing is applicable a rule leaves all weights. A database none of whose required tables was delivered is unknown.",
                "Thiếu cột hoặc bảng bắt buộc là biết chắc không đạt: cả ba bằng 0. Quy tắc không chạy được, bị tắt hoặc không có bản ghi nào để xét là chưa rõ: chính thức 0, cao nhất 100. Quy tắc không có gì để áp dụng thì không tham gia trọng số. CSDL không giao bảng bắt buộc nào là chưa rõ."
            )),
        ],
    )
}

fn curve(methodology: &Methodology) -> Section {
    let rows = methodology.knots.iter().map(|knot| row([count(knot.dpm), same(knot.points)]));
    let nines = (1..=NINES.len()).rev().zip(NINES).map(|(nines, dpm)| row([same(nines), count(dpm)]));
    section(
        "m-curve",
        say!("The defect scale", "Thang lỗi"),
        vec![
            Block::Said(say!(
                "Most rules turn defects per million into points on straight lines between these knots. So 99.9% and 99.99% are told apart, and every value is exact.",
                "Phần lớn quy tắc đổi số lỗi trên một triệu thành điểm theo các đoạn thẳng nối những mốc dưới đây. Nhờ vậy 99,9% và 99,99% khác nhau rõ, và mọi giá trị đều chính xác."
            )),
            Block::Formula(say!(
                "f(bad; all) = ⌊y₀ − (y₀ − y₁) × (d − x₀) / (x₁ − x₀)⌋, where d = bad × 1000000 / all lies from x₀ to x₁, y in billionths",
                "f(lỗi; tổng) = ⌊y₀ − (y₀ − y₁) × (d − x₀) / (x₁ − x₀)⌋, với d = lỗi × 1000000 / tổng nằm từ x₀ đến x₁, y tính bằng phần tỷ"
            )),
            Block::Table {
                heads: vec![
                    say!("Defects per million (x)", "Lỗi trên một triệu (x)"),
                    say!("Points (y)", "Điểm (y)"),
                ],
                rows: rows.collect(),
            },
            Block::Said(say!(
                "Nines, for reading: a rate has so many nines up to so many defects per million.",
                "Số chữ số 9, để dễ đọc: tỷ lệ có chừng ấy số 9 nếu số lỗi trên một triệu không quá."
            )),
            Block::Table {
                heads: vec![
                    say!("Nines", "Số chữ số 9"),
                    say!("Defects per million, at most", "Lỗi trên một triệu, nhiều nhất"),
                ],
                rows: nines.collect(),
            },
        ],
    )
}

fn ratio() -> Section {
    let full = Nano::FULL.get();
    section(
        "m-ratio",
        say!("The ratio scale", "Thang tỷ lệ"),
        vec![
            Block::Said(say!(
                "Graded kinds (how late, how far off) and checks of small numbers take the share itself. A graded unit is bad in part; badness adds up over units.",
                "Những loại chấm theo mức (trễ bao nhiêu, lệch bao nhiêu) và phép kiểm có số lượng nhỏ lấy chính tỷ lệ. Một đơn vị có thể xấu một phần; mức xấu được cộng dồn."
            )),
            Block::Formula(say!(
                "g(bad; all) = ⌊(all − bad) × {full} / all⌋",
                "g(lỗi; tổng) = ⌊(tổng − lỗi) × {full} / tổng⌋"
            )),
        ],
    )
}

fn weight(methodology: &Methodology) -> Section {
    let rows = Severity::ALL.into_iter().rev().map(|severity| {
        let weight = methodology.severities.get(&severity).copied().unwrap_or(0);
        row([severity.label(), same(severity.id()), same(weight)])
    });
    let (small, percent) = (methodology.small_n, methodology.when_unknown_percent);
    section(
        "m-weight",
        say!("Weight of a rule", "Trọng số của quy tắc"),
        vec![
            Block::Table {
                heads: vec![say!("Severity", "Mức độ"), say!("Name", "Tên"), say!("Weight", "Trọng số")],
                rows: rows.collect(),
            },
            Block::Said(say!(
                "A weight that a rule file gives counts under the profile `local` only. Where a database uses core packs, only their rules count; all rules count for the internal score, which is never compared. A rule that no wrong value can break says nothing: a local one does not count, a core one is unknown.",
                "Trọng số ghi trong tệp quy tắc chỉ tính ở bộ tiêu chí `local`. CSDL dùng gói lõi thì chỉ quy tắc lõi được tính; mọi quy tắc tính vào điểm nội bộ, không bao giờ đem so sánh. Quy tắc mà không giá trị sai nào vi phạm được là quy tắc rỗng: quy tắc riêng thì không tính, quy tắc lõi thì coi là chưa rõ."
            )),
            Block::Said(say!(
                "Flags that change no points: a critical rule with fewer than {small} units (small n), and a rule whose condition is unknown on more than {percent}% of rows.",
                "Cờ cảnh báo không làm đổi điểm: quy tắc nghiêm trọng có chưa đến {small} đơn vị (n nhỏ), và quy tắc có điều kiện không rõ ở hơn {percent}% bản ghi."
            )),
        ],
    )
}

fn dimension(methodology: &Methodology) -> Section {
    let tiers = methodology.tiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    section(
        "m-dimension",
        say!("From rules to a dimension", "Từ quy tắc đến chiều"),
        vec![
            Block::Said(say!(
                "Within a table rules are averaged by weight, and tables by tier ({tiers}: main, secondary, code list or log). So a table with many rules does not own the score, and a log of a billion rows does not drown a code list.",
                "Trong một bảng, lấy trung bình quy tắc theo trọng số; giữa các bảng, theo bậc ({tiers}: chính, phụ, danh mục hoặc nhật ký). Nhờ vậy bảng nhiều quy tắc không chiếm hết điểm, và nhật ký một tỷ dòng không lấn át danh mục."
            )),
            Block::Formula(say!(
                "table = ⌊Σ weight × rule / Σ weight⌋; dimension = ⌊Σ tier × table / Σ tier⌋",
                "bảng = ⌊Σ trọng số × quy tắc / Σ trọng số⌋; chiều = ⌊Σ bậc × bảng / Σ bậc⌋"
            )),
            Block::Said(say!(
                "Under a profile for comparison a dimension without any rule counts, as unknown: 0 officially.",
                "Ở bộ tiêu chí dùng để so sánh, chiều không có quy tắc nào vẫn tính, là chưa rõ: chính thức 0 điểm."
            )),
        ],
    )
}

fn database(methodology: &Methodology) -> Section {
    let (num, den) = (methodology.lambda.num, methodology.lambda.den);
    let rest = den - num;
    let weights = methodology.dimension_weights.iter().map(|(dimension, weight)| {
        let counts = |profile: Profile| profile.required().is_some_and(|all| all.contains(dimension));
        let mark = |yes: bool| same(if yes { "✓" } else { "" });
        row([dimension.label(), same(weight), mark(counts(Profile::Vn4)), mark(counts(Profile::Vn6))])
    });
    section(
        "m-database",
        say!("From dimensions to a database", "Từ chiều đến CSDL"),
        vec![
            Block::Said(say!(
                "{rest}/{den} of the mean of the dimensions and {num}/{den} of the weakest: a weakness cannot be bought off.",
                "{rest}/{den} trung bình các chiều cộng {num}/{den} chiều yếu nhất: điểm yếu không thể bù hết bằng điểm mạnh."
            )),
            Block::Formula(say!(
                "database = ⌊(({den} − {num}) × Σ dimension + {num} × min dimension × n) / ({den} × n)⌋, n dimensions",
                "CSDL = ⌊(({den} − {num}) × Σ chiều + {num} × min chiều × n) / ({den} × n)⌋, n chiều"
            )),
            Block::Table {
                heads: vec![
                    say!("Dimension", "Chiều"),
                    say!("Weight", "Trọng số"),
                    same("vn-4"),
                    same("vn-6"),
                ],
                rows: weights.collect(),
            },
        ],
    )
}

fn coverage() -> Section {
    section(
        "m-coverage",
        say!("Coverage", "Độ phủ"),
        vec![
            Block::Said(say!(
                "The share of weight whose value is known, rolled up as points are.",
                "Tỷ phần trọng số có giá trị đã rõ, tổng hợp như điểm."
            )),
            Block::Formula(say!(
                "table = known weight / weight; dimension = Σ tier × table / Σ tier; database = the mean of its dimensions",
                "bảng = trọng số đã rõ / trọng số; chiều = Σ bậc × bảng / Σ bậc; CSDL = trung bình các chiều"
            )),
        ],
    )
}

fn gain() -> Section {
    section(
        "m-gain",
        say!("Points to win back", "Điểm lấy lại được"),
        vec![
            Block::Said(say!(
                "What the official score would gain if this alone (a rule, all rules of a column, a table) were without defects. Gains are never added up: things that are cleaned together may win more than each alone.",
                "Điểm chính thức tăng bao nhiêu nếu riêng mục này (một quy tắc, mọi quy tắc của một cột, một bảng) không còn lỗi. Không cộng các mức tăng: sửa cùng lúc có thể lấy lại nhiều hơn."
            )),
            Block::Formula(say!(
                "gain = score with it at 100 points − score",
                "lấy lại được = điểm khi mục này đạt 100 − điểm hiện tại"
            )),
        ],
    )
}
