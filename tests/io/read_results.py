"""Opens the sample of results_sample.h with h5py and pandas, works its content and its digest out
independently of the writer, and fails with a traceback where something differs.
Usage: read_results.py FILE DIGEST"""
import hashlib
import struct
import sys

import h5py
import numpy as np
import pandas as pd

path, digest = sys.argv[1:]
ROWS = 9000


def prefixed(text):
    return struct.pack("<q", len(text)) + text


def content(values):
    """Bytes of a dataset's or an attribute's values, as the digest takes them."""
    if isinstance(values, str):
        return prefixed(values.encode())
    if values.dtype == object:
        return b"".join(prefixed(text) for text in values)
    return values.tobytes()


with h5py.File(path) as file:
    parts, datasets = {}, {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            datasets["/" + name] = item
            for attribute in ("units", "description"):
                assert isinstance(item.attrs[attribute], str) and item.attrs[attribute], name
            assert item.chunks is not None and item.maxshape[0] is None, name

    file.visititems(visit)
    for name, item in datasets.items():
        if name not in ("/rows/file", "/rejects/file", "/rejects/line"):
            parts[name] = content(item[()])
    for name, value in file["/model"].attrs.items():
        parts["/model/" + name] = content(value)
    whole = hashlib.sha256()
    for name in sorted(parts):
        whole.update(hashlib.sha256(prefixed(name.encode()) + parts[name]).digest())
    assert whole.hexdigest() == digest == file["/run"].attrs["content_digest"]

    rows = pd.DataFrame({name: file["/rows"][name][()] for name in
                         ("row_number", "file", "anomaly_score", "anomaly", "pattern")})
    i = np.arange(ROWS)
    assert (rows.row_number == i + i // 10).all() and rows.row_number.dtype == np.int64
    assert rows.anomaly_score[0] == -0.125 and (rows.anomaly_score[1:] == 0.25 / i[1:]).all()
    assert rows.anomaly.sum() == 1 and rows.anomaly.dtype == np.uint8
    names = {v: k for k, v in h5py.check_enum_dtype(file["/rows/pattern"].dtype).items()}
    assert [names[p] for p in rows.pattern[:5]] == \
        ["matched", "spike", "inconsistent", "consistent", "in_line"]
    assert (file["/rows/features/gl_change"][()] == i - 0.5).all()
    assert file["/rows/features/days"].attrs["units"] == "days"

    found = file["/anomalies"]
    for name in ("id", "company", "explanation", "severity", "pattern"):
        kind = h5py.check_string_dtype(found[name].dtype)
        assert kind.encoding == "utf-8" and kind.length is None
    assert list(found["company"].asstr()) == ["1000"] * 3
    assert list(found["account"].asstr()) == ['Z\u00fcrich, "Main"'] * 3
    assert list(found["as_of_date"].asstr()) == ["2024-05-31", "2024-06-01", ""]
    assert list(found["explanation"].asstr()) == ["A huge spike.", "", "Ein \u20ac zu viel."]
    assert list(found["explanation_source"].asstr()) == ["template"] * 3
    assert (found["contributions"][()] == [[0, -10], [1, -9], [2, -8]]).all()
    assert list(found["gl_std"]) == [10, 10.25, 10.5]
    key = b"".join(map(prefixed, [b"1000", 'Z\u00fcrich, "Main"'.encode(), b"1000", b"1000",
                                  b"2024-05-31", b"0"]))
    assert found["id"].asstr()[0] == hashlib.sha256(key).hexdigest()[:16]

    model = file["/model"]
    assert list(model["feature_names"].asstr()) == ["gl_change", "days"]
    assert list(model["tree_start"]) == [0, 3, 4] and model["tree_start"].dtype == np.int64
    assert list(model["tree_right"]) == [2, -1, -1, -1] and model["tree_right"].dtype == np.int32
    assert dict(model.attrs) == {"contamination": 0.01, "offset": -0.55, "trees": 2,
                                 "samples": 5, "seed": 4000000000, "profile": "classic"}

    assert list(file["/rejects/text"].asstr()) == ["12,3x4", "caf\ufffd", ""]
    assert list(file["/rejects/line"]) == [7, 9, 1 << 20]
    run = dict(file["/run"].attrs)
    assert run["ranks"] == 1 << 40 and run["seconds"] == 1.5 and run["comment"] == ""
    assert list(run["input_files"]) == ["jan.csv", "f\ufffdb.csv"]
    assert len(run["nothing"]) == 0
