"""The schema of every table, in one place.

A table is a contract: `ironriver export WORKSPACE TABLE` gives exactly these columns in this order.
Ids are strings, dates ISO, probabilities 0-1; ``record_ids`` and ``reasons`` are JSON arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from ironriver.errors import MistakeError


class Handling(StrEnum):
    """What may be done with a row; strictness grows down the list, SYNTHETIC apart."""

    SYNTHETIC = "SYNTHETIC"
    PUBLIC = "PUBLIC"
    PERSONAL = "PERSONAL"
    LAW_ENFORCEMENT = "LAW_ENFORCEMENT"
    TRACE_RESTRICTED = "TRACE_RESTRICTED"


class Nexus(StrEnum):
    """Why a record may be held at all."""

    TRACE = "trace"
    SEIZURE = "seizure"
    THEFT_REPORT = "theft_report"
    MULTIPLE_SALE_REPORT = "multiple_sale_report"
    CASE = "case"
    EXHIBIT = "exhibit"
    PUBLIC = "public"


class Kind(StrEnum):
    """What a record says happened to a firearm."""

    RECOVERY = "recovery"
    PURCHASE = "purchase"
    MULTIPLE_SALE = "multiple_sale"
    SHIPMENT = "shipment"
    THEFT = "theft"
    LOSS = "loss"
    CROSSING_SEIZURE = "crossing_seizure"
    BALLISTIC_HIT = "ballistic_hit"
    EXHIBIT = "exhibit"


class SerialStatus(StrEnum):
    """How much of a serial number could be read."""

    READ = "read"
    PARTIAL = "partial"
    OBLITERATED = "obliterated"
    ABSENT = "absent"
    ILLEGIBLE = "illegible"


class DatePrecision(StrEnum):
    """How much of a date is known; ``ambiguous`` means day and month may be swapped."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a trace ended, in our words; the source's own words stand beside it."""

    TRACED_TO_PURCHASER = "traced_to_purchaser"
    TRACED_TO_LICENSEE = "traced_to_licensee"
    TRACED_TO_GOVERNMENT = "traced_to_government"
    EXPORTED_FOREIGN_SALE = "exported_foreign_sale"
    NOT_US_NEVER_IMPORTED = "not_us_never_imported"
    ORIGIN_UNDETERMINED = "origin_undetermined"
    SERIAL_INVALID = "serial_invalid"
    SERIAL_OBLITERATED = "serial_obliterated"
    IDENTIFIERS_INSUFFICIENT = "identifiers_insufficient"
    PRE_1968 = "pre_1968"
    LICENSEE_OUT_OF_BUSINESS_NO_RECORD = "licensee_out_of_business_no_record"
    LICENSEE_RECORD_ILLEGIBLE = "licensee_record_illegible"
    LICENSEE_NO_RESPONSE = "licensee_no_response"
    STOLEN_BEFORE_SALE = "stolen_before_sale"
    PRIVATELY_MADE_NO_SERIAL = "privately_made_no_serial"
    DUPLICATE_OF = "duplicate_of"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, and what it means."""

    name: str
    type: pa.DataType
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, what a row is, and whether rows come straight from a source."""

    name: str
    about: str
    columns: tuple[Column, ...]
    derived: bool = False
    personal: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in contract order."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in contract order."""
        return tuple(column.name for column in self.columns)


