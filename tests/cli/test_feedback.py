"""The loop of run, review, run: what feedback must change, what it must not, and what it refuses."""

import csv
import itertools
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

ROWS, MONTHS, SEED = 12000, 12, 5
RANKS, THREADS = (1, 2, 3, 5), (1, 2, 4)
KEY = ("id", "as_of_date", "company", "account", "au")


class Feedback(InFolder):
    profile = "classic"

    def setUp(self):
        super().setUp()
        self.succeed("generate", "--rows", ROWS, "--months", MONTHS, "--seed", SEED, "ledger.csv",
                     "labels.csv")
        with open(self.folder / "labels.csv", newline="", encoding="utf-8") as labels:
            self.anomalous = {int(row["row"]) for row in csv.DictReader(labels)
                              if row["kind"] != "drift_onset"}

    def detect(self, name="results.h5", feedback=(), **run):
        options = list(itertools.chain.from_iterable(("--feedback", path) for path in feedback))
        return self.succeed("detect", "ledger.csv", "-o", name, "--force", "--profile",
                            self.profile, *run.pop("options", ()), *options, **run)

    def read(self, name="results.h5"):
        with h5py.File(self.folder / name, "r") as file:
            data = {"attrs": dict(file["model"].attrs), "run": dict(file["run"].attrs)}
            for group in ("rows", "anomalies", "model"):
                for key, item in file[group].items():
                    if isinstance(item, h5py.Dataset):
                        text = h5py.check_string_dtype(item.dtype)
                        data[f"{group}/{key}"] = item.asstr()[:] if text else item[:]
        return data

    def findings(self, data):
        return [dict({name: data[f"anomalies/{name}"][i] for name in KEY},
                     row=int(data["anomalies/row_number"][i]))
                for i in range(len(data["anomalies/id"]))]

    def write(self, name, rows, columns=KEY + ("verdict",), delimiter=",", newline="\n", mark=""):
        with open(self.folder / name, "w", newline="", encoding="utf-8") as out:
            out.write(mark)
            writer = csv.writer(out, delimiter=delimiter, lineterminator=newline)
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)

    def answers(self, data, n=60):
        """What a reviewer who knows says of the first n findings."""
        found = self.findings(data)[:n]
        for finding in found:
            right = finding["row"] in self.anomalous
            finding.update(verdict="confirmed" if right else "false_positive", reviewer="Ann",
                           comment="known timing" if not right else "")
        return found

    def learn(self):
        """A run, its review and the run after it."""
        self.detect()
        before = self.read()
        said = self.answers(before)
        self.write("reviews.csv", said, KEY + ("verdict", "reviewer", "comment"))
        outcome = self.detect("after.h5", ["reviews.csv"])
        return before, said, self.read("after.h5"), outcome


