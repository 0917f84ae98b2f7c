"""The words that mean something in a name, a handle or a bio. Tables only; every entry is in normal form."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


TITLES = words(
    "mr mrs ms miss mx dr prof professor mag dipl ing sir dame lord lady baroness baron rev fr sr hon rt the right "
    "honourable honorable rep sen senator representative congressman congresswoman mp mep msp gov governor mayor "
    "president capt captain col colonel gen general lt sgt coach chef phd md msc bsc ba ma mba jr ii iii iv esq obe "
    "mbe cbe qc kc herr frau mme mlle monsieur madame don dona dona sig dott dra"
)
"""Words around a name that are no part of it."""

NAMES_TOO = words("don dona mag gen general")
"""Titles that are given names as well: they are, where only one other word is left."""

PARTICLES = words(
    "van von de der den del della dela di da do dos das du la le los las ten ter zu zur bin ibn ben al el abu san "
    "santa st saint mac mc o d l af av op"
)
"""Words that belong to the surname after them."""

HANDLE_PREFIXES = (
    "official", "therealest", "thereal", "real", "iam", "im", "its", "hey", "hello", "the", "just", "mister", "miss",
    "congressman", "congresswoman", "congressperson", "senator", "senateur", "senadora", "senador", "senatore",
    "representative", "usrep", "rep", "sen", "governor", "ltgovernor", "ltgov", "ltg", "lg", "gov", "mayor",
    "maire", "councilmember", "councilman", "councilwoman", "councillor", "cllr", "assemblymember", "assemblyman",
    "assemblywoman", "commissioner", "commish", "supervisor", "attorneygeneral", "president", "secretary",
    "treasurer", "speaker", "minister", "delegate", "judge", "sheriff", "depute", "deputy", "mdb", "mep", "msp", "mla",
    "mpp", "mp", "dr", "prof", "mr", "mrs", "ms", "coach", "chef", "dj", "friendsof", "team", "votefor", "vote",
    "reelect", "elect", "ask", "ag", "dev", "x", "i", "_",
)  # fmt: skip
"""What people write before their name in a handle; longest first wherever one begins another."""

HANDLE_SUFFIXES = (
    "official", "forcongress", "forsenate", "forgovernor", "codes", "code", "tech", "writes", "photos", "photo",
    "music", "press", "office", "online", "lawmaker", "real", "blog", "senator", "senateur", "senat", "depute", "mayor",
    "governor", "leads", "phd", "mep", "msp", "mla", "mpp", "mdb", "mp", "md", "qc", "kc", "mdl", "dev",
    "art", "hq", "tv", "jr", "io", "com", "net", "org", "nyc", "uk", "usa", "us", "eu", "ldn", "x",
)  # fmt: skip

ROLE_AFFIXES = {
    "rep": "deputy", "usrep": "deputy", "representative": "deputy", "congressman": "deputy", "congresswoman": "deputy",
    "congressperson": "deputy", "cong": "deputy", "assemblyman": "deputy", "assemblywoman": "deputy",
    "assemblymember": "deputy", "delegate": "deputy", "mla": "deputy", "mpp": "deputy", "deputy": "deputy",
    "ltgovernor": "governor", "ltgov": "governor", "lg": "governor", "commissioner": "commissioner",
    "commish": "commissioner", "councilman": "councillor", "councilwoman": "councillor",
    "councilmember": "councillor", "councillor": "councillor", "cllr": "councillor", "senador": "senator",
    "senadora": "senator", "senatore": "senator", "senat": "senator", "minister": "minister", "maire": "mayor",
    "congress": "deputy", "forcongress": "deputy", "mp": "deputy", "mep": "deputy", "msp": "deputy", "mdb": "deputy",
    "depute": "deputy", "sen": "senator", "senator": "senator", "senateur": "senator", "forsenate": "senator",
    "gov": "governor", "governor": "governor", "forgovernor": "governor", "mayor": "mayor", "dr": "doctor",
    "prof": "doctor", "phd": "doctor", "md": "doctor", "dev": "developer", "devs": "developer", "codes": "developer",
    "code": "developer", "tech": "developer", "coach": "coach", "chef": "chef", "photo": "artist", "photos": "artist",
    "music": "artist", "art": "artist", "writes": "writer",
}  # fmt: skip
"""Titles and trades that people write into a handle, by what they say."""

AFFIX_WORDS = {word for word in (*HANDLE_PREFIXES, *HANDLE_SUFFIXES, *ROLE_AFFIXES) if len(word) > 1} - {"real", "art"}
"""Words that are no part of a name at either end of a handle of several words."""

CAMPAIGNS = words("vote votefor elect reelect forcongress forsenate forgovernor")
"""Words of a handle that asks for votes."""

ROLE_WORDS = {
    "representative": "deputy", "representatives": "deputy", "house": "deputy", "congress": "deputy",
    "congressman": "deputy", "congresswoman": "deputy", "parliament": "deputy", "deputy": "deputy", "depute": "deputy",
    "deputee": "deputy", "commons": "deputy", "bundestag": "deputy", "mp": "deputy", "mep": "deputy", "msp": "deputy",
    "assembly": "deputy", "senator": "senator", "senate": "senator", "senateur": "senator", "senat": "senator",
    "senado": "senator", "governor": "governor", "mayor": "mayor", "doctor": "doctor", "physician": "doctor",
    "professor": "doctor", "university": "doctor", "researcher": "doctor", "scientist": "doctor",
    "developer": "developer", "engineer": "developer", "software": "developer", "programmer": "developer",
    "cto": "developer", "coach": "coach", "chef": "chef", "cook": "chef", "photographer": "artist",
    "musician": "artist", "artist": "artist", "designer": "artist", "writer": "writer", "journalist": "writer",
    "author": "writer", "council": "councillor", "councillor": "councillor", "commissioner": "commissioner",
    "minister": "minister", "ministry": "minister",
}  # fmt: skip
"""Words of a title or employer, by the role they belong to."""

CAMPAIGN = "campaign"
"""The role of a handle that says what it runs for, or asks for votes."""

OFFICES = words("deputy senator governor mayor councillor commissioner minister")
"""Roles that people are voted into."""

_ROLES = sorted({*ROLE_AFFIXES.values(), *ROLE_WORDS.values(), CAMPAIGN})
ROLES_NUMBERED = {role: number for number, role in enumerate(_ROLES)}


CAUTIONS = words(
    "official officiel oficial offiziell giveaway giveaways fan fans fanpage fanclub parody parodie parodia fake "
    "tribute unofficial impersonator impersonation spoof satire notreal support helpdesk helpline promo promotion "
    "airdrop prize winner rewards refund refunds customercare imposter clone backup"
)
"""Words that accounts posing as somebody wear. They never link."""

LONG_CAUTIONS = (
    "giveaway", "fanpage", "parody", "unofficial", "fanclub", "official", "helpdesk", "notreal", "airdrop",
)  # fmt: skip
"""Those of which no name is a part: they count wherever they stand in a handle."""

BIO_CAUTIONS = (
    "parody", "parodie", "fan account", "fan page", "fanpage", "fan club", "not affiliated", "no affiliation",
    "unofficial", "not the real", "satire", "impersonat", "tribute account", "commentary account", "backup account",
)  # fmt: skip

ORGANISATION = words(
    "inc ltd llc gmbh ag sa sas bv nv plc corp corporation company foundation association committee caucus party "
    "ministry department agency bureau council university institute college school church club team studio studios "
    "labs group media news magazine podcast radio store shop conference meetup community usergroup democrats "
    "republicans dems gop airline airlines airways airport hotel restaurant"
)

COMPANY_FORMS = words(
    "inc ltd limited llc gmbh ag sa sas sarl bv nv plc corp corporation co company kk oy ab as aps srl spa the group"
)

ROLES = words(
    "info sales support contact hello hi admin administrator office mail email team help service customerservice "
    "billing marketing press media jobs hr webmaster postmaster noreply no-reply newsletter accounts finance "
    "enquiries inquiries reception booking bookings kontakt contacto contato me my the us all news shop"
)
"""Local parts of addresses that belong to nobody in particular."""

MAIL_HOSTS = words(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com proton.me protonmail.com "
    "gmx.net gmx.de web.de aol.com mail.ru yandex.ru naver.com daum.net hanmail.net qq.com 163.com free.fr orange.fr "
    "hotmail.co.uk yahoo.co.uk msn.com fastmail.com"
)
"""Hosts that give an address to anybody."""

SHARED_HOSTS = words(
    "about.me ameblo.jp beacons.ai bio.link blogspot.com brunch.co.kr bsky.social cafe24.com carrd.co daum.net "
    "dev.to dothome.co.kr egloos.com fc2.com firebaseapp.com fosstodon.org github.io gitlab.io google.com "
    "hashnode.dev hatena.ne.jp hatenablog.com herokuapp.com linktr.ee livejournal.com mastodon.online "
    "mastodon.social medium.com naver.com netlify.app note.com notion.site oopy.io over-blog.com pages.dev "
    "postach.io qiita.com rbind.io sites.google.com squarespace.com substack.com tistory.com tumblr.com velog.io "
    "vercel.app web.app weebly.com wixsite.com wordpress.com youtube.com zenn.dev"
)
"""Hosts where strangers live side by side: the host says nothing, the first label or the path does."""

SOCIAL_HOSTS = {
    "twitter.com": "x", "x.com": "x", "github.com": "github", "instagram.com": "instagram",
    "facebook.com": "facebook", "fb.com": "facebook", "linkedin.com": "linkedin", "medium.com": "medium",
    "bsky.app": "bluesky", "youtube.com": "youtube", "threads.net": "threads", "tiktok.com": "tiktok",
    "reddit.com": "reddit", "speakerdeck.com": "speakerdeck", "slideshare.net": "slideshare",
    "mastodon.social": "mastodon", "gitlab.com": "gitlab", "t.me": "telegram", "pinterest.com": "pinterest",
}  # fmt: skip

WORKSHOPS = words("github gitlab codeberg bitbucket speakerdeck stackoverflow")
"""Platforms that people of one trade use: those who write software."""

PLATFORM_ALIASES = {"twitter": "x", "bsky": "bluesky", "fb": "facebook", "ig": "instagram", "insta": "instagram"}

PLACEHOLDERS = words(
    "user unknown anonymous anon guest test null none undefined nan na deleted account profile customer me admin "
    "nobody noname name instagramuser twitteruser facebookuser"
)
"""Names that say that there is no name."""
