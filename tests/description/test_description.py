"""A gun's description: values where certain, else suggestions with rule and probability."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import description, makes, misspelling, models
from ironriver.intake.parsers.reading import Reading, Repair
from ironriver.intake.parsers.serial_words import fold
from ironriver.reference.firearms import tables


def read(**cells: str) -> Reading:
    names = ("make", "model", "calibre", "type_", "importer", "country")
    return description.read(*(cells.get(name) for name in names))


def suggested(reading: Reading, field: str) -> list[str]:
    return [one.to for one in reading.repairs if one.field == field]


def repair(reading: Reading, field: str) -> Repair:
    return next(one for one in reading.repairs if one.field == field)


# The record printed in the press, part by part.


def test_the_model_m_16ai_is_kept_and_m16a1_suggested_as_a_confusion_of_i_and_1() -> None:
    found = read(make="Colt", model="M-16AI", calibre="5.56")
    assert found.values["make"] == "Colt"
    assert found.values["model"] == "M-16AI"
    assert found.values["calibre"] == "5.56x45mm"
    one = repair(found, "model")
    assert (one.from_, one.to, one.rule) == ("M-16AI", "M16A1", "confusion I/1")
    assert 0.5 < one.probability < 1


def test_a_whole_description_in_one_cell_gives_the_make_and_suggests_the_rest() -> None:
    found = read(make="Colt M-16AI calibre 5.56 matricula 5219338")
    assert found.values["make"] == "Colt"
    assert suggested(found, "model") == ["M-16AI", "M16A1"]
    assert suggested(found, "calibre") == ["5.56x45mm"]
    assert suggested(found, "serial") == ["5219338"]


def test_fh_herstak_is_suggested_to_be_fn_herstal() -> None:
    found = read(make="FH Herstak")
    assert found.values["make"] is None
    one = repair(found, "make")
    assert (one.from_, one.to, one.rule) == ("FH Herstak", "FN Herstal", "misspelling")
    assert 0.5 < one.probability < 1


def test_calibre_28_mm_is_suggested_to_be_the_case_length_of_5_7x28mm() -> None:
    sure = read(make="FN Herstal", calibre="calibre 28 mm")
    assert sure.values["calibre"] is None
    one = repair(sure, "calibre")
    assert (one.to, one.rule) == ("5.7x28mm", "case_length_as_calibre")
    unsure = repair(read(make="FH Herstak", calibre="28 mm"), "calibre")
    alone = repair(read(calibre="28 mm"), "calibre")
    assert unsure.to == alone.to == "5.7x28mm"
    assert alone.probability < unsure.probability < one.probability < 1


def test_super_auto_38_colt_is_a_colt_in_38_super_wherever_it_stands() -> None:
    as_make = read(make="Super Auto .38 Colt")
    assert as_make.values["make"] == "Colt"
    assert suggested(as_make, "calibre") == [".38 Super"]
    as_model = read(model="Super Auto .38 Colt")
    assert as_model.values["make"] is None
    assert suggested(as_model, "make") == ["Colt"]
    assert suggested(as_model, "calibre") == [".38 Super"]
    as_calibre = read(make="Colt", calibre="Super Auto .38 Colt")
    assert as_calibre.values["calibre"] == ".38 Super"


def test_bushmaster_l337637_is_a_bushmaster_with_a_serial_beside_it() -> None:
    found = read(make="Bushmaster L337637")
    assert found.values["make"] == "Bushmaster"
    assert repair(found, "serial").to == "L337637"


def test_a_suggestion_names_the_whole_cell_that_it_was_read_from() -> None:
    found = read(make="FH Herstak cal. 9 mm", model="WARS-10 matricula 12345")
    assert {one.from_ for one in found.repairs} == {
        "FH Herstak cal. 9 mm",
        "WARS-10 matricula 12345",
    }


# Makes.


@pytest.mark.parametrize(
    ("text", "make"),
    [
        ("colt", "Colt"),
        ("COLT'S", "Colt"),
        ("Smith y Wesson", "Smith & Wesson"),
        ("S&W", "Smith & Wesson"),
        ("Sturm, Ruger & Co., Inc.", "Ruger"),
        ("Fabrique Nationale", "FN Herstal"),
        ("F.N.", "FN Herstal"),
        ("ROMARM", "Romarm/Cugir"),
        ("Cugir", "Romarm/Cugir"),
        ("Česká Zbrojovka", "Ceska Zbrojovka"),
        ("Productos Mendoza S.A. de C.V.", "Productos Mendoza"),
        ("GLC", "Glock"),
        ("Israel Military Industries (I.M.I.)", "IMI"),
        ("Barret", "Barrett"),
        ("NORINCO", "Norinco"),
    ],
)
def test_a_known_name_code_or_alias_is_the_make(text: str, make: str) -> None:
    assert read(make=text) == read(make=make)
    assert read(make=text).values["make"] == make


@pytest.mark.parametrize(
    ("text", "make"),
    [
        ("Smith & Weson", "Smith & Wesson"),
        ("Baretta", "Beretta"),
        ("Berreta", "Beretta"),
        ("C0LT", "Colt"),
        ("Remignton", "Remington"),
        ("Wichester", "Winchester"),
        ("Norinko", "Norinco"),
    ],
)
def test_a_misspelling_is_suggested_and_never_taken(text: str, make: str) -> None:
    found = read(make=text)
    assert found.values["make"] is None
    assert found.repairs[0].to == make
    assert 0.5 < found.repairs[0].probability < 1


@pytest.mark.parametrize("text", ["Century Arms", "Century International", "CAI"])
def test_an_importer_is_not_the_maker(text: str) -> None:
    found = read(make=text)
    assert found.values["make"] is None
    assert found.values["importer"] is None
    one = repair(found, "importer")
    assert (one.to, one.rule) == ("Century Arms", "importer_as_make")
    assert read(make=text, importer="Century Arms").repairs == ()


def test_maker_and_importer_in_one_cell_are_both_read() -> None:
    for text in ("Romarm/Cugir (Century)", "Romarm Cugir imported by Century Arms"):
        found = read(make=text)
        assert found.values["make"] == "Romarm/Cugir"
        assert found.values["importer"] == "Century Arms"


@pytest.mark.parametrize(
    ("text", "family"),
    [("AK-47", "AK-47"), ("cuerno de chivo", "AK-47"), ("R-15", "AR-15"), ("AR-15", "AR-15")],
)
def test_a_family_word_is_no_make(text: str, family: str) -> None:
    found = read(make=text)
    assert found.values["make"] is None
    assert suggested(found, "model") == [family]
    assert suggested(found, "make") == []


def test_a_model_in_place_of_the_make_suggests_both() -> None:
    found = read(make="Galil")
    assert found.values["make"] is None
    assert suggested(found, "model") == ["Galil"]
    assert suggested(found, "make") == ["IMI"]


@pytest.mark.parametrize(
    "text", ["Sin marca", "S/M", "Desconocida", "hechiza", "USA", "-", "No visible"]
)
def test_words_for_nothing_are_no_make(text: str) -> None:
    assert read(make=text) == read()


def test_two_makers_in_one_cell_are_only_suggested() -> None:
    found = read(make="Browning / FN")
    assert found.values["make"] is None
    assert suggested(found, "make") == ["Browning", "FN Herstal"]


# Calibres.


@pytest.mark.parametrize(
    ("calibre", "texts"),
    [
        ("9x19mm", "9 mm|9x19|9 Luger|9 mm Parabellum|9MM LUGER|9 x 19 mm|cal. 9 mm|9"),
        (".38 Super", ".38 Súper|0.38'' Super|38 SUPER|38 super auto"),
        ("5.56x45mm", "5.56x45|5.56|5,56 x 45 mm|5.56 NATO|556"),
        (".223 Rem", ".223|0.223|223 Remington|.223 Rem."),
        ("7.62x39mm", "7.62 x 39|7,62x39|7.62×39 mm|762x39|7.62 MM X 39 MM"),
        ("7.62x51mm", "7.62x51|7.62 NATO"),
        (".308 Win", ".308|308 Winchester"),
        (".50 BMG", ".50|12.7x99|.50 Browning|50 BMG"),
        ("5.7x28mm", "5.7x28|5,7 x 28 mm"),
        (".380 ACP", "380|.380 auto|9 mm corto|9x17"),
        ("12 ga", "cal. 12|12 ga|calibre 12|12 GAUGE"),
        (".22 LR", "22|.22 L.R.|.22 LR|22 long rifle"),
        ("10mm Auto", "10 mm"),
        (".40 S&W", ".40|40 S&W|.40 Smith Wesson"),
        (".45 ACP", "45 auto|.45|.45 ACP"),
        (".38 Special", "38 spl|.38 especial|38 Special"),
        (".357 Magnum", ".357 Mag|357 magnum"),
        (".30-30", "30-30|.30/30"),
        (".30-06", ".30-06|3006|30-06 Springfield"),
        (".25 ACP", "cal .25|6.35|25 auto|6,35 mm"),
    ],
)
def test_each_way_to_write_a_calibre_reads_as_one(calibre: str, texts: str) -> None:
    for text in texts.split("|"):
        assert (text, read(calibre=text).values["calibre"]) == (text, calibre)


def test_inch_and_millimetre_twins_stay_apart_in_one_interchange_group() -> None:
    calibres = tables.calibres()
    assert calibres[".308 Win"].interchange == calibres["7.62x51mm"].interchange
    assert calibres[".223 Rem"].interchange == calibres["5.56x45mm"].interchange
    assert calibres["9x19mm"].interchange != calibres[".380 ACP"].interchange


def test_a_bare_38_is_suggested_by_the_type_of_gun() -> None:
    assert suggested(read(calibre="38", type_="revólver"), "calibre")[0] == ".38 Special"
    assert suggested(read(calibre="38", type_="pistola"), "calibre")[0] == ".38 Super"
    assert read(calibre="38").values["calibre"] is None


def test_a_bare_9_mm_is_not_taken_against_what_the_make_takes() -> None:
    assert read(make="Glock", model="19", calibre="9 mm").values["calibre"] == "9x19mm"
    found = read(make="Makarov", calibre="9 mm")
    assert found.values["calibre"] is None
    assert suggested(found, "calibre")[0] == "9x18mm Makarov"


def test_forty_millimetres_depend_on_the_type() -> None:
    assert suggested(read(calibre="40 mm", type_="lanzagranadas"), "calibre")[0] == "40mm grenade"


# Types, models, countries.


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("pistol", "pistola|PISTOLAS|Pistola escuadra|PI|P|pistol"),
        ("revolver", "revólver|REVOLVERS|PR"),
        ("rifle", "fusil|rifle|RI|fusil de asalto|arma larga tipo fusil"),
        ("carbine", "carabina|RC"),
        ("shotgun", "escopeta|SP"),
        ("submachine gun", "subfusil|subametralladora|B"),
        ("machine gun", "ametralladora|MA"),
        ("grenade launcher", "lanzagranadas|GN"),
        ("handgun", "handgun|arma corta"),
        ("long gun", "long arm|arma larga"),
        ("receiver or frame", "receiver/frame|cajón de mecanismos"),
    ],
)
def test_each_word_for_a_type_reads_as_one(kind: str, texts: str) -> None:
    for text in texts.split("|"):
        assert (text, read(type_=text).values["type"]) == (text, kind)


@pytest.mark.parametrize(
    ("make", "text", "model"),
    [
        (None, "AK 47", "AK-47"),
        (None, "AK47", "AK-47"),
        (None, "R-15", "AR-15"),
        ("Remington", "R-15", "R-15"),
        ("Beretta", "92 FS", "92FS"),
        ("Taurus", "PT-92", "PT92"),
        (None, "Mod. 1911", "1911"),
        ("Glock", "Glock 19", "19"),
        (None, "some  thing new", "SOME THING NEW"),
    ],
)
def test_a_model_is_evened(make: str | None, text: str, model: str) -> None:
    assert description.read(make, text, None, None, None, None).values["model"] == model


def test_a_listed_model_suggests_its_maker() -> None:
    found = read(model="WASR-10")
    assert found.values["make"] is None
    assert repair(found, "make").to == "Romarm/Cugir"


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("US", "EUA|E.U.A.|Estados Unidos|USA|U.S.A.|EE.UU.|United States|US"),
        ("BE", "Bélgica|BELGICA|Belgium"),
        ("RO", "Rumanía|Rumania|Romania"),
        ("AT", "Austria"),
        ("CN", "China"),
        ("BR", "Brasil|Brazil|Hecho en Brasil"),
        ("MX", "México|Mexico"),
        (None, "Narnia|desconocido|"),
    ],
)
def test_each_name_of_a_country_gives_its_code(code: str | None, texts: str) -> None:
    for text in texts.split("|"):
        assert (text, read(country=text).values["origin_country"]) == (text, code)


# The channel.


def test_the_posterior_follows_the_formula() -> None:
    channel = misspelling.Channel(
        [("BERSA", "Bersa", 3.0), ("STAR", "Star", 1.0)], 0.5, {(5, 1): 0.1, (4, 1): 0.1}
    )
    (found,) = channel.suggest("BERSE")
    odds = 0.5 * 5 * 0.03 * 0.97**4 / (0.5 * 0.1)
    assert found.probability == pytest.approx(odds / (1 + odds))
    assert channel.suggest("XYZZY") == ()


def test_the_shipped_neighbour_shares_are_those_of_the_shipped_makes() -> None:
    measured = misspelling.measure((key, name) for key, name, _ in makes.channel_keys())
    shipped = {
        (int(row["length"]), int(row["distance"])): float(row["share"])
        for row in tables.rows("make_neighbours")
    }
    assert shipped == pytest.approx(measured, abs=1e-6)


CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from([one.name for one in tables.models()]),
    st.sampled_from([alias for alias, _ in tables.make_aliases()]),
    st.sampled_from([one.text for one in tables.calibre_aliases()]),
    st.sampled_from(["matricula", "cal.", "modelo", "/", "(Century)", "tipo"]),
)
CELLS = st.lists(CELL, max_size=4).map(
    lambda parts: " ".join(part for part in parts if part is not None) or None
)


@given(CELLS, CELLS, CELLS, CELLS, CELLS, CELLS)
def test_any_six_cells_are_read(
    make: str, model: str, calibre: str, type_: str, importer: str, country: str
) -> None:
    found = description.read(make, model, calibre, type_, importer, country)
    columns = ["make", "model", "calibre", "type", "importer", "origin_country"]
    assert list(found.values) == columns
    assert found.problem is None
    for one in found.repairs:
        assert 0 < one.probability <= 1
        assert one.field in (*columns, "serial")
        assert one.from_ in (make, model, calibre, type_, importer)
        assert one.to
        assert one.field == "model" or not found.values.get(one.field)


@given(CELLS.filter(bool))
def test_evening_a_model_only_takes_blanks_and_a_leading_word(text: str) -> None:
    once = models.even(text)
    assert once == " ".join(once.split())
    assert fold(text).endswith(fold(once))