class Loop(Feedback):
    def test_confirmed_rise_and_rejected_fall(self):
        before, said, after, _ = self.learn()
        self.assertEqual(after["attrs"]["feedback_confirmed"],
                         sum(s["verdict"] == "confirmed" for s in said))
        self.assertEqual(after["attrs"]["feedback_rejected"],
                         sum(s["verdict"] != "confirmed" for s in said))
        numbers = list(before["rows/row_number"])
        place = {}
        for name, score in (("before", before["rows/anomaly_score"]),
                            ("after", after["rows/anomaly_score"])):
            rank = np.empty(len(score))
            rank[np.argsort(score, kind="stable")] = np.arange(len(score))
            place[name] = {verdict: np.mean([rank[numbers.index(s["row"])] for s in said
                                             if s["verdict"] == verdict])
                           for verdict in ("confirmed", "false_positive")}
        gap = {name: place[name]["false_positive"] - place[name]["confirmed"] for name in place}
        self.assertGreater(gap["after"], gap["before"])
        self.assertGreater(place["after"]["false_positive"], place["before"]["false_positive"])
        right = [np.isin(data["anomalies/row_number"], list(self.anomalous)).mean()
                 for data in (before, after)]
        self.assertGreater(right[1], right[0])

    def test_base_score_is_that_of_a_run_without(self):
        before, _, after, _ = self.learn()
        np.testing.assert_array_equal(after["rows/base_score"], before["rows/anomaly_score"])
        self.assertNotIn("rows/base_score", before)
        self.assertEqual(after["attrs"]["base_contamination"], before["attrs"]["contamination"])
        self.assertEqual(after["attrs"]["base_offset"], before["attrs"]["offset"])
        for name in ("tree_start", "tree_feature", "tree_threshold", "tree_right"):
            np.testing.assert_array_equal(after[f"model/{name}"], before[f"model/{name}"])
        self.assertTrue((after["model/tree_weight"] != 0).any())
        self.assertTrue((after["model/tree_weight"][after["model/tree_feature"] >= 0] == 0).all())
        self.assertNotIn("model/pattern_factor", before)

    def test_stored_lesson_is_that_of_the_verdicts(self):
        before, said, after, _ = self.learn()
        row = np.searchsorted(before["rows/row_number"], [s["row"] for s in said])
        right = np.array([s["verdict"] == "confirmed" for s in said])
        score, pattern = before["rows/anomaly_score"][row], before["rows/pattern"][row]
        gap = score[right][:, None] - score[~right][None, :]
        disorder = ((gap > 0).sum() + (gap == 0).sum() / 2 + 0.5) / (gap.size + 1)
        doubt = min(1, 4 * disorder * ((~right).sum() + 1) / (len(said) + 2)) ** 2
        self.assertAlmostEqual(after["attrs"]["doubt"], doubt)
        for number, factor in enumerate(after["model/pattern_factor"]):
            own = right[pattern == number]
            counts = [max((own == kind).sum() - 0.1 * len(own), 0) + 1 for kind in (0, 1)]
            full = min(max(np.sqrt(counts[0] / counts[1]), 1 / 4), 4)
            self.assertAlmostEqual(factor, 1 + doubt * (full - 1))

    def test_rejected_findings_are_not_raised_again(self):
        _, said, after, _ = self.learn()
        rejected = {s["id"] for s in said if s["verdict"] != "confirmed"}
        confirmed = {s["id"] for s in said if s["verdict"] == "confirmed"}
        held = after["anomalies/suppressed_reason"] != ""
        self.assertTrue(held.any())
        self.assertFalse(rejected & set(after["anomalies/id"][~held]))
        self.assertFalse(confirmed & set(after["anomalies/id"][held]))
        self.assertTrue((after["anomalies/suppressed_by"][held] == "Ann").all())
        for reason in after["anomalies/suppressed_reason"][held]:
            self.assertIn("known timing", reason)
            self.assertIn(reason.split("finding ")[1][:16], rejected)
        rows = after["rows/suppressed"] == 1
        self.assertEqual(rows.sum(), held.sum())
        self.assertTrue((after["rows/anomaly"][rows] == 1).all())
        self.succeed("followup", "after.h5")
        with open(self.folder / "after.followup/anomalies.csv", encoding="utf-8-sig") as listed:
            self.assertEqual({row["id"].lstrip("'") for row in csv.DictReader(listed)},
                             set(after["anomalies/id"][~held]))

    def test_empty_feedback_changes_nothing(self):
        self.detect("plain.h5")
        plain = self.read("plain.h5")
        self.write("empty.csv", self.findings(plain)[:5])
        self.write("header.csv", [])
        for files in (["empty.csv"], ["header.csv", "empty.csv"]):
            self.detect("results.h5", files)
            self.assertEqual(self.read()["run"]["content_digest"], plain["run"]["content_digest"])

    def test_saved_by_a_spreadsheet(self):
        """What the list becomes in Excel or LibreOffice, by hand: the same answer."""
        self.detect()
        said = self.answers(self.read())
        self.write("plain.csv", said)
        self.detect("plain.h5", ["plain.csv"])
        want = self.read("plain.h5")["run"]["content_digest"]
        for row in said:
            year, month, day = row["as_of_date"].split("-")
            row.update(as_of_date=f"{day}.{month}.{year}", account=row["account"].lstrip("0"),
                       company=row["company"].lstrip("0"), remark="1,5; really")
        columns = ("remark", "verdict", "au", "account", "company", "as_of_date", "id")
        self.write("excel.csv", said, columns, ";", "\r\n", "\ufeff")
        self.detect("excel.h5", ["excel.csv"])
        self.assertEqual(self.read("excel.h5")["run"]["content_digest"], want)
        self.write("ids.csv", said, ("id", "verdict"))
        self.detect("ids.h5", ["ids.csv"])
        self.assertEqual(self.read("ids.h5")["run"]["content_digest"], want)

    def test_spoilt_ids_are_found_by_their_account(self):
        self.detect()
        said = self.answers(self.read(), 8)
        self.write("plain.csv", said)
        self.detect("plain.h5", ["plain.csv"])
        for row in said[:4]:
            row["id"] = "1.23456789012346E+15"
        self.write("spoilt.csv", said)
        outcome = self.detect("spoilt.h5", ["spoilt.csv"])
        self.assertIn("4 verdicts without a readable id", outcome.err)
        self.assertEqual(self.read("spoilt.h5")["run"]["content_digest"],
                         self.read("plain.h5")["run"]["content_digest"])

    def test_own_list_is_accepted_back(self):
        self.succeed("run", "ledger.csv", "--profile", self.profile)
        path = self.folder / "results.followup/anomalies.csv"
        with open(path, newline="", encoding="utf-8-sig") as listed:
            rows = list(csv.DictReader(listed))
        for row in rows[:10]:
            row["verdict"] = "no"
        self.write("results.followup/anomalies.csv", rows, tuple(rows[0]), newline="\r\n")
        self.detect("after.h5", ["results.followup"])
        self.assertEqual(self.read("after.h5")["attrs"]["feedback_rejected"], 10)

    def test_rejections_expire(self):
        """The same break in every month of an account that is rejected in its first one."""
        rows = [["Asofdate", "Company", "Account", "AU", "GL Balance", "IHub balance",
                 "Balance difference", "Match Status"]]
        for month, account in itertools.product(range(24), range(40)):
            difference = 5000.0 if account == 0 and month > 2 else 0.01 * account
            rows.append([f"{2022 + month // 12}-{month % 12 + 1:02}-28", "1", f"A{account}", "7",
                         f"{100000 + 13 * account}", f"{100000 + 13 * account - difference}",
                         f"{difference}", "Break"])
        with open(self.folder / "ledger.csv", "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(rows)
        self.detect(options=("--contamination", "0.5"))
        first = [f for f in self.findings(self.read())
                 if f["account"] == "A0" and f["as_of_date"] == "2022-06-28"]
        self.write("one.csv", [dict(first[0], verdict="0")])
        for months in (0, 3, 12):
            self.detect("after.h5", ["one.csv"],
                        options=("--contamination", "0.5", "--suppress-months", months))
            after = self.read("after.h5")
            held = after["anomalies/suppressed_reason"] != ""
            self.assertEqual(set(after["anomalies/account"][held]), {"A0"})
            dates = sorted(after["anomalies/as_of_date"][held])
            self.assertEqual(dates[0], "2022-06-28")
            last = 5 + months
            self.assertLessEqual(dates[-1], f"{2022 + last // 12}-{last % 12 + 1:02}-28")
            if months:
                self.assertGreater(len(dates), 1)

    def test_unknown_and_contradicting(self):
        _, said, after, _ = self.learn()
        stranger = dict(said[0], id="0123456789abcdef", account="nowhere")
        self.write("more.csv", said + [stranger], KEY + ("verdict", "reviewer", "comment"))
        outcome = self.detect("more.h5", ["more.csv"])
        self.assertIn("more.csv: line 62", outcome.err)
        more = self.read("more.h5")
        self.assertEqual(more["attrs"]["feedback_unknown"], 1)
        np.testing.assert_array_equal(more["rows/anomaly_score"], after["rows/anomaly_score"])
        turned = dict(said[3], verdict="no" if said[3]["verdict"] == "confirmed" else "yes")
        self.write("turned.csv", [turned])
        outcome = self.run_here("detect", "ledger.csv", "--force", "--feedback", "reviews.csv",
                                "--feedback", "turned.csv")
        self.assertEqual(outcome.code, 65, outcome)
        self.assertIn("reviews.csv: line 5", outcome.sentences[0])
        self.assertIn("turned.csv: line 2", outcome.sentences[0])
        self.write("words.csv", [dict(said[0], verdict="perhaps")])
        outcome = self.run_here("detect", "ledger.csv", "--force", "--feedback", "words.csv", ranks=3)
        self.assertEqual(outcome.code, 65, outcome)
        self.assertIn("words.csv: line 2: 'perhaps'", outcome.err)
        outcome = self.run_here("detect", "ledger.csv", "--force", "--feedback", "none.csv", ranks=2)
        self.assertEqual(outcome.code, 66, outcome)

    def test_contamination_follows_reviews(self):
        self.detect(options=("--contamination", "0.05"))
        said = self.answers(self.read(), 100)
        for row in said:
            row["verdict"] = "0"
        self.write("reviews.csv", said)
        self.detect("given.h5", ["reviews.csv"], options=("--contamination", "0.05"))
        self.assertEqual(self.read("given.h5")["attrs"]["contamination"], 0.05)
        self.detect("followed.h5", ["reviews.csv"])
        attrs = self.read("followed.h5")["attrs"]
        share = attrs["base_contamination"] * 20 / 120
        self.assertAlmostEqual(attrs["contamination"],
                               max(share, 0.01 if self.profile == "classic" else 0))


class LoopOfHistory(Loop):
    profile = "history"
    test_rejections_expire = None  # its ledger is about the size of breaks

    def answers(self, data, n=60):
        """Its findings are right; some are rejected all the same, as something must be."""
        found = super().answers(data, n)
        for i, row in enumerate(found):
            row["verdict"] = "false_positive" if i % 3 == 0 else "confirmed"
            row["comment"] = "known timing" if i % 3 == 0 else ""
        return found

    def test_confirmed_rise_and_rejected_fall(self):
        before, said, after, _ = self.learn()
        numbers = list(before["rows/row_number"])
        moved = {verdict: np.mean([after["rows/anomaly_score"][numbers.index(s["row"])]
                                   - before["rows/anomaly_score"][numbers.index(s["row"])]
                                   for s in said if s["verdict"] == verdict])
                 for verdict in ("confirmed", "false_positive")}
        self.assertLess(moved["confirmed"], moved["false_positive"])


class Layouts(Feedback):
    def test_same_answer_everywhere(self):
        self.detect()
        self.write("reviews.csv", self.answers(self.read()))
        want = None
        for ranks, threads in itertools.product(RANKS, THREADS):
            with self.subTest(ranks=ranks, threads=threads):
                self.detect("after.h5", ["reviews.csv"], ranks=ranks, threads=threads, timeout=120)
                digest = self.read("after.h5")["run"]["content_digest"]
                want = want or digest
                self.assertEqual(digest, want)
        for simd in ("portable", "avx2", "avx512"):
            outcome = self.run_here("detect", "ledger.csv", "-o", "after.h5", "--force",
                                    "--profile", self.profile, "--feedback", "reviews.csv",
                                    "--simd", simd)
            if outcome.code == 0:
                self.assertEqual(self.read("after.h5")["run"]["content_digest"], want)

    def test_order_of_verdicts_does_not_matter(self):
        self.detect()
        said = self.answers(self.read())
        self.write("a.csv", said[:20])
        self.write("b.csv", said[20:])
        self.write("reversed.csv", said[::-1])
        digests = set()
        for files in (["a.csv", "b.csv"], ["b.csv", "a.csv"], ["reversed.csv"]):
            self.detect("after.h5", files)
            digests.add(self.read("after.h5")["run"]["content_digest"])
        self.assertEqual(len(digests), 1)


class Preview(Feedback):
    def test_preview_is_what_a_run_gives(self):
        self.detect(options=("--keep-features",))
        self.write("reviews.csv", self.answers(self.read()))
        text = self.succeed("feedback", "results.h5", "reviews.csv").out
        self.detect("after.h5", ["reviews.csv"])
        before, after = self.read(), self.read("after.h5")
        was, now = before["rows/anomaly"] == 1, after["rows/anomaly"] == 1
        total = next(line.split() for line in text.splitlines() if line.startswith("all "))
        self.assertEqual(int(total[1]), was.sum())
        self.assertEqual([int(x) for x in total[-2:]], [(was & ~now).sum(), (now & ~was).sum()])
        right = sum(row["verdict"] == "confirmed" for row in self.answers(before))
        self.assertIn(f"60 reviewed: {right} confirmed", text)
        self.assertIn(f"precision {right / 60:.2f}", text)
        first = after["rows/row_number"][np.argsort(after["rows/anomaly_score"], kind="stable")]
        listed = [int(line.split()[2]) for line in text.split("stood before\n")[1].splitlines()[1:-1]]
        self.assertTrue(set(listed) <= set(first[:200]))

    def test_preview_without_features_says_so(self):
        self.detect()
        self.write("reviews.csv", self.answers(self.read()))
        text = self.succeed("feedback", "results.h5", "reviews.csv").out
        self.assertIn("--keep-features", text)
        self.assertIn("60 reviewed", text)

    def test_preview_names_what_is_not_there(self):
        self.detect()
        self.write("reviews.csv", [{"id": "0123456789abcdef", "verdict": "1"}])
        text = self.succeed("feedback", "results.h5", "reviews.csv").out
        self.assertIn("reviews.csv: line 2 is on none of these findings", text)
        self.assertEqual(self.run_here("feedback", "results.h5").code, 64)
        self.assertEqual(self.run_here("feedback", "none.h5", "reviews.csv").code, 66)
        self.assertEqual(self.run_here("feedback", "ledger.csv", "reviews.csv").code, 65)


if __name__ == "__main__":
    unittest.main()
