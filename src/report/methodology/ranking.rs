//! Above databases, and what else the name of the methodology covers.

use super::{Block, Section, row, same, section};
use crate::say;
use crate::score::Methodology;
use crate::score::composite::Lambda;
use crate::score::rank::RankTable;

pub fn sections(methodology: &Methodology) -> Vec<Section> {
    vec![agency(methodology), rank(methodology), clock(methodology), placeholders(methodology)]
}

fn agency(methodology: &Methodology) -> Section {
    let weights = methodology.database_weights.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    section(
        "m-agency",
        say!("Agencies and the whole", "Cơ quan và toàn bộ"),
        vec![
            Block::Said(say!(
                "The mean of the databases by weight ({weights}: priority, important, other). A database that was not scored counts 0 officially. There is no minimum here: caps (K9) hold the grade.",
                "Trung bình các CSDL theo trọng số ({weights}: ưu tiên, quan trọng, khác). CSDL chưa chấm tính 0 điểm chính thức. Ở đây không lấy chiều thấp nhất: hạng do điểm liệt K9 khống chế."
            )),
            Block::Formula(say!(
                "agency = ⌊Σ weight × database / Σ weight⌋",
                "cơ quan = ⌊Σ trọng số × CSDL / Σ trọng số⌋"
            )),
        ],
    )
}

fn rank(methodology: &Methodology) -> Section {
    let policy = &methodology.rank;
    let (draws, seed) = (policy.draws, policy.seed);
    let (from, to) = (policy.noise_from, policy.noise_from + policy.noise_steps - 1);
    let lambdas = policy.lambdas.iter().map(|Lambda { num, den }| format!("{num}/{den}"));
    let lambdas = lambdas.collect::<Vec<_>>().join(", ");
    let (tail, end, certain) = (policy.tail_percent, 100 - policy.tail_percent, RankTable::CERTAIN);
    section(
        "m-rank",
        say!("Ranks", "Thứ hạng"),
        vec![
            Block::Said(say!(
                "A rank is shown with an interval: how far it moves when the weights do. In each of {draws} draws the weight of every dimension is multiplied by {from} to {to} thousandths, the share of the weakest dimension is one of {lambdas}, and databases weigh by the register, equally, or by 1 + ⌊log₂(rows + 1)⌋. Draws come from a generator (SplitMix64) with the seed {seed}, so they are the same everywhere.",
                "Thứ hạng luôn kèm khoảng: nó xê dịch thế nào khi trọng số thay đổi. Trong mỗi lượt trên {draws} lượt thử, trọng số mỗi chiều nhân với {from} đến {to} phần nghìn, tỷ phần của chiều yếu nhất là một trong {lambdas}, và CSDL có trọng số theo danh mục, bằng nhau, hoặc 1 + ⌊log₂(số bản ghi + 1)⌋. Số ngẫu nhiên sinh bằng SplitMix64 với hạt giống {seed} nên ở đâu cũng cho cùng kết quả."
            )),
            Block::Formula(say!(
                "interval = from the {tail}th to the {end}th percentile of the drawn ranks",
                "khoảng = từ phân vị {tail} đến phân vị {end} của các thứ hạng thử"
            )),
            Block::Said(say!(
                "Ranks go by official points alone. A cap holds down a grade and moves no rank: the grade stands beside it.",
                "Thứ hạng chỉ xét theo điểm chính thức. Điểm liệt khống chế hạng nhưng không làm đổi thứ hạng: hạng được ghi bên cạnh."
            )),
            Block::Said(say!(
                "Scores are compared at two decimals, as they are shown. Two can be told apart if one is above the other in {certain}% of the draws or more.",
                "So điểm ở hai chữ số thập phân, đúng như hiển thị. Hai bên phân biệt được nếu một bên cao hơn trong từ {certain}% lượt thử trở lên."
            )),
        ],
    )
}

fn clock(methodology: &Methodology) -> Section {
    let zero = methodology.cycles_to_zero;
    let edges = &methodology.latency_edges;
    let edges = edges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let calendar = methodology.calendar.as_deref().unwrap_or("—");
    section(
        "m-clock",
        say!("Age and latency", "Tuổi dữ liệu và độ trễ"),
        vec![
            Block::Said(say!(
                "What is as old as its cycle or younger is worth everything; from there it fades evenly and is worth nothing at {zero} cycles. Ages are counted to the moment that the run speaks of, never to the clock.",
                "Dữ liệu không cũ hơn một nhịp thì trọn điểm; sau đó giảm đều và hết điểm ở {zero} nhịp. Tuổi tính đến thời điểm mà lần chạy nêu, không theo đồng hồ máy."
            )),
            Block::Formula(say!(
                "badness of an age = min(max(age − cycle, 0), ({zero} − 1) × cycle), of ({zero} − 1) × cycle",
                "mức xấu của tuổi = min(max(tuổi − nhịp, 0), ({zero} − 1) × nhịp), trên ({zero} − 1) × nhịp"
            )),
            Block::Said(say!(
                "Latencies are kept by the next of these edges, in seconds: {edges}. Calendar of working days: {calendar}.",
                "Độ trễ được ghi theo mốc kế tiếp trong các mốc sau, tính bằng giây: {edges}. Lịch ngày làm việc: {calendar}."
            )),
        ],
    )
}

fn placeholders(methodology: &Methodology) -> Section {
    let list = &methodology.placeholders;
    let (id, digits, unicode) = (list.id, list.repeated_digits, &methodology.unicode);
    let pack = methodology.pack.as_deref().unwrap_or("—");
    let spelled = |words: &[&str]| same(words.join("  "));
    section(
        "m-placeholders",
        say!("What counts as absent", "Thế nào là thiếu giá trị"),
        vec![
            Block::Said(say!(
                "Null, blank, and what people write when they have nothing to write ({id}), in any case and after Unicode {unicode} NFC; of identifiers also a digit repeated {digits} times or more. Core pack of the methodology itself: {pack}.",
                "Rỗng, trắng, và những gì người ta ghi khi không có gì để ghi ({id}), không phân biệt hoa thường, sau chuẩn hóa Unicode {unicode} NFC; với số định danh còn tính một chữ số lặp từ {digits} lần. Gói lõi của chính phương pháp: {pack}."
            )),
            Block::Table {
                heads: vec![say!("Where", "Ở đâu"), say!("Texts", "Chuỗi")],
                rows: vec![
                    row([say!("everywhere", "mọi cột"), spelled(&list.strings)]),
                    row([say!("identifiers", "số định danh"), spelled(&list.identifiers)]),
                    row([say!("dates", "ngày tháng"), spelled(&list.dates)]),
                ],
            },
        ],
    )
}
