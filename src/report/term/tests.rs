//! The page as a whole: what it looks like, and what no input can make it do.

use anstyle::Style as Ink;
use unicode_width::UnicodeWidthStr;

use super::Term;
use crate::base::Lang;
use crate::report::{Renderer, Style, sample};
use crate::score::index::{Origin, Weights};
use crate::score::{Profile, Scorecard};

fn page(card: &Scorecard, style: Style) -> String {
    String::from_utf8(Term.render(card, &style)).unwrap()
}

fn styles() -> Vec<Style> {
    let mut styles = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        for width in [60, 80, 120] {
            for unicode in [true, false] {
                styles.push(Style { lang, color: false, width, unicode });
            }
        }
    }
    styles
}

#[test]
fn vietnamese_page() {
    insta::assert_snapshot!(page(&sample::card(Profile::Vn4), Style { lang: Lang::Vi, ..Style::default() }), @r##"
    thuocdo 0.1.0 · tính đến 2026-11-21T00:00:00+07:00 · bộ tiêu chí vn-4
    phương pháp thuocdo-score/1.0.0+bc8b51e4fa3a
    chưa đo đủ: 2 mục, xem ở cuối

    ══ CSDL quốc gia về dân cư ═════════════════════════════════════════════════════
      bca_a13 · cơ quan bca · gói core/person-register

      ╭─────╮  Không đạt · 40,91 điểm
      │  D  │  trong khoảng 40,91 – 79,42 · phần đo được 76,11
      ╰─────╯  98,41% bản ghi sạch · 1.215.000 trên 1.234.567 bản ghi
               đo được 66,66% trọng số quy tắc · độ tin cậy thấp
               điểm nội bộ, kể cả quy tắc riêng: 68,05

        điểm liệt không làm đổi hạng: K3, K6, K8

      Đúng        █████████████████████████▋▒▒▒▒▒▒▒▒▒▒▒▒▒░   64,33  đo được 66,66%
      Đủ          █████████████████████▌░░░░░░░░░░░░░░░░░░   54,00
      Sạch        ███████████████████████████████████████▉   99,87
      Sống        ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    0,00  chưa có quy tắc
                  ▒ chưa rõ, tính là không đạt

      Sửa gì trước                                      số điểm mỗi mục lấy lại được
       +7,50  tam_tru / not_null-ma_xa                                    thiếu bảng
       +6,25  cong_dan / expect-ngay_cap-on-or…f-viet-nam-only-2026  không chạy được
       +1,12  cong_dan / not_null-ho_ten            1.000 trên 1.000.000 giá trị lỗi
       +0,43  cong_dan / matches-so_dinh_danh         567 trên 1.234.567 giá trị lỗi
       +0,02  cong_dan / clean_text-ho_ten              5 trên 1.234.567 giá trị lỗi
      theo bảng
       +7,83  cong_dan                             4 quy tắc · 1.572 lỗi · 5 chưa rõ
       +7,50  tam_tru                                                      1 quy tắc

    ── cong_dan · Công dân ─────────────────────────────────────────────────────────
      bảng chính · 1.234.567 bản ghi · 1 tệp · 98,41% sạch (1.215.000)
      khóa so_dinh_danh
      ! cảnh báo: cột `ghi_chu` không có trong tệp quy tắc → hãy mô tả cột này ở mục
        `columns`

        0,00  expect-ngay_cap-on-or-after-ngay_si…for-citizens-of-viet-nam-only-2026
              Ngày cấp sau ngày sinh · Đúng, nặng · không chạy được: chưa rõ · cột
              `ngay_cap` là văn bản, không phải ngày
       90,00  not_null-ho_ten                       1.000 trên 1.000.000 giá trị lỗi
              Đủ, nghiêm trọng · đạt 99,9000% · 1 lỗi trên 1.000 · null 812
              để trống 188
              ví dụ cong_dan.csv:17 "****", cong_dan.csv:90412
       93,00  matches-so_dinh_danh                    567 trên 1.234.567 giá trị lỗi
              Đúng, nặng · đạt 99,9540% · 1 lỗi trên 2.177
       98,37  clean_text-ho_ten                         5 trên 1.234.567 giá trị lỗi
              Sạch, nhẹ · đạt 99,9991% · 1 lỗi trên 123.456 · 5 chưa rõ
              khoảng trắng kép 5
              ví dụ cong_dan.csv:4 "Ngu****" (hai khoảng trắng liền nhau)

      2 quy tắc không có lỗi · 1 quy tắc không có gì để đánh giá

    ── tam_tru ─────────────────────────────────────────────────────────────────────
      bảng phụ · THIẾU bảng bắt buộc: tính là không đạt (1 quy tắc)

    ── dm_xa ───────────────────────────────────────────────────────────────────────
      danh mục hoặc nhật ký · 3.321 bản ghi · 1 tệp · 100% sạch (3.321)

      1 quy tắc không có lỗi

    ══ byt_a02 ═════════════════════════════════════════════════════════════════════
      cơ quan byt

      ╭─────╮  Chưa đủ căn cứ · 35,92 điểm
      │  —  │  trong khoảng 35,92 – 96,31 · phần đo được 94,74
      ╰─────╯  99,92% bản ghi sạch · 1.399 trên 1.400 bản ghi
               đo được 50% trọng số quy tắc · độ tin cậy thấp

      ! K6 không xếp hạng: chỉ đo được 50,00% trọng số các quy tắc
        điểm liệt không làm đổi hạng: K3
      ! không so sánh được: tệp quy tắc không khai báo gói quy tắc lõi nào; chỉ đo
        được 50,00% các quy tắc

      Đúng        ████████████████████████████████████▋░░░   91,58
      Đủ          ████████████████████████████████████████  100,00
      Sạch        ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    0,00  chưa có quy tắc
      Sống        ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    0,00  chưa có quy tắc
                  ▒ chưa rõ, tính là không đạt

      Sửa gì trước                                      số điểm mỗi mục lấy lại được
       +1,57  hospital / matches-ma                         1 trên 1.400 giá trị lỗi

    ── hospital ────────────────────────────────────────────────────────────────────
      bảng chính · 1.400 bản ghi · 1 tệp · 99,92% sạch (1.399)

       91,58  matches-ma                                    1 trên 1.400 giá trị lỗi
              Đúng, nặng · đạt 99,9285% · 1 lỗi trên 1.400

      1 quy tắc không có lỗi

    ══ Cơ quan ═════════════════════════════════════════════════════════════════════
                                            hạng     điểm  đo được     thấp trung vị
      bca                                      D    40,91      1/1    40,91    40,91
      byt                                      D    35,92      1/1    35,92    35,92
      2 CSDL                                   D    39,66      2/2    35,92    38,41
      số CSDL theo hạng  A 0 · B 0 · C 0 · D 1 · — 1

      Sửa CSDL nào trước                                     số điểm chung tăng thêm
      +11,50  bca_a13                                              điểm riêng +15,33
       +0,39  byt_a02                                               điểm riêng +1,57

    ══ Chưa đo đủ ══════════════════════════════════════════════════════════════════
      ! bca_a13/cong_dan  không chạy được quy tắc
        `expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026`:
        cột `ngay_cap` là văn bản, không phải ngày
      ! bca_a13/tam_tru  thiếu bảng bắt buộc `tam_tru`
    "##);
}

#[test]
fn english_page_of_local_rules() {
    insta::assert_snapshot!(page(&sample::card(Profile::Local), Style::default()), @r##"
    thuocdo 0.1.0 · as of 2026-11-21T00:00:00+07:00 · profile local
    methodology thuocdo-score/1.0.0+b1a2b5e8b086
    local rules, not comparable
    incomplete: 2 not measured, see the end

    ══ National population database ════════════════════════════════════════════════
      bca_a13 · agency bca · packs core/person-register

      ╭─────╮  Satisfactory · 68.05 points
      │  C  │  between 68.05 and 76.40 · 76.11 where measured
      ╰─────╯  98.41% clean records · 1,215,000 of 1,234,567 rows
               88.88% of rule weight measured · confidence medium
               internal score, local rules included: 68.05

        caps that change nothing here: K6, K8

      Correct     █████████████████████████▋▒▒▒▒▒▒▒▒▒▒▒▒▒░   64.33  66.66% measured
      Complete    █████████████████████▌░░░░░░░░░░░░░░░░░░   54.00
      Clean       ███████████████████████████████████████▉   99.87
      Live        no rule
                  ▒ not known, counts as failed

      What to fix first                              points that each would win back
      +12.58  tam_tru / not_null-ma_xa                                 table missing
       +8.33  cong_dan / expect-ngay_cap-on-or-…of-viet-nam-only-2026  could not run
       +3.00  cong_dan / not_null-ho_ten              1,000 of 1,000,000 values fail
       +0.58  cong_dan / matches-so_dinh_danh           567 of 1,234,567 values fail
       +0.03  cong_dan / clean_text-ho_ten                5 of 1,234,567 values fail
      by table
      +12.58  tam_tru                                                         1 rule
      +11.94  cong_dan                           4 rules · 1,572 defects · 5 unknown

    ── cong_dan · Citizens ─────────────────────────────────────────────────────────
      main table · 1,234,567 rows · 1 file · 98.41% clean (1,215,000)
      key so_dinh_danh
      ! warning: column `ghi_chu` is not in the rule file → describe it under
        `columns`

        0.00  expect-ngay_cap-on-or-after-ngay_si…for-citizens-of-viet-nam-only-2026
              Issued after birth · Correct, major · could not run: unknown · column
              `ngay_cap` is text, not a date
       90.00  not_null-ho_ten                         1,000 of 1,000,000 values fail
              Complete, critical · 99.9000% pass · 1 in 1,000 · null 812 · blank 188
              e.g. cong_dan.csv:17 "****", cong_dan.csv:90412
       93.00  matches-so_dinh_danh                      567 of 1,234,567 values fail
              Correct, major · 99.9540% pass · 1 in 2,177
       98.37  clean_text-ho_ten                           5 of 1,234,567 values fail
              Clean, minor · 99.9991% pass · 1 in 123,456 · 5 unknown
              double_space 5
              e.g. cong_dan.csv:4 "Ngu****" (two spaces in a row)

      2 rules without a defect · 1 rule with nothing to judge

    ── tam_tru ─────────────────────────────────────────────────────────────────────
      secondary table · MISSING, though required: counts as failed (1 rule)

    ── dm_xa ───────────────────────────────────────────────────────────────────────
      code list or log · 3,321 rows · 1 file · 100% clean (3,321)

      1 rule without a defect

    ══ byt_a02 ═════════════════════════════════════════════════════════════════════
      agency byt

      ╭─────╮  Excellent · 94.74 points
      │  A  │  99.92% clean records · 1,399 of 1,400 rows
      ╰─────╯  100% of rule weight measured · confidence medium

      Correct     ████████████████████████████████████▋░░░   91.58
      Complete    ████████████████████████████████████████  100.00
      Clean       no rule
      Live        no rule

      What to fix first                              points that each would win back
       +5.25  hospital / matches-ma                           1 of 1,400 values fail

    ── hospital ────────────────────────────────────────────────────────────────────
      main table · 1,400 rows · 1 file · 99.92% clean (1,399)

       91.58  matches-ma                                      1 of 1,400 values fail
              Correct, major · 99.9285% pass · 1 in 1,400

      1 rule without a defect

    ══ Agencies ════════════════════════════════════════════════════════════════════
                                           grade   points measured   lowest   median
      bca                                      C    68.05      1/1    68.05    68.05
      byt                                      A    94.74      1/1    94.74    94.74
      2 databases                              B    74.72      2/2    68.05    81.39
      databases by grade  A 1 · B 0 · C 1 · D 0 · — 0

      Which database to fix first                points that all together would gain
      +23.96  bca_a13                                           its own score +31.94
       +1.31  byt_a02                                            its own score +5.25

    ══ Not measured ════════════════════════════════════════════════════════════════
      ! bca_a13/cong_dan  rule
        `expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026`
        could not run: column `ngay_cap` is text, not a date
      ! bca_a13/tam_tru  required table `tam_tru` is missing
    "##);
}

#[test]
fn no_line_is_wider_than_the_page_and_nothing_hostile_gets_through() {
    for card in [sample::card(Profile::Local), sample::card(Profile::Vn6), sample::hostile()] {
        for style in styles() {
            let text = page(&card, style);
            for line in text.lines() {
                assert!(line.width() <= style.width, "{style:?}: {line}");
                assert!(
                    !line.chars().any(|c| c.is_control() || c == '\u{202e}' || c == '\u{200b}'),
                    "{line:?}"
                );
            }
            assert!(text.len() < 60_000, "ten thousand letters are not to be read");
        }
    }
}

#[test]
fn colours_add_nothing_but_escapes() {
    for card in [sample::card(Profile::Vn4), sample::hostile()] {
        for style in styles() {
            let coloured = page(&card, Style { color: true, ..style });
            assert!(coloured.contains("\u{1b}["));
            assert_eq!(strip(&coloured), page(&card, style));
        }
    }
    assert_eq!(Ink::new().render().to_string(), "");
}

/// Without `ESC [ … m`.
fn strip(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (codes, rest) = part.split_once('m').unwrap();
        assert!(
            codes.starts_with('[') && codes[1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b';')
        );
        plain += rest;
    }
    plain
}

#[test]
fn an_index_stands_below_the_database_and_says_that_it_is_reported() {
    let block = |lang| {
        let text = page(&sample::with_index(Profile::Vn4), Style { lang, ..Style::default() });
        assert!(text.lines().all(|line| line.width() <= 80));
        let from = text.find("  dqi-2439-reported").expect("the block");
        let end = text[from..].find("\n──").expect("the first table");
        // The hash is another with every new kind.
        text[from..from + end].replace(&Weights::shipped().id(), "dqi-2439-reported+0123456789ab")
    };
    insta::assert_snapshot!(block(Lang::Vi), @r"
      dqi-2439-reported+0123456789ab                                 Đỏ · 66,65 điểm
        không phải điểm của công cụ: hướng dẫn Quyết định 2439/QĐ-TTg (Công văn
        4856/BCA-TTDLQG) theo một nguồn thứ cấp; chưa thấy văn bản gốc
      ! Cảnh báo sự cố nghiêm trọng: trường định danh chưa đạt 100:
        cong_dan.so_dinh_danh 99,95, dm_xa.ma (chưa có quy tắc)
        chưa đủ điều kiện kết nối theo chỉ số này
        trường thấp nhất
          0,00  cong_dan.ngay_cap
          0,00  tam_tru (cả bảng)
         99,94  cong_dan.ho_ten
         99,97  cong_dan.so_dinh_danh · định danh
        lỗi theo nhóm: 1 thiếu hoặc giá trị giả 1.000
        4 sai định dạng, chuẩn hóa 572
        thời hạn được thuật lại (ngày làm việc): rà soát 5, sửa 10, phức tạp 15
    ");
    insta::assert_snapshot!(block(Lang::En), @r"
      dqi-2439-reported+0123456789ab                              red · 66.65 points
        not our score: guide to Decision 2439 of 2025 (letter 4856/BCA-TTDLQG), as
        one secondary source reports it; original not seen
      ! Serious incident: identifier fields that are not at 100:
        cong_dan.so_dinh_danh 99.95, dm_xa.ma (no rule)
        not ready to connect by this index
        lowest fields
          0.00  cong_dan.ngay_cap
          0.00  tam_tru (as a whole)
         99.94  cong_dan.ho_ten
         99.97  cong_dan.so_dinh_danh · identifier
        errors by group: 1 missing or placeholder 1,000 · 4 format or standard 572
        reported deadlines in working days: review 5, repair 10, complex cases 15
    ");
}

#[test]
fn edited_weights_are_said_to_be_edited() {
    let mut card = sample::with_index(Profile::Vn4);
    let said = |card: &Scorecard| page(card, Style::default()).contains("weights edited · not our score");
    assert!(!said(&card));
    card.databases[0].indices[0].weights = Origin::Edited;
    assert!(said(&card));
}

#[test]
fn without_unicode_an_english_page_is_ascii() {
    let mut card = sample::with_index(Profile::Vn4);
    for database in &mut card.databases {
        // The words of the data stay as they are; these are ours.
        database.title = None;
    }
    let text = page(&card, Style { unicode: false, ..Style::default() });
    assert!(text.is_ascii(), "{:?}", text.chars().find(|c| !c.is_ascii()));
}

#[test]
fn a_card_without_databases_is_a_page_too() {
    let mut card = sample::card(Profile::Vn4);
    card.databases.clear();
    card.agencies.clear();
    for style in styles() {
        assert!(!page(&card, style).is_empty());
    }
}

#[test]
fn the_number_of_rules_shown_is_limited() {
    let mut card = sample::card(Profile::Vn4);
    let table = &mut card.databases[0].tables[0];
    let failing = table.rules[0].clone();
    for at in 0..100 {
        table
            .rules
            .push(crate::score::scorecard::RuleCard { id: format!("extra-{at:03}"), ..failing.clone() });
    }
    let text = page(&card, Style::default());
    let shown = text.lines().filter(|line| line.contains("  extra-") && line.contains("fail")).count();
    // Twelve, of which the first is the rule that could not run.
    assert_eq!(shown, 11, "{text}");
    assert!(text.contains("more rules that cost less"), "{text}");
}
