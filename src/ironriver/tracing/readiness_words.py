"""The problems of a request in words, and what to look at on the gun."""

from __future__ import annotations

from ironriver.language import mark

PROBLEMS: dict[str, str] = {
    "several_guns": mark("the row does not speak of exactly one firearm; a request is for one"),
    "serial_obliterated": mark("serial number obliterated"),
    "serial_absent": mark("serial number missing"),
    "serial_illegible": mark("serial number illegible"),
    "serial_partial": mark("serial number read in part"),
    "serial_patent": mark("a patent number stands in place of the serial number"),
    "serial_word": mark("a model, calibre or label was copied with the serial number"),
    "serial_assembly": mark(
        "this looks like an assembly or part number: the maker's serial numbers look otherwise"
    ),
    "serial_two_numbers": mark(
        "another record of the gun gives another number altogether: "
        "one may be of the slide or barrel"
    ),
    "serial_other_maker": mark("the serial number fits the pattern of another maker: {maker}"),
    "serial_pattern": mark("the serial number fits no pattern known of this maker"),
    "serial_character": mark("a character of the serial number is rarely in this place: {marks}"),
    "serial_otherwise": mark("another record of the gun reads the serial number otherwise"),
    "serial_doubtful": mark(
        "the serial number is close to others of this maker; it may be misread"
    ),
    "make_missing": mark("manufacturer missing"),
    "make_unknown": mark("manufacturer not known by this name"),
    "make_otherwise": mark("manufacturer does not fit the model, calibre and other records"),
    "model_missing": mark("model missing"),
    "model_impossible": mark("this manufacturer is not known to have made this model"),
    "model_otherwise": mark("model does not fit what else is known of the gun"),
    "calibre_missing": mark("calibre missing"),
    "calibre_impossible": mark("this model is not known to have had this calibre"),
    "calibre_otherwise": mark("calibre does not fit what else is known of the gun"),
    "type_missing": mark("type missing"),
    "country_missing": mark("country of origin missing"),
    "importer_missing": mark("importer missing: the form asks it of guns made abroad"),
    "home_made": mark("made privately: no maker or licensee has a record of it"),
    "requested_already": mark("a trace of this gun was requested already"),
    "requested_again": mark(
        "a later request for this gun exists; it will be answered as duplicate"
    ),
    "listed_elsewhere": mark("another office lists this gun too; agree who sends the request"),
}

LOOK: dict[str, str] = {
    "frame": mark("the frame or receiver itself: only its number counts"),
    "not_slide": mark("the frame, not the slide, barrel, bolt or cylinder"),
    "laboratory": mark("whether a laboratory can restore the number; do not polish the metal"),
    "second_marking": mark("a second marking: under the grip, inside the frame, on the trunnion"),
    "character": mark("this character, under a lens and slanting light: {marks}"),
    "maker_mark": mark("the maker's name or mark on the frame or barrel"),
    "model_mark": mark("the model, beside the maker's name on the frame, slide or barrel"),
    "calibre_mark": mark("the calibre marked on the barrel or at the chamber; measure if in doubt"),
    "importer_mark": mark(
        "the importer's name, city and state: small letters on the barrel, frame or receiver"
    ),
    "country_mark": mark("the country of origin beside the maker's or importer's name"),
    "whole_gun": mark("the gun as a whole: type, action, barrel"),
    "each_gun": mark("each gun by itself: one request for each"),
    "other_record": mark("the other record, and who holds the gun"),
}