_TYPES = {
    "text": pa.string(),
    "json": pa.string(),
    "date": pa.date32(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "yes_no": pa.bool_(),
}


def _columns(lines: str) -> tuple[Column, ...]:
    """Read lines of ``name type what it means`` into columns."""
    split = (line.split(maxsplit=2) for line in lines.splitlines() if line)
    return tuple(Column(name, _TYPES[kind], about) for name, kind, about in split)


_ROW = """
source_id text the file the row stands in (SHA-256)
row_number whole its place among the data rows of the file, from 1
known_from date when the agency had it
record_id text names this row in every other table
"""

_GUN_RAW = """
make_raw text make as received
model_raw text model as received
calibre_raw text calibre as received
type_raw text type as received
importer_raw text importer as received
origin_country_raw text country of origin as received
serial_raw text serial number as received
"""

_GUN = """
make text make in the reference list
model text model, spelling evened
calibre text calibre in the reference list
type text type in the reference list
importer text importer in the reference list
origin_country text country of origin (ISO 3166-1 alpha-2)
serial text serial number in capitals, edges trimmed; never repaired
serial_status text read, partial, obliterated, absent or illegible
"""

_WHEN = """
event_date date when it happened (first day of what is known)
date_precision text day, month, year, ambiguous or unknown
"""

_WHERE = """
country text ISO 3166-1 alpha-2
admin1 text state (INEGI or FIPS code, with the country: MX-26, US-04)
admin2 text municipality or county (INEGI or FIPS code, five digits, with the country)
place text city or place as received
latitude number degrees north
longitude number degrees east
"""

SOURCES = Table(
    "sources",
    "One received file.",
    _columns("""
source_id text SHA-256 of the file as received
name text its name in the inbox
layout text the layout it was read with
agency text who sent it
handling text PUBLIC, PERSONAL, LAW_ENFORCEMENT, TRACE_RESTRICTED or SYNTHETIC
nexus text why it may be held
known_from date when the agency had it
rows_in whole data rows in the file
rows_accepted whole rows that ended in a table
rows_quarantined whole rows that ended in quarantine
header json column headings as received, by part (sheet or member)
first_row_byte whole byte where the data rows begin (after titles and header); null for workbooks
supersedes text the source it takes the place of
notes json what the reader should know: parts, ambiguous dates, unplaced columns, checks
"""),
)

RAW_ROWS = Table(
    "raw_rows",
    "One row as it was received.",
    _columns("""
source_id text the file
row_number whole its place among the data rows of the file, from 1
part text sheet or member of an archive; empty for a plain file
first_byte whole first byte of the row in the (unpacked) part; null for workbooks
last_byte whole last byte, line end included
cell_range text sheet and cells, for workbooks
raw json the cells as received, in the order of the headings in `sources.header`
"""),
    personal=True,
)

RECORDS = Table(
    "records",
    "Something that happened to one or more firearms.",
    _columns(
        """
record_id text names this row in every other table
source_id text the file the row stands in (SHA-256)
row_number whole its place among the data rows of the file, from 1
kind text recovery, purchase, multiple_sale, shipment, theft, loss, crossing_seizure, …
"""
        + _WHEN
        + "known_from date when the agency had it"
        + _WHERE
        + """
case_number text case file, inquiry or report number
crossing text port of entry if the record names one, else `unknown`
"""
        + _GUN_RAW
        + _GUN
        + """
quantity whole firearms the row speaks of
rounds whole rounds seized with it
magazines whole magazines seized with it
repairs json suggestions: field, from, to, rule, probability
authority text who seized, sold, lost or reported, as received
direction text outbound, inbound or other, for crossing seizures
reference text the source's own number for the row (folio, request, item)
notes text observations as received
"""
    ),
)

QUARANTINE = Table(
    "quarantine",
    "A row that could not be accepted, and why.",
    _columns("""
source_id text the file
row_number whole its place among the data rows of the file, from 1
reason_code text short code of the reason
reason text one sentence, naming column and value
"""),
)

PARTIES = Table(
    "parties",
    "A name as a row gives it; with raw_rows the only place of personal fields.",
    _columns("""
party_id text names this party
record_id text the row that names it
role text purchaser, possessor, associate, licensee, seller, transferee, officer
name text name as received
given_names text given names, as far as they can be told apart
surname_1 text first surname (family name)
surname_2 text second surname
birth_date date date of birth
address text street address as received
city text city as received
admin1 text state
postcode text postal code
phone text telephone
vehicle text vehicle or plate
id_number text identity document number
licence_number text licence number as received
source_id text the file
row_number whole its place among the data rows of the file
"""),
    personal=True,
)

LICENCES = Table(
    "licences",
    "One line of a licensee list.",
    _columns(
        _ROW
        + """
licence_key text region-district-sequence: first 3 and last 5 digits, the lasting part
licence_number text the whole number, expiry part included
type text licence type code
expiry text year digit and month letter, as printed
country text ISO 3166-1 alpha-2
admin1 text state
admin2 text county
place text city as received
snapshot text the list's own month
"""
    ),
)

INSPECTIONS = Table(
    "inspections",
    "One inspection of a licensee.",
    _columns(
        _ROW
        + """
inspection_number text the agency's number
licence_key text region-district-sequence of the licensee
licence_number text the whole number
type text licence type code
assigned_date date when it was assigned
completed_date date when it was completed
disposition text how it ended, in the source's words
violations json cited sections
country text ISO 3166-1 alpha-2
admin1 text state
admin2 text county
place text city as received
latitude number degrees north
longitude number degrees east
"""
    ),
)

TRACE_RESULTS = Table(
    "trace_results",
    "One answer to a trace request.",
    _columns(
        _ROW
        + """
request text the request's number
outcome_raw text outcome in the source's words
outcome text outcome in ours
completed_date date when the answer came
recovery_date date when the gun was recovered
purchase_date date the last known retail sale
time_to_crime_days whole as the source states it
"""
        + _WHERE
        + _GUN_RAW
        + _GUN
        + """
repairs json suggestions: field, from, to, rule, probability
licence_number text licensee of the last known sale
source_admin1 text state of the last known licensee
source_admin2 text county of the last known licensee
case_number text the requester's case number
"""
    ),
)

AMMUNITION = Table(
    "ammunition",
    "Recovered or seized ammunition, magazines and parts.",
    _columns(
        _ROW
        + _WHEN
        + _WHERE
        + """
item text ammunition, magazine, part or other
headstamp text marks on the case head
calibre_raw text calibre as received
calibre text calibre in the reference list
lot text lot number
quantity whole how many
plant text maker or plant as received
crossing text port of entry if the record names one, else `unknown`
direction text outbound, inbound or other
case_number text case file or event number
authority text who seized it
repairs json suggestions: field, from, to, rule, probability
"""
    ),
)

EVENTS = Table(
    "events",
    "A dated event that is not about one firearm.",
    _columns(
        _ROW
        + """
event_id text the source's own id
kind text kind of event
event_date date first day
end_date date last day
date_precision text day, month, year, ambiguous or unknown
"""
        + _WHERE
        + """
place_precision whole precision of the place, in the source's code
side_a text first side
side_b text second side
deaths whole best estimate of deaths
title text what the source calls it
"""
    ),
)

GROUPS = Table(
    "groups",
    "A criminal group: its presence, an alliance or a rivalry.",
    _columns(
        _ROW
        + """
group_name text the group
relation text presence, alliance or rivalry
other_group text the other group, for alliance and rivalry
country text ISO 3166-1 alpha-2
admin1 text state of presence
as_of date the day the source speaks of
weight number the source's strength of the tie
"""
    ),
)

PUBLISHED_FIGURES = Table(
    "published_figures",
    "A number somebody published, with what it counts.",
    _columns(
        _ROW
        + """
series text which series it belongs to; series are never added up across
value number the number
unit text firearms, percent, rounds or traces
population text what is counted
scope text place or body it speaks of
from_place text source state, in a matrix
to_place text recovery state, in a matrix
period text years or dates covered
as_of text when the source counted
is_total yes_no a printed total: a check, never added
evidence text grade: V read in the primary, N reported by press, D derived
source text where it is printed
note text cautions
"""
    ),
)

LINKS = Table(
    "links",
    "What speaks for or against two guns having been moved by one network.",
    _columns("""
link_id text names the link: its kind, and the two guns
left_id text a gun, the smaller id
right_id text the other gun
kind text which sign it is; `ironriver explain` and docs/networks.md say what each means
log_odds number what this sign adds to the log-odds that one network moved both
record_ids json the records it rests on
reasons json what was compared, by field, with the ids both sides share
handling text strictest handling of these records
"""),
    derived=True,
)

NETWORKS = Table(
    "networks",
    "Guns, people and places judged to be one supply chain.",
    _columns("""
network_id text `network-` and the record of it that was known first
firearms whole how many guns
entities whole how many persons and licensees
first_date date earliest date among its records
last_date date latest date among its records
source_states json state of sale and how many guns
recovery_states json state of recovery and how many guns
channels json channel and its probability; they add up to 1
customer_groups json group and its probability, `unknown` among them, with sources
probability number that at least half of its guns were moved by one network
stability number overlap with what is found when some guns are left out, on average
changed json which guns joined or left by the files of the newest day, and by which records
record_ids json the records it rests on
reasons json why, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

NETWORK_MEMBERS = Table(
    "network_members",
    "A gun, person or licensee in a network, and in which role.",
    _columns("""
network_id text the network
member_id text a firearm or an entity
member_kind text firearm, person, company or licensee
role text firearm, buyer, recruiter, broker, courier, seller, possessor or unknown
role_probability number that the role is right
probability number that it belongs to this network
log_odds number natural log of the odds of that
record_ids json the records it rests on
reasons json why, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

GUN_CHANNELS = Table(
    "gun_channels",
    "By which channel a found gun is judged to have left lawful hands.",
    _columns("""
firearm_id text the gun: recovered in Mexico, stopped on its way there, or an exhibit
network_id text the network it stands in; null for none
channel text the likeliest channel
probability number that it is this one
channels json every channel and its probability; they add up to 1
record_ids json the records it rests on
reasons json what each mark adds to the log-odds of the likeliest, against first
handling text strictest handling of these records
"""),
    derived=True,
)

ROUTES = Table(
    "routes",
    "Guns from one place of sale to one place of recovery in a period, beside what is expected.",
    _columns("""
route_id text names the route: places, crossing and period
source_admin1 text US state of the last known sale
source_admin2 text county
crossing text the crossing, where a record names it; else unknown
recovery_admin1 text Mexican state of recovery
recovery_admin2 text municipality
period text years covered
firearms whole guns counted, each once
expected number how many a gravity baseline expects
ratio number observed to expected, shrunken
low number lower end of the 95 % credible interval of the ratio
high number upper end
flagged yes_no whether it stands out with false discovery controlled
change number log of the ratio to that of the period before; null for the first
change_low number lower end of the 95 % credible interval of the change
change_high number upper end
seizures whole days on which its guns were found
record_ids json the records it rests on
reasons json why, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

LEADS = Table(
    "leads",
    "Candidates worth looking at, the most promising first; a candidate is not a suspect.",
    _columns("""
rank whole its place, from 1
lead_id text `lead-` and the candidate
candidate_id text a network, person, company or licensee
candidate_kind text network, person, company or licensee
log_odds number natural log of the odds that it has to do with trafficking, and is not listed twice
probability number the same as a probability
expected_firearms number guns it is expected to explain in the next year, times the probability
reasons_for json what speaks for it, field by field
reasons_against json what speaks against it, exculpatory facts first
next_record json the record worth asking for next, and who holds it
record_ids json the records it rests on
reasons json against and for together
handling text strictest handling of these records
"""),
    derived=True,
)

FIGURES = Table(
    "figures",
    "A number of ours: with its population, bounds and sources.",
    _columns("""
figure_id text names the figure
name text what it is
value number point value, null where only bounds are known
low number lower end
high number upper end
interval text identification, confidence, credible or exact
population text what it is a share or count of
numerator number what was counted
denominator number out of how many
period text years or dates covered
as_of text when the sources counted
method text how it was computed
assumptions text what must hold
sources json the figures or sources it rests on
record_ids json the rows it rests on
reasons json why, field by field
handling text strictest handling of its rows
"""),
    derived=True,
)

FIREARMS = Table(
    "firearms",
    "One physical gun: the records judged to be about it.",
    _columns("""
firearm_id text `gun-` and the record of it that was known first
make text make that most of its records give
model text model that most of its records give
calibre text calibre that most of its records give
type text type that most of its records give
serial text serial number judged to be its own
records whole how many records it has
first_date date earliest date among its records
last_date date latest date among its records
probability number that its records are one gun: the least of its members' probabilities
record_ids json its records
reasons json why, field by field
handling text strictest handling of its records
"""),
    derived=True,
)

LEARNED = Table(
    "learned",
    "What a stage learned from the rows: a rate, a confusion, a share, a kind of gun.",
    _columns("""
stage text the stage that learned it
part text what it belongs to: rates, confusion, foreign, lots, legibility, cells or kinds
name text its name within the part
value number a chance, a share, or a log likelihood ratio (legibility)
detail json what more belongs to it: chances, counts, how a kind is written
record_ids json empty: it rests on all rows together
reasons json the part, and how many rows it was learned from
handling text strictest handling of these rows
"""),
    derived=True,
)

FIREARM_MEMBERS = Table(
    "firearm_members",
    "A record, and the firearm it is judged to be about.",
    _columns("""
firearm_id text the firearm
record_id text the record; each stands in one firearm
probability number that the record is about this firearm
log_odds number natural logarithm of the odds of that
record_ids json the record, and those that tie it to the firearm
reasons json why, field by field, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

MATCHES = Table(
    "matches",
    "Two records, or two parties, that were weighed against each other.",
    _columns("""
match_id text names the match
about text firearm, person or licensee
left_id text a record (firearm) or party (person, licensee)
right_id text the other
probability number that both are one firearm, person or licensee
log_odds number natural logarithm of the odds of that
decision text joined, apart, related (not the same), judged same or judged different
record_ids json the records it rests on
reasons json why, field by field, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

ENTITIES = Table(
    "entities",
    "A person, licensee, agency or company: the parties judged to be one.",
    _columns("""
entity_id text `per-`, `lic-`, `age-` or `com-` and the party of it that was known first
kind text person, licensee, agency or company
licence_key text region-district-sequence of a licensee, where it is known
parties whole how many parties it has
record_ids json the records that name it
reasons json why, field by field
handling text strictest handling of these records
"""),
    derived=True,
)

ENTITY_MEMBERS = Table(
    "entity_members",
    "A party, and the entity it is judged to be.",
    _columns("""
entity_id text the entity
party_id text the party; each stands in one entity
probability number that the party is this entity
log_odds number natural logarithm of the odds of that
record_ids json the party's record, and those that tie it to the entity
reasons json why, field by field, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

TRACES = Table(
    "traces",
    "The answer for one recovery: chain of custody, outcome, origin, time-to-crime.",
    _columns("""
trace_id text `trace-` and the record of the recovery
recovery_record_id text the recovery
firearm_id text the gun it is judged to be about; null where a row speaks of several
outcome text how its trace ends, in our words; see `basis` for what that rests on
origin text us_made, us_imported, foreign_import_unknown, foreign_not_us or undetermined
diversion text retail, forces_loss, mexican_legal_sale, central_american_stock or unknown
maker text who made it, as most of its records say
importer text who imported it, as most of its records say
licensee_entity_id text the licensee of the last known retail sale
purchaser_entity_id text the purchaser of the last known retail sale: not a suspect
sale_date date the last known retail sale
recovery_date date when it was recovered, as its own row says
time_to_crime_days whole from that sale to the recovery; negative is a finding, null is not known
probability number that the outcome is right; of traced_to_purchaser, the named purchaser too
chain json dated hops, each with its records, surest and earliest first
gaps json what the chain lacks, and who would hold it
basis text answer (of the tracing center), records (of others) or expected (nobody answered)
outcome_raw text the last answer in the source's own words
purchaser_probability number that the named purchaser bought this gun; null where none is named
origin_probability number that the origin is right
diversion_probability number that the diversion is right
competing json other chains that the records allow, with their probabilities
findings json contradictions among the records of the chain
record_ids json the records it rests on
reasons json why, field by field, what speaks against it first
handling text strictest handling of these records
"""),
    derived=True,
)

READINESS = Table(
    "readiness",
    "Whether a trace request for one recovery will succeed, and what to mend before it is sent.",
    _columns("""
record_id text the recovery, or the request that was sent for it
ready yes_no whether it may be sent as it stands: the risk is low and nobody asked before
risk number probability that a request fails for what stands in it; duplicates are apart
problems json problem, field, probability, what to look at on the gun, records
suggested_repairs json field, from, to, probability, why; never applied by themselves
record_ids json the records it rests on
reasons json what each mark adds to the log-odds that it fails, the least first
handling text strictest handling of these records
"""),
    derived=True,
)

JUDGEMENTS = Table(
    "judgements",
    "What a person decided: the same, not the same, or unsure.",
    _columns("""
sequence whole its number: its place in the journal
at text when (UTC)
known_from date the day from which it counts
actor text the account that judged
role text the role it judged in
about text firearm, person, licensee or network
left_id text a record (firearm, network) or party (person, licensee), the smaller id
right_id text the other
verdict text same, different or unsure
why text the reason given; it may hold a name
binds yes_no whether it counts: not undone, overtaken or contradicted
undone yes_no whether it was undone
undone_by whole number of the undoing
undone_from date the day from which it is undone
overtaken_by whole number of the later judgement of the same two that binds in its place
contradicts json numbers of the judgements that together rule it out
record_ids json the records it rests on
handling text strictest handling of these records
"""),
    personal=True,
)

AUDIT = Table(
    "audit",
    "Every view, export and decision; ids only, never names.",
    _columns("""
sequence whole place in the journal
at text when (UTC)
actor text the account that acted
role text the role it acted in
purpose text the stated purpose
action text what was done
object text what it was done to
leaf_hash text leaf of the Merkle tree (RFC 6962), hexadecimal
"""),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SOURCES,
        RAW_ROWS,
        RECORDS,
        QUARANTINE,
        PARTIES,
        LICENCES,
        INSPECTIONS,
        TRACE_RESULTS,
        AMMUNITION,
        EVENTS,
        GROUPS,
        PUBLISHED_FIGURES,
        FIREARMS,
        LEARNED,
        FIREARM_MEMBERS,
        MATCHES,
        ENTITIES,
        ENTITY_MEMBERS,
        TRACES,
        READINESS,
        LINKS,
        NETWORKS,
        NETWORK_MEMBERS,
        GUN_CHANNELS,
        ROUTES,
        LEADS,
        FIGURES,
        JUDGEMENTS,
        AUDIT,
    )
}

# A row of a source ends in exactly one of these, or in quarantine.
ROW_TABLES = (
    "records",
    "licences",
    "inspections",
    "trace_results",
    "ammunition",
    "events",
    "groups",
    "published_figures",
)


def table(name: str) -> Table:
    """Give the table called `name`, or say which exist.

    >>> table("quarantine").names[:2]
    ('source_id', 'row_number')
    """
    try:
        return TABLES[name]
    except KeyError:
        known = ", ".join(sorted(TABLES))
        raise MistakeError(
            "there is no table {name}; tables are: {known}", name=name, known=known
        ) from None
