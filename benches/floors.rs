//! Criterion benches, a group for each floor that a scan spends its time in: `cargo bench --bench floors`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parquet::arrow::ArrowWriter;
use thuocdo::engine::{self, Budget, Elsewhere, RunOptions, Silent, TraceOptions};
use thuocdo::kernel::column::standard_placeholders;
use thuocdo::kernel::{TextColumn, key, text};
use thuocdo::rule::load;
use thuocdo::score::gate::{Baseline, GateInputs, Given};
use thuocdo::score::{self, ScoreOptions};
use thuocdo::state::{DayHistogram, State as _};
use thuocdo::{format, kind};

const ROWS: usize = 100_000;

fn column(value: impl Fn(usize) -> String) -> TextColumn {
    let array: StringViewArray = (0..ROWS).map(|row| Some(value(row))).collect();
    let array: ArrayRef = Arc::new(array);
    TextColumn::of(&array).expect("string views are text")
}

fn kernels(c: &mut Criterion) {
    let ids = column(|row| format!("0010{:08}", row * 7919 % 100_000_000));
    let addresses = column(|row| format!("Số {} đường Lê Lợi, thôn {}", row % 300, row % 20));
    let names = column(|row| format!("Nguyễn {} Thủy {row}", ["Văn", "Thị", "Hoà"][row % 3]));
    let placeholders = standard_placeholders(false, false, &[]);
    let all = arrow::buffer::BooleanBuffer::new_set(ROWS);
    let pattern = text::Pattern::new("0[0-9]{2}[0-9][0-9]{8}").expect("a pattern");
    let cccd = format::find("vn.cccd").expect("a format");

    let mut group = c.benchmark_group("kernels");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("states of ids", |b| b.iter(|| black_box(ids.states(&placeholders))));
    group.bench_function("regex over ids", |b| b.iter(|| ids.mark(&all, |value| pattern.is_match(value))));
    group.bench_function("vn.cccd over ids", |b| b.iter(|| ids.mark(&all, |value| cccd.accepts(value))));
    group.bench_function("clean addresses", |b| b.iter(|| addresses.clean(&all, &addresses.plain())));
    group.bench_function("clean names", |b| b.iter(|| names.clean(&all, &names.plain())));
    group.bench_function("canonical addresses", |b| b.iter(|| addresses.canonical(&all, &addresses.plain())));
    group.bench_function("packed ids", |b| {
        b.iter(|| (0..ROWS).map(|row| ids.get(row).and_then(key::pack).unwrap_or_default()).sum::<u64>());
    });
    group.finish();
}

/// What one value costs, mean over a format's examples.
fn formats(c: &mut Criterion) {
    let mut group = c.benchmark_group("formats");
    for format in format::all() {
        let examples = format.examples();
        group.throughput(Throughput::Elements(examples.len() as u64));
        group.bench_function(format.name(), |b| {
            b.iter(|| examples.iter().filter(|(value, _)| format.accepts(black_box(value))).count());
        });
    }
    group.finish();
}

fn states(c: &mut Criterion) {
    let mut group = c.benchmark_group("states");
    group.bench_function("merge of 64 day histograms of 1,000 days", |b| {
        b.iter(|| {
            let mut all = DayHistogram::default();
            for part in 0..64 {
                let mut one = DayHistogram::default();
                (0..1_000).for_each(|day| one.add(day + part, 3));
                all.merge(one);
            }
            black_box(all)
        });
    });
    group.finish();
}

