import csv
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from movelaws.registry import COLUMNS, SCHEMA, RegistryError, Row, find, load, status

GOOD = {
    "dataset": "us_counties",
    "version": "at_hand",
    "file": "two words.csv",
    "url": "https://example.org/two%20words.csv",
    "mirror_path": "us/two words.csv",
    "sha256": "0" * 64,
    "bytes": "3",
    "licence": "public domain",
    "publisher": "Census",
    "access": "open",
    "note": "",
}


def write(path, *rows, columns=COLUMNS):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def registered(tmp_path):
    def one(**changes):
        return load(write(tmp_path / "datasets.csv", GOOD | changes))

    return one


def test_a_good_row_is_read(registered):
    registry = registered()
    row = find(registry, "us_counties", "at_hand", "two words.csv")
    assert row == registry.find("us_counties", "at_hand", "two words.csv")
    assert (row.bytes, row.sha256, row.name) == (3, "0" * 64, "us_counties/at_hand/two words.csv")
    assert registered(bytes="").rows[0].bytes is None
    assert row.content == "0" * 64
    assert registered(sha256="").rows[0].content == GOOD["url"]


def test_params_are_plain_and_go_both_ways(registered):
    row = registered().rows[0]
    params = row.as_params()
    assert tuple(params) == COLUMNS
    assert {type(value) for value in params.values()} <= {str, int, type(None)}
    assert Row.from_params(params) == row


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dataset", "US"),
        ("dataset", "../up"),
        ("dataset", ""),
        ("version", "v 1"),
        ("file", "../up.csv"),
        ("file", "folder/file.csv"),
        ("file", "back\\slash"),
        ("file", ".hidden"),
        ("file", ""),
        ("url", "ftp://example.org/x"),
        ("url", "file:///etc/passwd"),
        ("url", "https://example.org/a b"),
        ("mirror_path", "/absolute/x"),
        ("mirror_path", "a/../../x"),
        ("mirror_path", "a\\x"),
        ("sha256", "abc"),
        ("sha256", "G" * 64),
        ("bytes", "-1"),
        ("bytes", "0"),
        ("bytes", "1.5"),
        ("licence", ""),
        ("publisher", ""),
        ("access", "secret"),
    ],
)
def test_a_bad_cell_is_named_with_row_value_and_remedy(tmp_path, column, value):
    path = write(tmp_path / "datasets.csv", GOOD | {"file": "first"}, GOOD | {column: value})
    shown = value if column != "bytes" or not value.isdigit() else int(value)
    with pytest.raises(RegistryError) as error:
        load(path)
    message = str(error.value)
    assert f"row 3, column {column}: {shown!r}" in message
    assert re.search(r"; (use|give|say) ", message)


@pytest.mark.parametrize("column", ["dataset", "version", "file", "url", "mirror_path", "sha256"])
def test_the_schema_lets_no_final_line_break_pass(column):
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))["properties"][column]
    value = {"url": "https://example.org/x.csv", "sha256": "0" * 64}.get(column, "name")
    assert Draft202012Validator(schema).is_valid(value)
    assert not Draft202012Validator(schema).is_valid(value + "\n")


def test_all_faults_are_listed_at_once(tmp_path):
    path = write(tmp_path / "d.csv", GOOD | {"sha256": "x"}, GOOD | {"access": "x"})
    with pytest.raises(RegistryError, match=r"(?s)row 2, column sha256.*row 3, column access"):
        load(path)


def test_duplicates_are_refused(tmp_path):
    path = write(tmp_path / "d.csv", GOOD, GOOD | {"url": ""})
    with pytest.raises(RegistryError, match=r"row 3, column file: 'two words.csv'.*in row 2"):
        load(path)


def test_wrong_columns_and_ragged_rows_are_refused(tmp_path):
    short = [name for name in COLUMNS if name != "note"]
    path = write(tmp_path / "d.csv", {k: GOOD[k] for k in short}, columns=short)
    with pytest.raises(RegistryError, match=r"the columns are .* they must be"):
        load(path)
    path = write(tmp_path / "d.csv", GOOD)
    path.write_text(path.read_text() + "a,b,c\n")
    with pytest.raises(RegistryError, match="row 3: not 11 cells"):
        load(path)


