"""What people buy: each sale is posted to the books, kept as a purchase, and announced."""

from __future__ import annotations

from datetime import datetime, timedelta

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.hooks import announce
from emulator.vendors.amilia.lens import Json, Lens, anywhere, number
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.refusing import impossible
from emulator.vendors.amilia.shapes import enrolment, people, sales

LENGTHS = {"Day": 1, "Week": 7}


def post(person: Json, ledger: str, amount: float, group: str, lens: Lens) -> int:
    """Posts a sale to the journal, cash against what was sold. Answers the invoice item's number."""
    world = lens.world
    codes = world.table("postings")
    item, invoice, payment = (
        world.ids.next(f"amilia.{name}", _after(name, world)) for name in ("InvoiceItem", "Invoice", "Payment")
    )
    for posting, code in (("Debit", codes["cash"]), ("Credit", codes[ledger])):
        row = world.rows("ledger_codes").where(OrganizationId=lens.id, Code=code).first()
        world.rows("journal_entries").add(
            {
                "id": str(unused("journal_entries", world)),
                "OrganizationId": lens.id,
                "EffectiveDate": lens.stamp(),
                "LedgerCodeId": number(row.data) if row else 0,
                "Amount": amount,
                "PostingType": posting,
                "InvoiceItemId": item,
                "InvoiceId": invoice,
                "PaymentId": payment if posting == "Debit" else None,
                "AccountId": person["AccountId"],
                "IsCorrection": amount < 0,
                "GroupType": group,
            }
        )
    return item


def _after(name: str, world: World) -> int:
    """The first number that no posting uses."""
    return 1 + max((row.data.get(f"{name}Id") or 0 for row in world.rows("journal_entries").all()), default=0)


def membership_bought(ask: Ask, world: World) -> Outcome:
    """A membership begins today, for the buyer and for others of the account where the plan has room."""
    plan, lens = anywhere("memberships", ask.body["membership_id"], "Membership", world)
    buyer = lens.own("persons", ask.body["person_id"], "Person")
    others = [lens.own("persons", ident, "Person") for ident in ask.body.get("other_person_ids", ())]
    everyone = list({person["id"]: person for person in (buyer, *others)}.values())
    if plan["IsArchived"]:
        raise impossible("the membership is discontinued")
    if len(everyone) > plan["MaxPersons"]:
        raise impossible(f"the membership is for {plan['MaxPersons']} at most")
    if any(person["AccountId"] != buyer["AccountId"] for person in everyone):
        raise impossible("all must be of one account")
    begins = datetime.combine(lens.today, datetime.min.time())
    row = {
        "id": str(unused("membership_purchases", world)),
        "OrganizationId": lens.id,
        "MembershipId": number(plan),
        "PersonIds": [number(person) for person in everyone],
        "AccountId": buyer["AccountId"],
        "PurchasedDate": lens.stamp(),
        "EffectiveDate": begins.isoformat(),
        "ExpirationDate": (begins + timedelta(days=plan["Days"])).isoformat(),
        "IsCancelled": False,
        "InvoiceItemId": post(buyer, "memberships", plan["Price"], "Sale", lens),
    }
    world.rows("membership_purchases").add(row)
    told = {
        "Id": number(row),
        "Membership": lens.name("memberships", number(plan)),
        **sales.dates(row, lens),
        "Persons": [people.summary(person) for person in everyone],
        **_buyer(buyer, row["InvoiceItemId"], lens),
    }
    announce("MembershipPurchased", "Create", told, lens)
    return Outcome(data={"purchase_id": number(row), "invoice_item_id": row["InvoiceItemId"]})


