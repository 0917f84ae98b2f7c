"""Which given names are one name: nicknames and the forms a name takes in other languages."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

# One line, one name; indented lines go on. English nicknames come from the nicknames package.
_FORMS = """
alexander alexandre alejandro alessandro aleksandr aleksander oleksandr aleksandar alexandros alex sasha
  sascha sacha iskander aleksandras
alexandra alejandra alessandra aleksandra oleksandra sasha sascha sacha
andrew andreas andre andrea andres andrei andrey andrzej andrii ondrej anders antti andras
anthony antonio antonin anton antoine antoni antal tonio toni
anna ana anne ann hanna hannah anya ania anja annika anita
catherine katherine katharina catalina caterina ekaterina yekaterina kateryna katarzyna katerina katarina
  katja katya kasia karin
charles carlos carlo karl carl karel karol charlie
christopher cristobal cristoforo christophe krzysztof kristof christoph kristoffer
christian cristian kristian krystian
daniel danilo daniil danylo dan daniele
david davide dawid dawood dafydd
dmitri dmitry dmitriy dmytro dimitri dimitrios dima mitya
edward eduardo edoardo edouard eduard edvard ed
elizabeth elisabeth isabel isabella elisabetta elizaveta yelizaveta elzbieta lisa liza elise erzsebet
emily emilia emilie emiliya
francis francisco francesco francois franz frantisek franciszek ferenc paco pancho pepe frank
frederick friedrich federico frederic fryderyk fredrik frederik
george jorge giorgio georges georg jerzy georgi georgy georgios yuri yury yuriy iurii heorhii gyorgy jiri
  juraj
gregory gregorio grigory grigoriy grzegorz gregor hryhorii grisha
henry enrique enrico henri heinrich henryk hendrik henrik heinz quique
helen elena helena helene yelena olena ilona lena
hugh hugo ugo
ignatius ignacio ignazio nacho
ivan john juan giovanni jean johann johannes jan hans ian sean ioannis yannis giannis janos jovan juhani ion
  joao vanya johan
jacob jakob jakub yakov jaakko james jaime giacomo jacques diego santiago iago tiago
jerome geronimo girolamo hieronymus
joseph jose giuseppe josef jozef yosef iosif osip pepe jozsef beppe youssef yusuf yousef
julia giulia julie yulia iuliia yuliya julija
julian giuliano julien yulian
lawrence laurence lorenzo laurent lorenz lars laurentius
louis luis luigi ludwig lluis luiz lajos ludvig lou
luke lucas luca luc lukas lukasz luka
margaret margarita margherita marguerite margarethe margareta malgorzata greta gretchen rita
mark marcos marco marc marcus markus marek marko
martin martino marton martijn marcin
mary maria marie miriam mariya marija mariam masha mariia manya
matthew mateo matteo mathieu matthieu matthias mateusz matej matija matvei mats
michael miguel michele michel mikhail michal mykhailo mihai mikael mihail misha mikko mihaly
natalia natalie nataliya nathalie natasha natalya nataliia
nicholas nicolas nicola nikolaus nikolai nikolay mykola mikolaj nikolaos nikola miklos niklas nico niko kolya
olga olha helga
paul pablo paolo pavel pawel pavlo pol pal paulo pasha paavo
peter pedro pietro pierre petr piotr petro pyotr pjotr petros petar per pekka
philip felipe filippo philippe filip philipp
ralph raul raoul
raphael rafael raffaele rafal
raymond ramon raimondo raimund
richard ricardo riccardo ryszard rikard
robert roberto rupert ruprecht
roman romain romano
rudolph rodolfo rudolf
sebastian sebastiano sebastien
sergei sergey sergio serge serhii serhiy siergiej seryozha
simon simone simeon szymon semyon
sophia sofia sophie zofia sofiya sofya sonya
stephen steven esteban stefano etienne stephane stefan stepan szczepan istvan stefanos steffen
susan susana susanna suzanne zuzana zsuzsanna
tatiana tatyana tetiana tanya tania tanja
theodore teodoro theodor fyodor fedor fedir feodor
theresa teresa therese tereza
thomas tomas tommaso tomasz toma tamas tom
timothy timoteo timothee timofei timur
valentine valentin valentino walenty
victor vittorio viktor wiktor
vincent vicente vincenzo vincenz vikentiy
vladimir volodymyr wlodzimierz vova volodya
vsevolod sevolod seva
william guillermo guglielmo guillaume wilhelm willem wilhelmus vilhelm vilem liam
yevgeny evgeny evgeniy evgenii yevhen eugene eugenio eugen zhenya
xavier javier saverio xaver
muhammad mohammed mohamed mohammad muhammed mehmet mohamad
ahmed ahmad ahmet
hussein husain hossein huseyin hussain
ali aly
abdullah abdallah abdulla
omar umar omer
khaled khalid halid
"""


@cache
def _groups() -> dict[str, frozenset[str]]:
    from nicknames import name_triplets  # read on first use, not on import

    groups: dict[str, set[str]] = {}
    for triplet in name_triplets():
        groups.setdefault(triplet.name1, set()).add(triplet.name1)
        groups.setdefault(triplet.name2, set()).add(triplet.name1)
    for line in _FORMS.replace("\n  ", " ").splitlines():
        names = line.split()
        for name in names:
            groups.setdefault(name, set()).add(names[0])
    return {name: frozenset(canons) for name, canons in groups.items()}


def canons(given: str) -> frozenset[str]:
    """The names that a given name is a form of; two given names that share one may be the same person's."""
    return _groups().get(given, frozenset())


def given_names() -> Collection[str]:
    """Every given name of which forms are known."""
    return _groups().keys()
