"""What is said on the network, in the order in which it is said. All invented."""

from __future__ import annotations

from typing import NamedTuple

BRAND_MENTION = "@skylarkair.test"


class Post(NamedTuple):
    """One post. `reply_to` and `quotes` name other posts by key; `relevant` says whether it is about the airline."""

    key: str
    author: str
    text: str
    reply_to: str | None = None
    quotes: str | None = None
    lang: str = "en"
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    relevant: bool = True

    @property
    def mentions_brand(self) -> bool:
        return BRAND_MENTION in self.text

    @property
    def kind(self) -> str:
        if self.author == "brand":
            return "brand"
        if self.reply_to:
            return "reply"
        if self.quotes:
            return "quote"
        return "mention" if self.mentions_brand else "search"


FIRST = (
    # Announcements of the brand.
    Post("route", "brand", "New from October: Skylark Air flies Lisbon – Tromsø, four times a week. "
         "Sit on the left to see the fjords first. #NewRoute", tags=("NewRoute",)),
    Post("pets", "brand", "Small pets may travel in the cabin on every Skylark Air flight from Monday. "
         "One carrier per passenger, up to 8 kg."),
    Post("fog", "brand",
         "Fog at Halden airport: SLK402 and SLK403 leave about two hours late. Rebooking is free today."),
    # A talk seven levels deep below an announcement. The last one is five levels below
    # the brand's answer: no notification tells the brand, and a thread read to the usual
    # depth of 6 ends before it.
    Post("cello", "thandi", "Finally! Can my cello come along on that route, or does it need its own seat?", "route"),
    Post("cello_answer", "brand",
         "It can travel in a seat of its own, Thandi. Choose 'extra seat' when you book.", "cello"),
    Post("bass", "emile", "I did that with my double bass. The extra seat was half the fare.", "cello_answer"),
    Post("snack", "kirri", "Good to know! Did the bass get its own snack?", "bass"),
    Post("ate_it", "emile", "It did, and I ate it.", "snack"),
    Post("best_answer", "kirri", "Best answer of the week 😂", "ate_it"),
    Post("quiet", "emile", "The bass did not complain. Very quiet neighbour.", "best_answer"),
    Post("daily", "larsoe", "Four times a week is not much. Daily in summer, please.", "route"),
    # A support case: a mention, and the brand answers in the customer's own thread.
    Post("bag", "maria", "@skylarkair.test my suitcase did not arrive with SLK214 in Lisbon last night "
         "and nobody at the desk could help. What do I do now?"),
    Post("bag_1", "brand",
         "Sorry about that, María. Please send us the number on the tag and we will look for it.", "bag"),
    Post("bag_2", "maria", "Done, I sent it ten minutes ago. It is a green suitcase with a yellow ribbon 🎀", "bag_1"),
    Post("bag_3", "brand",
         "Found: it stayed behind in Oslo and is on tonight's flight. We bring it to your hotel.", "bag_2"),
    Post("bag_4", "maria", "It is here! One wheel is broken though. Do I get a refund for that?", "bag_3"),
    Post("bag_5", "brand", "Glad it is back. Damage is covered: send us a photo within seven days, please.", "bag_4"),
    Post("bag_6", "maria", "Photo sent. Thanks for the quick help ❤️", "bag_5"),
    # Mentions.
    Post("rabbit", "thandi", "Huge thanks to the crew of SLK88 today, @skylarkair.test! "
         "They found my daughter's plush rabbit under seat 9C 🐰"),
    Post("cancelled", "juergen", "@skylarkair.test mein Flug SLK31 nach Tromsø wurde gestrichen. "
         "Wann bekomme ich mein Geld zurück?", lang="de"),
    Post("review", "ngozi", "🪟🪟 I wrote about the new cabin of @skylarkair.test: https://slowtravel-ngozi.test/seats "
         "In short: good legroom, thin cushions.", links=("https://slowtravel-ngozi.test/seats",)),
    Post("window", "emile", "@skylarkair.test peut-on encore choisir une place côté hublot après l'enregistrement ?",
         lang="fr"),
    Post("two_seats", "zofia",
         "@skylarkair.test the app says seat 14A and my boarding pass says 22C. Which one is right?"),
    Post("biscuit", "arjun",
         "Good news for Biscuit. He weighs 7.9 kg, so no more treats until Monday 🐕", quotes="pets"),
    Post("gate_info", "linnea",
         "@skylarkair.test två timmar försenat och ingen information vid gaten. Inte okej.", lang="sv"),
    Post("refund_ok", "mateus", "@skylarkair.test obrigado pela rapidez, o reembolso caiu hoje na conta!", lang="pt"),
    Post("madrid", "mateus",
         "@skylarkair.test ¿y cuándo habrá vuelos a Madrid? Mi abuela pregunta cada domingo.", lang="es"),
    Post("first_flight", "svetlana",
         "@skylarkair.test спасибо экипажу рейса SLK17: сын летел впервые и совсем не боялся!",
         lang="ru"),
    Post("puppy", "solbi", "@skylarkair.test 반려견과 함께 타려면 언제까지 예약해야 하나요?", lang="ko"),
    Post("seat_app", "yuki", "@skylarkair.test 座席の変更はアプリからできますか？", lang="ja"),
    Post("twice", "daniel", "@skylarkair.test I was charged twice for one bag on SLK55. Please check."),
    Post("vegan", "priya",
         "@skylarkair.test do you have vegan meals on short flights? The site only says 'on request'."),
    Post("rabbits_too", "priya",
         "@skylarkair.test does that include rabbits? Asking for a very small friend.", "pets"),
    Post("strike", "isak", "@skylarkair.test is SLK9 to Bodø affected by the strike on Friday?"),
    Post("lounge", "ingrid", "@skylarkair.test the lounge in Oslo was closed although the sign said open."),
    # One person with several posts, and a reply that nobody but the thread tells of: its
    # parent is a customer's post.
    Post("gate_b12", "hana",
         "@skylarkair.test waiting at gate B12 for three hours now. Will SLK402 leave at all today?"),
    Post("same_here", "larsoe", "Same here at B12, they just said 19:40.", "gate_b12"),
    Post("not_free", "hana", "Rebooking is not free in the app, it asks me for 40 euros.", "fog"),
    Post("given_away", "hana", "@skylarkair.test and now my seat is gone after the rebooking. A window seat, please?"),
    Post("home", "hana", "Skylark Air put me on the evening flight in the end. Tired, but home."),
    # Nothing but the search finds these.
    Post("lost_again", "seun", "skylark air lost my bag again, second time this year 🙄"),
    Post("miles", "points", "Compared bonus miles: Skylark Air gives more per euro than most, but only on weekdays."),
    Post("stuck", "larsoe", "Anyone else stuck with Skylark Air at Halden? Fog since noon."),
    # Noise: the bird, a boat, a team; and people who want something else.
    Post("bird_1", "birds",
         "First skylark of the year over the north field this morning. What a voice!", relevant=False),
    Post("bird_2", "birds", "A skylark can sing in the air for half an hour. Count of the week: 14.", relevant=False),
    Post("boat", "bo", "Painting my boat, she is called Skylark. Blue or green?", relevant=False),
    Post("gifts", "giveaway", "🎁 WIN two free flights with @skylarkair.test!!! Follow me and send 5 coins: "
         "https://giveaway.example/win 🎁", links=("https://giveaway.example/win",), relevant=False),
    Post("fake_refund", "fake_maria", "@skylarkair.test it is María again. Please pay the refund to my new account, "
         "I send you the number.", relevant=False),
    Post("fake_code", "fake_zofia",
         "@skylarkair.test I cannot open my booking, please send the code to my new address.",
         relevant=False),
    # Taken back before anybody reads.
    Post("wrong", "bo", "@skylarkair.test wrong airline, sorry, please ignore this.", relevant=False),
)  # fmt: skip

DELETED_AT_ONCE = "wrong"

# Pairs of account and post, or of account and account for a follow.
LIKES = (("linnea", "pets"), ("mateus", "route"), ("arjun", "pets"), ("kirri", "cello_answer"))
REPOSTS = (("ngozi", "route"), ("larsoe", "fog"))
FOLLOWS = ("thandi", "priya")

SEARCHES = ("skylark", "Skylark", "skylark air", "Skylark Air")

# The second stage: what happened since the first read.
EDITED = "two_seats"
EDITED_TEXT = (
    "@skylarkair.test the app says seat 14A and my boarding pass says 22C. "
    "Which one is right? (Edit: the flight is SLK61, tomorrow morning.)"
)
DELETED_LATER = "refund_ok"
NEW_REPLY = Post("bag_7", "maria", "The money for the wheel is here already. Well done!", "bag_6")
RENAMED = ("thandi", "Thandi Nkosi-Vale 💍✈️")
