"""The codes of chains, gaps and findings, with the sentence that each stands for."""

from __future__ import annotations

from ironriver.language import mark

HOPS: dict[str, str] = {
    "made": mark("made by {maker}"),
    "imported": mark("imported by {importer}"),
    "shipped": mark("shipped"),
    "sold": mark("sold at retail"),
    "reported_multiple_sale": mark("reported in a multiple sale"),
    "stolen_or_lost": mark("reported stolen or lost in the United States"),
    "lost_by_forces": mark("reported stolen or lost by Mexican forces"),
    "seized_at_crossing": mark("seized at a crossing"),
    "recovered": mark("recovered"),
    "matched_ballistically": mark("matched ballistically"),
    "shown_in_court": mark("listed as an exhibit"),
    "answered": mark("trace answered"),
}

MISSING: dict[str, str] = {
    "maker_unknown": mark("who made it"),
    "importer_unknown": mark("who imported it"),
    "shipments": mark("to whom the maker or importer shipped it"),
    "retail_sale": mark("the retail sale, or who bought it"),
    "after_sale": mark("what became of it between the last known sale and the recovery"),
    "after_theft": mark("what became of it after it was stolen or lost"),
    "before_loss": mark("how Mexican forces came by it"),
    "loss_report": mark("a report of its loss by a Mexican force"),
    "mexican_sale": mark("its lawful sale in Mexico"),
    "foreign_stock": mark("which stock in Central America it came from"),
    "way_to_mexico": mark("how it came to Mexico: no record names a crossing"),
    "request": mark("a trace request: nobody asked"),
    "answer": mark("an answer: the request is pending, or was not answered for certain"),
}

HOLDERS: dict[str, str] = {
    "laboratory": mark("whoever examines the gun itself"),
    "maker": mark("the maker's or importer's books"),
    "licensee": mark("the licensee's bound book and sale form"),
    "out_of_business_records": mark("the tracing center's records of closed licensees"),
    "nobody": mark("nobody need keep a record: private transfers are not written down"),
    "police": mark("the police that took the report"),
    "army_register": mark("the Mexican army's register and its import papers"),
    "force": mark("the force that held it"),
    "foreign_government": mark("the government that the maker's export papers name"),
    "border_agency": mark("the border agencies"),
    "tracing_center": mark("the tracing center"),
    "requester": mark("the office that seized it"),
}

FINDINGS: dict[str, str] = {
    "sold_after_recovered": mark("a sale is dated after the recovery"),
    "two_buyers": mark("two records name different buyers of one sale"),
    "negative_time_to_crime": mark("the answer's own time from sale to recovery is negative"),
    "days_disagree": mark(
        "the answer states another time from sale to recovery than its dates give"
    ),
    "recovered_twice": mark("two recoveries of one gun lie far apart in time"),
    "lost_after_recovered": mark("a loss is dated after the recovery"),
    "sold_after_stolen_from_licensee": mark("it was sold after a licensee reported it stolen"),
    "crossing_after_recovered": mark("it was seized at a crossing after it was recovered"),
    "answers_disagree": mark("two answers end differently"),
}

BASES: dict[str, str] = {
    "answer": mark("the tracing center answered"),
    "records": mark("records other than an answer say so"),
    "expected": mark(
        "nobody answered; this is what answers to guns described alike lead to expect"
    ),
}

FIELDS: dict[str, str] = {
    "kind": mark("how often such a gun ends so"),
    "origin_country": mark("country of origin as the records state it"),
    "serial": mark("whether its serial was obliterated"),
    "records": mark("sales, thefts and losses among its records"),
    "asked": mark("whether somebody asked for a trace"),
    "answer": mark("the answers to requests"),
    "usual": mark("how often any gun ends so"),
    "same_gun": mark("that the records which decide are about this gun"),
    "quantity": mark("how many firearms the row speaks of"),
    "time_to_crime": mark("time from sale to recovery"),
}

OUTCOMES: dict[str, str] = {
    "traced_to_purchaser": mark("traced to a purchaser"),
    "traced_to_licensee": mark("traced to a licensee only"),
    "traced_to_government": mark("traced to a government"),
    "exported_foreign_sale": mark("exported and sold abroad"),
    "not_us_never_imported": mark("made abroad, never imported"),
    "origin_undetermined": mark("origin could not be determined"),
    "serial_invalid": mark("the serial number fits no gun"),
    "serial_obliterated": mark("serial number obliterated"),
    "identifiers_insufficient": mark("too little was stated to identify it"),
    "pre_1968": mark("made before 1968"),
    "licensee_out_of_business_no_record": mark("licensee closed, no record"),
    "licensee_record_illegible": mark("the licensee's record is illegible"),
    "licensee_no_response": mark("the licensee did not answer"),
    "stolen_before_sale": mark("stolen before it was sold"),
    "privately_made_no_serial": mark("privately made, without a serial number"),
    "duplicate_of": mark("asked before"),
    "pending": mark("not answered yet"),
}
