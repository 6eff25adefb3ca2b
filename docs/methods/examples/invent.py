"""Invents pupils.csv, the answers that docs/methods/examples.md works on. Run in this folder; the file is committed."""

import csv

import numpy as np

MUNICIPALITIES = {"Ask": 5, "Bjørk": 4, "Furu": 6, "Gran": 3}
ITEMS = [f"calm{at}" for at in range(1, 5)] + [f"help{at}" for at in range(1, 5)]
LOADINGS = np.array([0.8, 0.7, -0.7, 0.6, 0.8, 0.75, 0.7, 0.6])
CUTS = np.array([-1.6, -0.7, 0.1, 1.1])


def main() -> None:
    random = np.random.default_rng(20260)
    rows = []
    number = 1000
    for municipality, schools in MUNICIPALITIES.items():
        for school in range(1, schools + 1):
            level = random.normal(0, 0.35, 2)
            pupils = []
            for _ in range(int(random.integers(18, 34))):
                number += 1
                trait = random.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]])
                gender = str(random.choice(["girl", "boy"]))
                pupils.append((number, "" if random.random() < 0.02 else gender, gender, trait))
            for wave, gain in ((2025, 0.0), (2026, 0.15)):
                grade = 8 + wave - 2025
                for key, shown, gender, trait in pupils:
                    if random.random() < 0.12:
                        continue  # away, or said no
                    now = 0.7 * trait + np.sqrt(1 - 0.7**2) * random.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]])
                    score = np.repeat(now + level + gain, 4)
                    value = LOADINGS * score + np.sqrt(1 - LOADINGS**2) * random.normal(size=8)
                    value[5] += 0.7 * (gender == "girl")  # a question that girls agree with more than their help says
                    codes = 1 + (value[:, np.newaxis] > CUTS).sum(axis=1)
                    given = ["" if random.random() < 0.02 else int(code) for code in codes]
                    rows.append([wave, key, municipality, f"{municipality} {school}", grade, shown, *given])
    with open("pupils.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["wave", "pupil", "municipality", "school", "grade", "gender", *ITEMS])
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()
