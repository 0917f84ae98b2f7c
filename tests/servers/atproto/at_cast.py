"""Who takes part: the accounts of the network and the contacts of the CRM. All invented.

The story behind each account is its `role`, and what a careful matcher may do with it is
`expect`: "link" (safe without a person), "review" (propose to a person, never link),
"no_link" (an impostor: never linked, may be flagged), "nothing" (neither).
"""

from __future__ import annotations

import csv
import io
from typing import NamedTuple


class Cast(NamedTuple):
    """One account. `contact` is whose it really is, `near` are contacts it only resembles."""

    name: str
    handle: str
    display_name: str
    bio: str
    role: str
    expect: str
    why: str
    contact: str | None = None
    near: tuple[str, ...] = ()


BRAND = Cast(
    "brand", "skylarkair.test", "Skylark Air", "Small airline, big windows. Help: help@skylarkair.example",
    "brand", "nothing", "the brand itself")  # fmt: skip

CUSTOMERS = (
    Cast("maria", "mariagonz.test", "María González", "Lisbon · trains, planes, ceramics",
         "customer_provided", "link", "the contact record lists this handle", "C001"),
    Cast("thandi", "thandi-flies.test", "Thandi ✈️", "Cellist. Always asks about hand luggage 🎻",
         "customer_provided", "link", "the contact record lists this handle; the display name is a nickname", "C002"),
    Cast("juergen", "juergen-w.test", "Jürgen Weißdorn", "Wandern, Fjorde, Fahrpläne",
         "customer_provided", "link", "the contact record lists this handle, with @ and a capital", "C003"),
    Cast("ngozi", "slowtravel-ngozi.test", "Ngozi Abaraonye", "Slow travel: I write about seats and slow journeys",
         "own_site", "link", "the handle is the host of the contact's website", "C004"),
    Cast("emile", "emiledufrene.test", "Émile Dufrêne-Roy", "Contrebassiste",
         "own_site", "link", "the handle is the host of the contact's website", "C005"),
    Cast("zofia", "zzurawska.test", "Zofia Żurawska", "Travel notes from Gdynia. Write to zofia.zurawska@example.com",
         "email_in_bio", "link", "the contact's e-mail stands in the bio and the name agrees", "C006"),
    Cast("arjun", "biscuit-and-me.test", "Arjun Mehrotra-Pillai", "Designer, dog person 🐕 arjun@pillai-design.example",
         "email_in_bio", "link", "the contact's e-mail stands in the bio and the name agrees", "C007"),
    Cast("linnea", "nattsyster84.test", "Linnéa Åkerblom", "Göteborg",
         "email_local", "link", "first label of the handle = local part of the e-mail, and the name agrees", "C008"),
    Cast("mateus", "pastelaria-sol.test", "Mateus Carvalhal", "Porto, café, aviões",
         "email_local", "link", "first label of the handle = local part of the e-mail, and the name agrees", "C009"),
    Cast("isak", "isaklyngdal.test", "Isak Lyngdal", "Nordland",
         "email_name", "review", "handle = local part of the e-mail, but both are merely the name: anybody can copy it",
         "C031"),
    Cast("hana", "brno-runner.test", "Hana Vlčková", "Running and waiting at gates",
         "name_only", "review", "same name as exactly one contact, nothing else; several posts wait", "C010"),
    Cast("seun", "tuesday-flyer.test", "Oluwaseun Bamidele", "",
         "name_only", "review", "same name as exactly one contact, nothing else", "C011"),
    Cast("priya", "chutney-club.test", "Priya Raghunath", "Vegan in transit",
         "name_only", "review", "same name as exactly one contact, nothing else", "C012"),
    Cast("svetlana", "morning-sky.test", "Светлана Морозкина", "Мама двух мальчишек",
         "cross_script", "review", "the contact's name in Cyrillic script, nothing else", "C013"),
    Cast("solbi", "puppy-window.test", "한솔비", "반려견과 여행해요",
         "cross_script", "review", "the contact's name in Hangul, nothing else", "C014"),
    Cast("daniel", "dan-on-tour.test", "Daniel Haverford", "Sound engineer",
         "namesake", "review", "two contacts bear this name: it could be either", None, ("C015", "C016")),
    Cast("ingrid", "ingridsolbakk.test", "Ingrid Solbakk", "Oslo",
         "do_not_profile", "nothing", "would match by e-mail and name, but the contact said no to profiling", "C017"),
    # Cyrillic а and е in an otherwise Latin name.
    Cast("fake_maria", "mariagonz1.test", "Mаríа Gonzálеz", "Lisbon · trains, planes, ceramics",
         "impersonator", "no_link", "copies a linked customer's name with look-alike letters, and the bio",
         None, ("C001",)),
    # Cyrillic о and а; the bio, and with it the e-mail, is copied.
    Cast("fake_zofia", "zzurawska-pl.test", "Zоfiа Żurawska",
         "Travel notes from Gdynia. Write to zofia.zurawska@example.com",
         "impersonator", "no_link", "copies a linked customer's name with look-alike letters, and the bio and e-mail",
         None, ("C006",)),
    Cast("giveaway", "linnea-gifts.test", "Linnéa Åkerblom Official Giveaway", "Winners every day 🎁",
         "official_suffix", "no_link", "a customer's name with 'Official Giveaway' behind it", None, ("C008",)),
    Cast("kirri", "kirri-b.test", "Kirri Bindari", "Backpack first, map later",
         "stranger", "nothing", "no contact has anything of this account"),
    Cast("larsoe", "lars-oe.test", "Lars Ø.", "",
         "stranger", "nothing", "no contact has anything of this account"),
    Cast("yuki", "hoshi-no-tabi.test", "星田ゆき", "旅と写真",
         "stranger", "nothing", "no contact has anything of this account"),
    Cast("points", "points-nerd.test", "points nerd 🧮", "Spreadsheets about bonus miles",
         "stranger", "nothing", "no contact has anything of this account"),
    Cast("birds", "fenland-birds.test", "Fenland Bird Notes", "A notebook of field birds",
         "stranger", "nothing", "writes about skylarks, the birds"),
    Cast("bo", "harbour-bo.test", "Bo", "Boats mostly",
         "stranger", "nothing", "no contact has anything of this account; takes one post back at once"),
)  # fmt: skip