def multipass_bought(ask: Ask, world: World) -> Outcome:
    """A card of passes, full, from today on."""
    card, lens = anywhere("multipasses", ask.body["multipass_id"], "Multipass", world)
    buyer = lens.own("persons", ask.body["person_id"], "Person")
    if card["IsArchived"]:
        raise impossible("the multipass is archived")
    begins = datetime.combine(lens.today, datetime.min.time())
    validity = card.get("ValidityPeriod")
    ends = begins + timedelta(days=validity["Length"] * LENGTHS[validity["Unit"]]) if validity else None
    row = {
        "id": str(unused("multipass_purchases", world)),
        "OrganizationId": lens.id,
        "MultipassId": number(card),
        "PersonId": number(buyer),
        "AccountId": buyer["AccountId"],
        "PurchasedDate": lens.stamp(),
        "EffectiveDate": begins.isoformat(),
        "ExpirationDate": ends and ends.isoformat(),
        "TokensLeft": card["Passes"],
        "IsCancelled": False,
        "InvoiceItemId": post(buyer, "store", card["Price"], "Sale", lens),
    }
    world.rows("multipass_purchases").add(row)
    told = {
        "Id": number(row),
        "MultiPass": lens.name("multipasses", number(card)),
        **sales.dates(row, lens),
        "TokensLeft": row["TokensLeft"],
        "Person": people.summary(buyer),
        **_buyer(buyer, row["InvoiceItemId"], lens),
    }
    announce("MultiPassPurchased", "Create", told, lens)
    return Outcome(data={"purchase_id": number(row), "invoice_item_id": row["InvoiceItemId"]})


def merchandise_bought(ask: Ask, world: World) -> Outcome:
    """Things leave the store, perhaps together with an activity."""
    thing, lens = anywhere("merchandise", ask.body["merchandise_id"], "Merchandise", world)
    buyer = lens.own("persons", ask.body["person_id"], "Person")
    quantity = ask.body.get("quantity", 1)
    activity = ask.body.get("activity_id")
    if activity is not None:
        lens.own("activities", activity, "Activity")
    if thing["IsArchived"] or quantity > thing["Quantity"]:
        raise impossible(f"there are {0 if thing['IsArchived'] else thing['Quantity']} for sale")
    world.rows("merchandise").put({**thing, "Quantity": thing["Quantity"] - quantity})
    row = {
        "id": str(unused("merchandise_purchases", world)),
        "OrganizationId": lens.id,
        "MerchandiseId": number(thing),
        "PersonId": number(buyer),
        "Quantity": quantity,
        "PurchasedDate": lens.stamp(),
        "ActivityId": activity,
        "InvoiceItemId": post(buyer, "store", round(thing["Price"] * quantity, 2), "Sale", lens),
    }
    world.rows("merchandise_purchases").add(row)
    told = {
        "Id": number(row),
        "Merchandise": lens.name("merchandise", number(thing)),
        "Quantity": quantity,
        "PurchasedDate": lens.moment(row["PurchasedDate"]),
        "Person": people.summary(buyer),
        "LinkedPurchase": None if activity is None else {"Type": "Activity", "Id": activity},
        **_buyer(buyer, row["InvoiceItemId"], lens),
    }
    announce("MerchandisePurchased", "Create", told, lens)
    return Outcome(data={"purchase_id": number(row), "invoice_item_id": row["InvoiceItemId"]})


def donation_made(ask: Ask, world: World) -> Outcome:
    """A gift to a campaign."""
    campaign, lens = anywhere("donations", ask.body["donation_id"], "Donation", world)
    giver = lens.own("persons", ask.body["person_id"], "Person")
    row = {
        "id": str(unused("donations_sold", world)),
        "OrganizationId": lens.id,
        "InvoiceItemId": post(giver, "donations", ask.body["amount"], "Sale", lens),
        "PurchasedDate": lens.stamp(),
        "DonationId": number(campaign),
        "PersonId": number(giver),
    }
    world.rows("donations_sold").add(row)
    announce("DonationPurchased", "Create", sales.donation(row, lens), lens)
    return Outcome(data={"invoice_item_id": row["InvoiceItemId"]})


def _buyer(person: Json, item: int, lens: Lens) -> Json:
    return {"AccountOwner": enrolment.account_owner(person, lens), "InvoiceItem": {"Id": item}}