def test_plain_http_has_to_be_said_in_the_note(registered):
    with pytest.raises(RegistryError, match=r"column url: .* is not encrypted"):
        registered(url="http://example.org/x")
    row = registered(url="http://example.org/x", note="plain http: nothing else offered").rows[0]
    assert row.plain_http


@pytest.mark.parametrize(
    "changes", [{"access": "restricted"}, {"access": "unavailable"}, {"url": "", "mirror_path": ""}]
)
def test_what_cannot_be_downloaded_needs_an_instruction(registered, changes):
    with pytest.raises(RegistryError, match=r"column note: .* say where to ask"):
        registered(**changes)


def test_unknown_files_are_answered_with_near_misses(registered):
    registry = registered()
    with pytest.raises(RegistryError, match=r"'us_county/at_hand' .* us_counties/at_hand"):
        find(registry, "us_county", "at_hand", "x")
    with pytest.raises(RegistryError, match=r"'two_words.csv' .* two words.csv"):
        find(registry, "us_counties", "at_hand", "two_words.csv")


def test_status_follows_the_order_of_retrieval(registered, tmp_path):
    row = registered().rows[0]
    mirror, raw = tmp_path / "mirror", tmp_path / "raw"
    assert status(row, None, raw).kind == "url"
    assert status(row, mirror, raw).kind == "url"
    (mirror / "us").mkdir(parents=True)
    (mirror / "us/two words.csv").write_text("abc")
    assert status(row, mirror, raw).kind == "mirror"
    row.path(raw).parent.mkdir(parents=True)
    row.path(raw).write_text("abc")
    assert status(row, mirror, raw).kind == "local"
    assert status(row, mirror, raw).available


@pytest.mark.parametrize(
    ("changes", "kind", "sentence"),
    [
        ({"access": "restricted"}, "restricted", "is not public. Ask Ann."),
        ({"access": "unavailable"}, "unavailable", "is not given out. Ask Ann."),
        ({"url": ""}, "unavailable", "has no known direct address. Ask Ann."),
    ],
)
def test_status_says_why_a_file_cannot_be_had(registered, tmp_path, changes, kind, sentence):
    row = registered(note="Ask Ann", **changes).rows[0]
    state, reason = status(row, None, tmp_path)
    assert state == kind
    assert reason == f"us_counties/at_hand/two words.csv {sentence}"
    assert not status(row, None, tmp_path).available


@pytest.fixture(scope="module")
def real(root):
    return load(root / "config" / "datasets.csv")


def test_the_project_s_registry_is_in_order(real):
    assert [row.name for row in real] == sorted(row.name for row in real)
    assert {row.access for row in real} == {"open", "restricted", "unavailable"}
    for row in real:
        if row.plain_http:
            assert row.dataset == "foursquare_nyc_tky"
        if row.version == "at_hand":
            assert row.mirror_path
            assert row.sha256
            assert row.bytes
        elif row.url:
            assert "has not been tried" in row.note, row.name
        if row.access != "open" or not (row.url or row.mirror_path):
            assert str(row.path("resources/raw")) in row.note, row.name


def test_the_files_of_the_first_tables_can_be_downloaded(real, tmp_path):
    for dataset in ("us_commuting_2015", "us_counties", "england_commuting_2011"):
        states = [status(row, None, tmp_path).kind for row in real.files(dataset, "published")]
        assert "url" in states


def test_every_file_of_the_mirror_is_registered(real, mirror):
    with (mirror / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        manifest = list(csv.DictReader(stream))
    registered = {(r.mirror_path, r.sha256, r.bytes) for r in real if r.version == "at_hand"}
    listed = {(f"{m['dataset']}/{m['file']}", m["sha256"], int(m["bytes"])) for m in manifest}
    assert registered == listed
