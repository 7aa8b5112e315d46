"""The page of figures and the tables for the United Nations, from a small world that was read."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markupsafe import Markup

from ironriver import engine, pipeline, reports
from ironriver.estimators.bounds import sensitivity
from ironriver.figures.origin import published_origin_figures
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.reports import standard
from ironriver.reports.figures_page.page import rests_of
from ironriver.reports.figures_page.plots import Counts, interval, log_scale, odds_curve
from ironriver.reports.figures_page.told import told
from ironriver.reports.findings.words import Words
from ironriver.workspace import Workspace
from ironriver.world.make import make


@dataclass(frozen=True)
class Read:
    """A workspace that was read, and an account."""

    workspace: Workspace
    access: Access

    def page(self, lang: str = "en") -> str:
        """Give the page of figures."""
        return reports.write(self.workspace, "figures", self.access, lang)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    folder = tmp_path_factory.mktemp("figures")
    make(folder / "world", 78, 2500, (2018, 2023), "real", {})
    with Workspace.create(folder / "workspace", account()) as workspace:
        access = Access.current(workspace, "testing")
        inbox = folder / "world" / "inbox"
        pipeline.run(workspace, inbox, None, access, dt.date(2025, 6, 30), lambda *_: None)
        yield Read(workspace, access)


@pytest.fixture(scope="module")
def page(read: Read) -> str:
    return read.page()


def test_every_number_of_the_page_links_to_what_it_rests_on(page: str) -> None:
    links = re.findall(r'href="#(rests-[^"]+)"', page)
    places = set(re.findall(r'id="(rests-[^"]+)"', page))
    assert len(links) > 50
    assert set(links) <= places
    backs = set(re.findall(r'href="#(figure-[^"]+)"', page))
    assert set(re.findall(r'id="(figure-[^"]+)"', page)) <= backs


def test_the_rows_behind_an_own_figure_are_named(read: Read, page: str) -> None:
    with engine.connect(read.workspace, ("figures", "records", "trace_results")) as connection:
        query = "SELECT record_ids FROM figures WHERE figure_id = ?"
        figure = "origin.records.us_sourced.seized.counted_out"
        (ids,) = engine.query(connection, query, (figure,)).to_pylist()
        known = engine.query(
            connection, "SELECT record_id FROM records UNION SELECT record_id FROM trace_results"
        ).to_pylist()
    place = page[page.index(f'id="rests-{figure}"') :]
    code = re.search(r"<details>.*?<code>(.*?)</code>", place, re.DOTALL)
    assert code
    named = code.group(1).split()
    assert named
    assert set(named) <= {row["record_id"] for row in known}
    assert set(named) <= set(re.findall(r'"([^"]+)"', ids["record_ids"]))


def test_uncertainty_is_drawn_before_a_point_and_bounds_have_none(page: str) -> None:
    drawings = re.findall(r'<svg class="bounds".*?</svg>', page, re.DOTALL)
    assert len(drawings) > 50
    for drawing in drawings:
        assert not ('class="range"' in drawing and "circle" in drawing)
        if "whole" in drawing and "circle" in drawing:
            assert drawing.index("whole") < drawing.index("circle")
    body = page[page.index("<main") :]
    assert body.index('class="range"') < body.index("<circle")


def test_the_page_asks_nothing_of_any_network_and_runs_no_script(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "default-src 'none'" in page


def test_the_page_shows_what_counting_guns_once_does(page: str) -> None:
    said = html.unescape(page)
    assert "Rows and guns, by the same-gun judgement" in said
    assert "Rows about recoveries in Mexico" in said
    assert "Cannot all hold, by 3,519 guns at least" in said
    assert "89,816 to 359,205" in said


def test_rows_and_file_names_that_may_not_be_seen_are_not_told() -> None:
    figure = published_origin_figures()[0].to_row()
    row = figure | {"record_ids": None, "handling": "TRACE_RESTRICTED", "sources": '["s1"]'}
    (one,) = told([row])
    rests = rests_of(one, {"s1": "requests_of_an_office.csv"}, False, Words("en"))
    assert rests.hidden
    assert rests.rows == ()
    assert rests.sources == ("a source of this workspace",)
    seen = rests_of(one, {"s1": "requests_of_an_office.csv"}, True, Words("en"))
    assert seen.sources == ("requests_of_an_office.csv",)


def test_the_page_exists_in_spanish(read: Read) -> None:
    assert '<html lang="es-MX">' in read.page("es")


def test_identification_bounds_are_bars_and_confidence_intervals_are_lines() -> None:
    bounds = interval(0.2, 0.8, None, "identification")
    line = interval(0.2, 0.8, 0.5, "confidence")
    for drawing, has, lacks in (
        (bounds, ["range"], ["whole", "circle"]),
        (line, ["whole", 'class="point"'], ["range"]),
    ):
        assert all(sign in drawing for sign in has)
        assert not any(sign in drawing for sign in lacks)
    assert 'class="assumed"' in interval(0.5, 0.5, 0.5, "identification")
    assert "end" not in interval(0.5, 0.5, 0.5, "exact").split("grid")[-1].split("circle")[0]


def test_a_logarithmic_scale_gives_tenfold_steps_one_width() -> None:
    scale = log_scale(10.0, 1000.0)
    assert scale(100.0) == pytest.approx((scale(10.0) + scale(1000.0)) / 2, abs=0.1)
    assert scale(1.0) == scale(10.0)


def test_the_curve_stays_within_its_bounds_and_passes_the_share_of_the_determined() -> None:
    counts = Counts(3_480, 4_000, 30_000)
    drawn = odds_curve(counts, "t", ("x", "y"), lambda share: f"{share:.0%}")
    assert isinstance(drawn, Markup)
    match = re.search(r'class="curve" points="([^"]+)"', drawn)
    assert match
    heights = [float(point.split(",")[1]) for point in match.group(1).split()]
    assert heights == sorted(heights, reverse=True)
    box = re.search(r'class="range" x="\S+" y="(\S+)" width="\S+" height="(\S+)"', drawn)
    assert box
    top, tall = float(box.group(1)), float(box.group(2))
    assert all(top - 0.2 <= height <= top + tall + 0.2 for height in heights)
    even = sensitivity(3_480, 4_000, 30_000, 1.0).overall.value
    assert heights[30] == pytest.approx(156 - even * 146, abs=0.2)


def lines_of(read: Read, name: str) -> list[list[str]]:
    text = standard.write_standard(read.workspace, name, "csv", read.access, "en").decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [line.rsplit(",", lines[-1].count(",")) for line in lines[1:]]


def test_the_indicator_is_the_established_over_all_and_expectations_never_count(
    read: Read,
) -> None:
    *years, total = lines_of(read, "sdg_16_4_2")
    assert total[0] == "total"
    assert len(years) >= 4
    for _year, arms, traced, known, rest, share in [*years, total]:
        assert int(traced) + int(known) + int(rest) == int(arms)
        assert float(share) == pytest.approx(100 * (int(traced) + int(known)) / int(arms), abs=0.06)
    with engine.connect(read.workspace, ("traces",)) as connection:
        (expected,) = engine.query(
            connection,
            "SELECT count(DISTINCT firearm_id) AS guns FROM traces WHERE basis = 'expected'",
        ).to_pylist()
    assert int(total[4]) >= expected["guns"] > 0


def test_the_tables_of_the_questionnaire_count_the_same_guns(read: Read) -> None:
    arms = int(lines_of(read, "sdg_16_4_2")[-1][1])
    for name in ("iafq_types", "iafq_tracing", "iafq_established", "iafq_makers"):
        *years, total = lines_of(read, name)
        assert int(total[-1]) == arms
        assert [sum(int(row[place]) for row in years) for place in range(1, len(total))] == [
            int(cell) for cell in total[1:]
        ]


def test_the_flow_of_the_workspace_shows_every_anchor_and_what_is_not_identified(
    page: str,
) -> None:
    section = page[page.index('<section id="own_flow"') :]
    section = html.unescape(section[: section.index("</section>")])
    names = ("known", "dealers", "seizures", "crossings", "stock", "marked", "pooled")
    places = [section.index(f'id="figure-flow.records.{name}"') for name in names]
    assert places == sorted(places)
    assert "at least" in section
    assert "not identified: it needs what dealers sell" in section
    # Bounds without an upper end are a bar to the end of the scale, others a line with whiskers.
    anchors = section.split("Guns sold in a year and recovered in Mexico", maxsplit=1)[0]
    assert anchors.count('class="range"') == 2
    assert anchors.count('class="whole"') == 5


def test_places_are_shown_with_their_doubt_and_no_licensee_is_named(read: Read, page: str) -> None:
    section = page[page.index('<section id="rates"') :]
    section = html.unescape(section[: section.index("</section>")])
    assert "Texas" in section
    assert "None is named here" in section
    with engine.connect(read.workspace, ("licences",)) as connection:
        keys = connection.execute("SELECT DISTINCT licence_key FROM licences").fetchall()
    assert keys
    assert not [key for (key,) in keys if key in page]


def test_ammunition_is_told_by_rows_about_it_and_apart_by_what_was_found_with_arms(
    read: Read,
) -> None:
    with engine.connect(read.workspace, ("ammunition", "records", "firearm_members")) as connection:
        (rounds,) = engine.run(
            connection,
            "SELECT sum(quantity) FROM ammunition WHERE item = 'ammunition' AND country = 'MX'",
        ).fetchall()[0]
        (by_row,) = engine.run(
            connection,
            "SELECT sum(rounds) FROM records WHERE kind = 'recovery' AND country = 'MX'",
        ).fetchall()[0]
    *years, total = lines_of(read, "iafq_ammunition")
    assert int(total[-1]) == rounds > 0
    assert sum(int(row[-1]) for row in years) == rounds
    text = standard.write_standard(
        read.workspace, "iafq_with_arms", "csv", read.access, "en"
    ).decode()
    assert "never add the two tables up" in text
    # A gun that stands in two lists has its rounds once.
    once = int(lines_of(read, "iafq_with_arms")[-1][-2])
    assert 0 < once < by_row


def test_a_workspace_without_ammunition_has_an_empty_table(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "workspace", account()) as workspace:
        access = Access.current(workspace, "testing")
        for name in ("iafq_ammunition", "iafq_parts", "iafq_with_arms", "iafq_types"):
            text = standard.write_standard(workspace, name, "csv", access, "en").decode()
            assert [line for line in text.splitlines() if not line.startswith("#")]