fn scan(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut csv = String::from("id,name,email\n");
    for row in 0..ROWS {
        csv.push_str(&format!("0010{row:08},Nguyễn Văn {row},user{row}@example.vn\n"));
    }
    std::fs::write(folder.path().join("t.csv"), &csv).expect("written");
    let rules = folder.path().join("rules.yaml");
    std::fs::write(
        &rules,
        "thuocdo: 1\ndatabase: bench\ntables:\n  t:\n    files: t.csv\n    rules:\n      - not_null: id\n      \
         - unique: id\n      - clean_text: name\n      - matches: { column: email, format: email }\n",
    )
    .expect("written");
    let loaded = load::load(&[rules], kind::KINDS);
    let interrupted = AtomicBool::new(false);
    let options = RunOptions {
        data: folder.path(),
        as_of: 0,
        reveal: false,
        examples: engine::EXAMPLES,
        interrupted: &interrupted,
        trace: None,
        earlier: None,
        keeper: None,
        budget: &Budget::unlimited(),
        reconciled: false,
        elsewhere: &Elsewhere::default(),
        progress: &Silent,
    };
    let mut group = c.benchmark_group("scan");
    group.throughput(Throughput::Bytes(csv.len() as u64));
    group.sample_size(20);
    group.bench_function("CSV, four rules", |b| {
        b.iter(|| black_box(engine::run(&loaded.databases[0], &options)));
    });
    group.finish();
}

/// A gate as a pipeline runs it, without the start of a process: rules, extract and baseline in, a report out.
fn gate(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns: [(&str, ArrayRef); 3] = [
        ("id", Arc::new((0..ROWS).map(|row| Some(format!("0010{row:08}"))).collect::<StringViewArray>())),
        (
            "name",
            Arc::new((0..ROWS).map(|row| Some(format!("Nguyễn Văn {row}"))).collect::<StringViewArray>()),
        ),
        (
            "email",
            Arc::new((0..ROWS).map(|row| Some(format!("user{row}@example.vn"))).collect::<StringViewArray>()),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let file = std::fs::File::create(folder.path().join("t.parquet")).expect("created");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    let rules = folder.path().join("rules.yaml");
    std::fs::write(
        &rules,
        "thuocdo: 1\ndatabase: bench\ntables:\n  t:\n    files: t.parquet\n    key: [id]\n    rules:\n      - not_null: id\n      \
         - unique: id\n      - clean_text: name\n      - matches: { column: email, format: email }\n",
    )
    .expect("written");
    let interrupted = AtomicBool::new(false);
    // The report, and on the first run the baseline.
    let run = |baseline: Option<&str>| {
        let loaded = load::load(std::slice::from_ref(&rules), kind::KINDS);
        let given = baseline.map_or(Given::First, |text| {
            Given::Sound(Box::new(Baseline::from_json(text, &[7; 32], "").expect("a baseline")))
        });
        let snapshot = match &given {
            Given::Sound(before) => before.table("bench", "t").and_then(|table| table.snapshot.as_ref()),
            _ => None,
        };
        let options = RunOptions {
            data: folder.path(),
            as_of: 0,
            reveal: false,
            examples: engine::EXAMPLES,
            interrupted: &interrupted,
            earlier: None,
            trace: Some(TraceOptions {
                secret: Some([7; 32]),
                before: snapshot.map(|snapshot| (("bench", "t"), snapshot)).into_iter().collect(),
                waivers: &[],
            }),
            progress: &Silent,
            keeper: None,
            budget: &Budget::unlimited(),
            reconciled: false,
            elsewhere: &Elsewhere::default(),
        };
        let mut measured = engine::run(&loaded.databases[0], &options).expect("measured");
        let traced = measured.tables[0].traced.take().expect("traced");
        let card = score::assemble(vec![measured], &ScoreOptions::default());
        let inputs = GateInputs {
            card: &card,
            traced: &std::iter::once((("bench".to_owned(), "t".to_owned()), traced)).collect(),
            policies: &BTreeMap::new(),
            waivers: &[],
            baseline: &given,
            today: 0,
            month: "1970-01".to_owned(),
            key: String::new(),
            emergency: false,
            unknown: &[],
        };
        let report = score::gate::gate(&inputs);
        let next = baseline.is_none().then(|| score::gate::next_baseline(&inputs, &report, false));
        (report, next)
    };
    let baseline = run(None).1.expect("a first baseline").to_json(&[7; 32]);
    let mut group = c.benchmark_group("gate");
    group.sample_size(20);
    group.bench_function("100,000 rows of Parquet against a baseline", |b| {
        b.iter(|| black_box(run(Some(&baseline))));
    });
    group.finish();
}

criterion_group!(benches, kernels, formats, states, scan, gate);
criterion_main!(benches);