COLUMNS = (
    "contact_id", "first_name", "last_name", "full_name", "email", "phone", "title", "company",
    "website", "city", "region", "country", "extra",
)  # fmt: skip

# id | first | last | e-mail | phone | title | company | website | city | region | country | extra
# The phone numbers lie in ranges that are kept free for fiction.
CONTACTS = """\
C001|María|González|maria.gonzalez@example.com|+1 202-555-0101|Ceramicist|Barro Studio||Lisbon||PT|handles=bluesky:mariagonz.test;instagram:m.gonz
C002|Thandiwe|Nkosi|thandiwe@nkosi-strings.example|+1 202-555-0102|Cellist|||Durban|KwaZulu-Natal|ZA|handles=bluesky:thandi-flies.test
C003|Jürgen|Weißdorn|j.weissdorn@example.com|(202) 555-0103|Surveyor|Kartwerk||Jena|Thüringen|DE|handles=bluesky:@Juergen-W.test
C004|Ngozi|Abaraonye|ngozi@abaraonye.example|+44 7700 900104|Writer||https://slowtravel-ngozi.test/|Leeds||GB|
C005|Émile|Dufrêne-Roy|contact@dufrene-roy.example|+1 202-555-0105|Musician||https://emiledufrene.test/|Lyon||FR|handles=instagram:emile.basse
C006|Zofia|Żurawska|zofia.zurawska@example.com|+1 202-555-0106|Teacher|||Gdynia|Pomorskie|PL|
C007|Arjun|Mehrotra-Pillai|arjun@pillai-design.example|+1 202-555-0107|Designer|Pillai Design|https://pillai-design.example/|Kochi|Kerala|IN|
C008|Linnéa|Åkerblom|nattsyster84@example.com|+1 202-555-0108|Nurse|||Göteborg||SE|
C009|Mateus|Carvalhal|pastelaria-sol@correio.example|+1 202-555-0109|Baker|Padaria Sol||Porto||PT|
C010|Hana|Vlčková|hvlckova77@example.com|+1 202-555-0110|Accountant|||Brno||CZ|
C011|Oluwaseun|Bamidele|o.bamidele@harbourbank.example|+44 7700 900111|Analyst|Harbour Bank||London||GB|
C012|Priya|Raghunath|praghu@example.com|+1 202-555-0112|Chemist|||Pune|Maharashtra|IN|
C013|Svetlana|Morozkina|smorozkina@example.com|+1 202-555-0113|Translator|||Almaty||KZ|
C014|Solbi|Han|han.sb@example.com|+1 202-555-0114|Illustrator|||Daegu||KR|
C015|Daniel|Haverford|daniel.haverford@example.com|+1 202-555-0115|Engineer|||Bristol||GB|
C016|Daniel|Haverford|d.haverford@fennlogistics.example|+1 202-555-0116|Driver|Fenn Logistics||Toledo|OH|US|
C017|Ingrid|Solbakk|ingridsolbakk@example.com|+1 202-555-0117|Architect|||Oslo||NO|handles=instagram:ingrid.s|do_not_profile=1
C018|Amara|Tindall|amara.tindall@example.com|+1 202-555-0118|Buyer|Kestrel Works|https://kestrelworks.example/|Boston|MA|US|
C019|Kwame|Osei-Larkin|kwame@osei-larkin.example|+44 7700 900119|Lawyer|||Accra||GH|
C020|Yara|Haddadin|yara.haddadin@example.com|+1 202-555-0120|Doctor|||Amman||JO|handles=instagram:yara.flies
C021|Renzo|Bellacqua|renzo.b@example.com|+1 202-555-0121|Chef|Trattoria Renna||Bari|Puglia|IT|
C022|Mei|Tsukamori|mei.tsukamori@example.com|+1 202-555-0122|Student|||Sapporo||JP|
C023|Hugo|Vanderstraat|hugo@vanderstraat.example|+1 202-555-0123|Photographer||https://vanderstraat.example/|Ghent||BE|
C024|Aroha|Tewhare|aroha.tewhare@example.com|+61 491 570 156|Ranger|||Wellington||NZ|
C025|Diego|Quiñonero|dquinonero@example.com|+1 202-555-0125|Plumber|||Quito||EC|
C026|Fatoumata|Diallo-Brun|fatou@brun-conseil.example|+1 202-555-0126|Consultant|Brun Conseil||Dakar||SN|
C027|Siobhán|Mac Aonghusa|siobhan.m@example.com|+1 202-555-0127|Potter|||Galway||IE|
C028|Lan Chi|Nguyễn|lanchi@example.com|+1 202-555-0128|Florist|||Huế||VN|
C029|Pavel|Hořínek|phorinek@example.com|+1 202-555-0129|Mechanic|||Olomouc||CZ|
C030|Elif|Karadenizli|elif.k@example.com|+1 202-555-0130|Pharmacist|||Trabzon||TR|
C031|Isak|Lyngdal|isaklyngdal@example.com|+1 202-555-0131|Fisher|||Bodø||NO|
C032|Chloe|Pemberwick|chloe.pemberwick@example.com|+44 7700 900132|Editor|Quayside Press||Hull||GB|handles=x:chloepemb
C033|Tariq|Zamanpour|tariq.z@example.com|+1 202-555-0133|Tailor|||Lyon||FR|
C034|Wanjiru|Kamande|wanjiru@kamande.example|+1 202-555-0134|Coach|||Nakuru||KE|
C035|Olena|Barvinok|obarvinok@example.com|+1 202-555-0135|Librarian|||Lviv||UA|
C036|Broken|Address|not-an-address|+1 202-555-0136||||Nowhere|||
|Missing|Id|missing.id@example.com|+1 202-555-0137||||Nowhere|||
"""  # noqa: E501


def contacts_csv() -> str:
    """The CRM's export: 35 good rows, then a bad e-mail and a missing id. Always the same text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in CONTACTS.splitlines():
        # `extra` comes last and has bars of its own.
        contact_id, first, last, *rest = line.split("|", 11)
        writer.writerow([contact_id, first, last, f"{first} {last}", *rest])
    return out.getvalue()
