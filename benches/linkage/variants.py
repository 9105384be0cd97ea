"""Writes some persons of a generated table a second time, differently: marks left out, parts of the name in another order, initials, a
word left out, abbreviated addresses, typing errors, wrong digits of dates, other telephones. `kieu` of the copy's key says how."""
import csv
import random
import sys
import unicodedata

ABBREVIATIONS = [("Phường ", "P. "), ("Thành phố ", "TP. "), ("Quận ", "Q. "), ("Tỉnh ", "T. "), ("Xã ", "X. "),
                 ("đường ", "đ. "), ("Số ", ""), ("Đặc khu ", "ĐK ")]


def bare(text):
    marks = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in marks if not unicodedata.combining(c))


def typo(text, rng):
    """One letter left out, doubled, or swapped with its neighbour."""
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
    if not places:
        return text
    at = rng.choice(places)
    return rng.choice([
        text[:at] + text[at + 1:],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2:],
    ])


def short(address):
    for long, abbreviated in ABBREVIATIONS:
        address = address.replace(long, abbreviated)
    return address


def wrong_day(date, rng):
    year, month, day = date.split("-")
    if rng.random() < 0.5 and int(day) <= 12:
        return f"{year}-{day}-{month}"
    return f"{year}-{month}-{(int(day) % 28) + 1:02}"


def initials(name):
    first, *rest = name.split()
    return " ".join([first[0] + ".", *[word[0] + "." for word in rest[:-1]], rest[-1]])


VARIANTS = {
    "marks": lambda row, rng: {**row, "ho_ten": bare(row["ho_ten"]), "dia_chi": bare(row["dia_chi"])},
    "capitals": lambda row, rng: {**row, "ho_ten": row["ho_ten"].upper(), "dia_chi": short(row["dia_chi"])},
    "order": lambda row, rng: {**row, "ho_ten": " ".join([row["ho_ten"].split()[-1], *row["ho_ten"].split()[:-1]])},
    "abbreviations": lambda row, rng: {**row, "dia_chi": short(row["dia_chi"])},
    "typo in the name": lambda row, rng: {**row, "ho_ten": typo(row["ho_ten"], rng)},
    "typo in the address": lambda row, rng: {**row, "ho_ten": bare(row["ho_ten"]), "dia_chi": typo(short(row["dia_chi"]), rng)},
    "date": lambda row, rng: {**row, "ngay_sinh": wrong_day(row["ngay_sinh"], rng), "dia_chi": short(row["dia_chi"])},
    "word left out": lambda row, rng: {**row, "ho_ten": " ".join([row["ho_ten"].split()[0], row["ho_ten"].split()[-1]])},
    "initials": lambda row, rng: {**row, "ho_ten": initials(row["ho_ten"])},
    "no address": lambda row, rng: {**row, "ho_ten": bare(row["ho_ten"]), "dia_chi": ""},
}


def main(source, target, share, seed):
    rng = random.Random(seed)
    rows = list(csv.DictReader(open(source, encoding="utf-8-sig", newline="")))
    copies = []
    for at, row in enumerate(rows):
        if rng.random() < share:
            name = list(VARIANTS)[at % len(VARIANTS)]
            copy = VARIANTS[name](row, rng)
            copies.append({**copy, "dien_thoai": "", "ma": f"{row['ma']}~{name}"})
    rows += copies
    rng.shuffle(rows)
    with open(target, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows, {len(copies)} of them copies")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
