"""What the fields of the API and of the events mean when the class itself does not say it; one meaning per name.

A description on the class wins. tests/contracts demand that every field has one of the two and that no line here is
left over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT = """
action_item_id | What a side does after a round of dialogue.
activity_id | The activity under a component.
activity_type | Type of the activity, as a code.
advisory_id | The advisory about a corridor.
age_years | Age in full years on the day of the fact.
agency_case_ref | The case as this one recipient knows it: a random reference of its own.
agency_id | The agency, as enrolled in registry.
agenda_items_count | How many items stood on the agenda.
agreement_id | The agreement, as published in registry.
amount | A sum of money.
amount_minor | Amount in the currency's smallest unit, for example Rappen or cents.
announce_days | Days before the journey by which it is announced after a silence that counts.
answer_by | Day until which an answer is asked for.
answers | The answers given, one for each question or person.
answers_by_form | Has no server and may answer in the browser, under its own token.
appropriation | The money set aside when the budget is opened.
arrived_on | Day of arrival where the journey ends.
authority_id | The deciding authority.
basis | Legal basis on which something is told.
basis_article | Article or clause of the legal basis.
basis_id | The legal basis of disclosures, as recorded for a programme.
basis_instrument | Law, agreement or consent that is the legal basis.
basis_type | Kind of the legal basis.
boarded | References of the persons who boarded.
born_on | Date of birth; left out when not known.
budget_id | The budget.
by | What the figures are broken down by.
carried_over_count | How many action items of earlier rounds were still open.
case_id | The return case.
case_kind | Kind of return case.
case_kinds | Kinds of return case that the programme takes.
category | Category of a measure.
certification_id | The run of a certification.
change_id | The proposal to pay to other data.
channel | How people talked or came.
chosen | This citizenship decides which consulate may be asked.
citizenships | Every citizenship and how it is known.
clause_id | The clause.
clauses | The clauses of an agreement: without a clause no clock and no disclosure.
clearance_id | The medical clearance.
clock | Which period is over, as a code.
code | The code within its list.
commitment_id | What one side owes the other.
competent_authorities | Enrolled agencies that act under the clause.
complaint_id | The complaint.
completeness | Share of the weight that was answered, for each dimension.
component | Code of the partnership component that pays.
component_id | The component of a partnership.
component_type | Type of a component, from the code list.
composition | The persons whom a quote is for, without names.
consent_id | The data consent.
contact_id | The contact of an organisation.
corrected_identity | Who the person is according to the consulate, where that differs.
costs_borne_by | Which side bears the costs.
counter_to | Commitment of the other side that this one answers.
countries | Countries, ISO 3166-1 alpha-3.
country | Country, ISO 3166-1 alpha-3.
currency | Currency, ISO 4217.
dac_code | Purpose code of the OECD Development Assistance Committee.
data_classes | Classes of data, for example identity or itinerary.
data_clause | The clause allows personal data to be told.
days_open | Days from the receipt to the answer.
deadline_id | One clock that runs on a case.
decided_on | Day of the decision.
declared_on | Day of the declaration.
deemed_agreement | Silence until the end of the reply days counts as agreement.
deemed_for | Kinds of request for which silence counts; empty: all of the clause.
delay_with | With whom the delay lies, as a code; `unknown` when nobody said.
delivery_id | The delivery to one recipient.
destination | Country where the journey ends, ISO 3166-1 alpha-3.
destination_basis | Why the person may go to that country.
destinations | Countries where the programme helps, ISO 3166-1 alpha-3.
destroy_by | Day until which the recipient destroys what it was told.
disclosure_id | The disclosure: one package for one recipient.
disputes_count | How often the other side disputed a report.
document_id | The document.
document_kind | Kind of travel document.
document_number | Number of the travel document; sealed at rest.
document_types | Kinds of travel document that the clause covers.
document_validity_days | Days for which an issued document is valid.
due_on | Day by which it is to be done.
effect | What the advisory demands: stop, individual review or inform.
eligibility | Whether the programme helps: eligible, limited, open, not_eligible; advice, not a decision.
endpoint_id | The webhook endpoint.
escort_id | The escort.
established_by | How it is known that somebody holds parental responsibility.
event_types | Types of payload that this endpoint wants.
evidence | How it is known.
expires_at | Instant from which on nothing can be read any more.
facts | Coded facts; never names, numbers or free text.
family_name | Family name; sealed at rest.
fields | The closed list of fields that the recipient will see.
figures | Counts and measures by name; aggregates, never about one person.
from_on | First day; left out when not known.
from_partner_id | The reintegration partner that hands over.
given_names | Given names; sealed at rest.
given_on | Day on which it was given.
grant_code | Code of the grant that the money comes from.
group_id | A working group of departments.
groups | Groups of persons concerned, as codes; empty: everybody.
heard_by | Who talked with the child.
hold_id | Why a person is kept although they ask to be erased.
host | Country from which the person returns, ISO 3166-1 alpha-3.
identity | Who the person is; sealed at rest.
import_id | The import of a caseload file.
in_reply_to | The message that this one answers.
incident_id | The incident.
indicators | Codes of what the screening saw; stay in returns.
informed_decision | The person decided, to return or not to.
interest_id | An interest of one side of a partnership.
interpreter | Who interpreted.
issued_on | Day the paper was issued.
issuer | Who issued the document.
item_id | An item of the agenda.
joint_committee | Differences go to a joint committee.
key_id | The key of an organisation.
key_id | The signing key of an endpoint.
kind | Kind, as a code.
language | Language in which it was explained, BCP 47.
last_address_in_origin | Last address in the country of origin; sealed at rest.
lead_host | Who leads on the side of the host country.
lead_partner | Who leads on the side of the partner country.
leaving_id | The record that people left a plan.
legal_form | Legal form of the partnership.
level | Whom a measure serves: a person, a community or an institution.
limit | How many entries at most.
line_id | The frozen line of granted assistance.
lines | Lines of assistance.
link_id | A link between two files.
longest_reply_days | Days after which no extension is possible.
measure_id | The measure of a reintegration plan.
medical_needed | A medical clearance is needed before travel.
medical_valid_until | Last day on which the medical clearance holds.
merged_case_id | The file that was joined to another one and is empty now.
message_id | The message of an agency, partner or provider.
message_type | Type of the message.
method | How it is paid out.
minor | Under 18 on the day of the fact.
model_version | Version of the scoring model.
month | First day of the month that is counted.
name | Name, as it is shown.
name_in_original_script | The name as the person writes it; sealed at rest.
needs | Codes of the needs that entitlements ask about.
needs_carer | Cannot travel without somebody's care.
new_case_id | The case that was made by the split.
no_partner_needed | Nobody in the destination has to help after arrival.
not_boarded | Who did not board, and why.
number | Number of the document; sealed at rest.
numbers | Counted or measured facts that entitlements ask about.
office_id | The counselling office.
on | Day of the fact.
only_case_id | The one case that a derogation is for; null: every case of the programme.
opened_on | Day on which it was opened.
original_on | Day that the corrected fact had, if it had one.
other_case_id | The other file.
other_person_ref | The other reference to a person.
outcome | What came of it, as a code.
outward_name | The name shown outside.
owner_id | The agency or partner that owns it.
owner_side | The side that owes it.
pair_id | Two records that may be one person.
parental_holder_id | The holder of parental responsibility, as named for one child.
participants_count | How many persons took part.
parties | The countries and organisations of a partnership with their roles.
partner_id | The reintegration partner.
partnership_id | The partnership.
party_size | How many persons travel.
payee | Where the money goes; sealed at rest.
payload_type | Type of the payload that went out.
payment_id | The payment.
person | The person as codes.
person_id | The person's reference.
person_ref | The person's random reference, stable over splits; not an internal id.
person_refs | Random references of the persons concerned.
persons | The persons concerned.
persons_count | How many persons.
phase | Phase of the return that the assistance belongs to.
phone | Telephone number; sealed at rest.
place_id | The place of a service that a referral holds.
plan_id | The reintegration plan.
prima_facie_evidence | Kinds of paper that make nationality likely.
programme_id | The programme.
proof | Kinds of paper that prove nationality.
provider_id | The provider.
published_under | The case whose readers this copy is for; the fact is published under every case concerned.
purpose | Purpose for which something is told.
purposes | Purposes for which something may be told.
qualification | What somebody is trained as.
question_id | A question of one side to the other.
quote_id | The quote: computed entitlements with their explanation.
reason | Why, as a code.
reason_code | Fine reason, as a code.
reason_group | Coarse reason: applicant, authority, third party or circumstances.
received | Somebody received the person or the documents.
received_at | Instant at which it came in.
recipient_id | The recipient, as enrolled in registry.
recipient_kinds | Kinds of recipient that the clause covers.
recipients | The recipients concerned, as enrolled in registry.
reconciliation_id | Help of one person from two files, looked at by an officer.
recovery_id | The recovery of a grant.
referral_id | The referral to a provider.
release_id | The release of figures.
region | Part of the country, ISO 3166-2.
relation | Relation to the main applicant.
reply_days | Days within which an answer is due.
reported_on | Day on which its owner reported it.
request_id | The request to a consulate.
requested_on | Day the consulate was asked.
required | Whether it was needed at all.
reservation_id | The reservation of money for a case.
roles | Roles, as codes.
round_id | The round of dialogue.
round_level | Level of the round: expert, senior or ministerial.
round_number | Number of the round within its partnership.
route | Route concerned, as a code.
rule | Code of the rule that a line comes from.
rule_version | Version of the programme's rules.
rule_version_id | The version of the programme's rules.
safeguard_id | What must be in place for a vulnerable person.
safeguards | Codes of what must be in place before the person may travel.
safeguards_count | How many safeguards were asked for.
scores | Score for each dimension.
search_id | The search for one person.
security_checked | The security check was made.
sender_id | Who sent the message, as enrolled in registry.
sender_kind | Kind of the sender.
sequence | The recipient's own gapless counter.
service_id | The service of a provider at one place.
setting | Where the talk took place.
side | Side of the partnership: host or partner.
signed_on | Day of signature.
since | First day that counts.
source | Where it is written down: law, decision, document.
source_kind | Who says so: UNHCR, IOM, a foreign ministry or another source.
spent_minor | Money spent, in the currency's smallest unit.
stage_before | State in which the case was before.
standing | Where a holder of parental responsibility stands.
state | State in which the thing is or was.
statelessness | How statelessness is known, if it is claimed.
status | Status, as a code.
status_before | Status before the change.
step | Which step of the review.
step_id | The recorded step.
successor_id | Who is paid in the place of somebody of a plan.
summary | What is planned, in plain words; sealed at rest.
survey_id | The survey.
table | Eligibility and entitlements as data.
text_version | Version of the text that was read and explained.
third_country_nationals | The clause covers nationals of other countries.
title | Title, as it is shown.
to_on | Last day; left out when not known.
to_partner_id | The reintegration partner that takes over.
topic | What it is about, as a code.
total | Sum of all lines.
transfer_id | The transfer to another reintegration partner.
transfer_within_days | Days within which the person travels after the agreement.
transit | Countries on the way, ISO 3166-1 alpha-3.
transit_allowed | The clause covers transit through the territory.
travel_on | Day of travel.
travelled | Whether the person was on board.
trial_id | The trial of a rule version.
unaccompanied | A child without the adult responsible for it.
url | Address to which the payloads are sent.
valid_from | First day on which it holds.
valid_to | Last day on which it holds; open when left out.
valid_until | Last day on which it holds.
version | Number of the version, counted from 1.
view | What the child wants itself.
vulnerable_count | How many persons have special needs; no codes.
wave | Wave of the survey.
year | Calendar year.
"""
MEANINGS: Mapping[str, str] = {
    name.strip(): meaning.strip() for name, _, meaning in (line.partition("|") for line in TEXT.strip().splitlines())
}


def with_meanings(schema: dict[str, Any]) -> dict[str, Any]:
    """The same JSON Schema with a description on every named property that has none of its own."""
    properties = {name: _meant(name, shape) for name, shape in schema.get("properties", {}).items()}
    definitions = {name: with_meanings(inner) for name, inner in schema.get("$defs", {}).items()}
    return {
        **schema,
        **({"properties": properties} if properties else {}),
        **({"$defs": definitions} if definitions else {}),
    }


def _meant(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    if shape.get("description") or name not in MEANINGS:
        return shape
    return {**shape, "description": MEANINGS[name]}
