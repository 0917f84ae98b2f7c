"""Invented customers of many cultures, for the hostile set: what their company knows, and what is public of them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from socialcrm.model import Contact

# given names | surnames, as people of that culture write them; names repeat, so the CRM has namesakes of its own
CULTURES: dict[str, tuple[str, str]] = {
    "English": ("Oliver Harriet Desmond Imogen Rupert Beatrix Clive Rosalind", "Ashdown Thistlewood Pike Harrow Marsh"),
    "Spanish": ("Álvaro Ximena Joaquín Rocío Íñigo Lucía Gonzalo Paloma", "Peñalver Zubiri Quiroga Ibarra Montalbán"),
    "German": ("Jürgen Annegret Götz Liesl Rüdiger Wiebke Falk Almut", "Grünwald Öttinger Strößner Kaltenbach Weiß"),
    "French": (
        "Aurélien Maëlle Thibault Océane Rémy Solène Gaël Noémie",
        "Desrochers Lefèvre Vauquelin Béranger Aubry",
    ),
    "Polish": ("Łukasz Bożena Wojciech Żaneta Grażyna Zbigniew", "Wróblewski Świątek Piątkowski Źdźbło Dąbek"),
    "Turkish": ("Çağlar Şebnem Oğuz İpek Gülşah Tuğrul", "Yıldırım Özgür Çelikkol Şahinbaş Kılıçer"),
    "Vietnamese": ("Thảo Dũng Hương Quỳnh Tuấn Ngọc", "Nguyễn Phạm Đặng Huỳnh Trịnh"),
    "Hungarian": ("Zoltán Csilla Gergő Piroska Ákos Virág", "Szőke Kővári Bánhidi Gyarmati Üveges"),
    "Nigerian": ("Chukwuemeka Folake Babatunde Ngozi Ifeoma Tobenna", "Adeyemi Okonkwo Ezekwesili Balogun Nwachukwu"),
    "Indian": (
        "Raghavendra Meenakshi Arjun Lakshmi Devika Siddharth",
        "Krishnamurthy Iyengar Deshpande Bhattacharya Menon",
    ),
    "Russian": ("Дмитрий Екатерина Ярослав Людмила Фёдор Злата", "Щербаков Жуковский Цветков Юшкевич Хрущёв"),
    "Greek": ("Γιώργος Ελένη Θανάσης Δήμητρα Σπύρος", "Παπανικολάου Χατζής Βλαχόπουλος Ψαράς Ξενάκης"),
    "Korean": ("민준 서연 지훈 하은 도윤", "김 이 박 최 정"),
    "Chinese": ("伟强 丽娟 建国 晓梅 志明", "王 李 陈 黄 赵"),
    "Japanese": ("健太郎 美咲 翔太 陽子 直樹", "佐藤 渡辺 山崎 長谷川 小林"),
    "Arabic": ("خالد فاطمة يوسف ليلى طارق", "الحسن المصري حداد النجار منصور"),
    "Hebrew": ("נועם שירה איתי יעל אורי", "לוי כהן מזרחי פרץ ביטון"),
}
FAMILY_FIRST = {"Korean", "Chinese", "Japanese"}
TOWNS = (
    ("Leuven", "Belgium"), ("Cork", "Ireland"), ("Porto", "Portugal"), ("Graz", "Austria"), ("Turku", "Finland"),
    ("Zadar", "Croatia"), ("Halifax", "Canada"), ("Perth", "Australia"), ("Busan", "South Korea"), ("Izmir", "Turkey"),
)  # fmt: skip
TITLES = ("Head of logistics", "Night nurse", "Civil engineer", "Violin teacher", "Tax adviser", "Head gardener")
COMPANIES = tuple(
    f"{first} {second}"
    for first in ("Copperleaf", "Northgate", "Bluefin", "Larkspur", "Ironbridge", "Saltmarsh")
    for second in ("Logistics", "Foods", "Instruments", "Printing")
)
_WORDS = "otter kestrel pebble lantern marmot thimble juniper cobalt walnut sparrow tundra saffron heron quartz".split()
_LATIN = {
    "Дмитрий": "dmitri", "Екатерина": "ekaterina", "Ярослав": "yaroslav", "Людмила": "lyudmila", "Фёдор": "fyodor",
    "Злата": "zlata", "Щербаков": "shcherbakov", "Жуковский": "zhukovsky", "Цветков": "tsvetkov",
    "Юшкевич": "yushkevich", "Хрущёв": "khrushchev",
}  # fmt: skip
_PLAIN = str.maketrans("áàâãäåçéèêëíìîïıłñóòôõöøőőúùûüűýżźśńćęąşğđ", "aaaaaaceeeeiiiiilnoooooooouuuuuyzzsnceasgd")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: the record, the culture, and the private clue that only the company and they know."""

    contact: Contact
    culture: str
    first: str
    last: str
    secret: str
    recorded: str

    @property
    def shown(self) -> str:
        """The name as its bearer writes it."""
        return self.contact.name

    @property
    def address(self) -> str:
        """The person's own e-mail address."""
        return self.contact.emails[0]

    @property
    def company_host(self) -> str:
        """The host of the employer's web site."""
        return company_host(self.contact.company)

    @property
    def latin(self) -> tuple[str, str]:
        """Given name and surname in plain Latin letters, for handles; empty where there is no simple reading."""
        return plain(self.first), plain(self.last)


def company_host(company: str) -> str:
    """The host of a company's web site."""
    return f"{company.replace(' ', '').casefold()}.example"


def plain(text: str) -> str:
    """A name in the letters of a handle; what has no such letters is left out."""
    folded = _LATIN.get(text, text).casefold().translate(_PLAIN).replace("ß", "ss")
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def people(count: int, chance: random.Random) -> list[Person]:
    """Customers, the same for the same seed; many share a name with another one."""
    return [_person(number, chance) for number in range(count)]


def _person(number: int, chance: random.Random) -> Person:
    culture = list(CULTURES)[number % len(CULTURES)]
    givens, surnames = (words.split() for words in CULTURES[culture])
    first, last = chance.choice(givens), chance.choice(surnames)
    secret = f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}{number:04}"
    recorded = f"{chance.choice(_WORDS)}_{number:04}"
    town, country = chance.choice(TOWNS)
    company = chance.choice(COMPANIES)
    name = f"{last}{first}" if culture in FAMILY_FIRST else f"{first} {last}"
    contact = Contact(
        id=f"H{number:05}",
        first_name=first,
        last_name=last,
        full_name=name,
        emails=(f"{secret}@mailbox.example", f"info@{company_host(company)}"),
        phones=(f"+44 20 7946 {number:04}",),
        title=chance.choice(TITLES),
        company=company,
        city=town,
        country=country,
        websites=(f"https://{secret}.example", f"https://{company_host(company)}"),
        handles={"x": (recorded,)},
    )
    return Person(contact, culture, first, last, secret, recorded)
