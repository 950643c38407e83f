"""What people call the columns of their lists, and which of ours each of these is."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

# By what it is and language; case, accents, blanks and signs do not count. A number may follow ("Telefon 2").
HEADINGS = {
    "account number": {
        "English": (
            "account, account number, account no, account id, customer number, customer no, "
            "customer id, client number, client no, client id, contract number, contract no"
        ),
        "German": (
            "Konto, Kontonummer, Konto-Nr, Kundennummer, Kunden-Nr, Kunden-ID, Vertragsnummer, Vertrags-Nr"
        ),
        "French": (
            "compte, numéro de compte, n° de compte, n° compte, numéro client, "
            "numéro de client, n° client, n° de client, code client, identifiant client, "
            "id client, numéro de contrat, n° contrat"
        ),
        "Spanish": (
            "cuenta, número de cuenta, nº de cuenta, número de cliente, nº de cliente, "
            "nº cliente, código de cliente, código cliente, id cliente, número de contrato, "
            "nº contrato"
        ),
        "Portuguese": (
            "conta, número da conta, nº da conta, número do cliente, nº do cliente, "
            "nº cliente, código do cliente, código cliente, id cliente, número do contrato, "
            "nº contrato"
        ),
        "Italian": (
            "conto, numero conto, numero di conto, n. conto, numero cliente, n. cliente, "
            "codice cliente, id cliente, numero contratto, n. contratto"
        ),
    },
    "first name": {
        "English": "first name, given name, forename, christian name",
        "German": "Vorname, Vornamen, Rufname",
        "French": "prénom, prénoms",
        "Spanish": "nombre, nombres, nombre de pila, primer nombre",
        "Portuguese": "nome, primeiro nome, nome próprio",
        "Italian": "nome, nome di battesimo",
    },
    "last name": {
        "English": "last name, surname, family name",
        "German": "Nachname, Familienname, Zuname",
        "French": "nom, nom de famille",
        "Spanish": "apellido, apellidos, primer apellido",
        "Portuguese": "sobrenome, apelido, último nome",
        "Italian": "cognome",
    },
    "phone": {
        "English": (
            "phone, phone number, phone no, telephone, telephone number, telephone no, tel, "
            "tel no, mobile, mobile phone, mobile number, mobile no, cell, cell phone, "
            "cell number, cellular, home, home phone, home number, work, work phone, "
            "work number, business phone, office, office phone, landline, main phone, "
            "primary phone, other phone, alternate phone, day phone, daytime phone, "
            "evening phone, contact number"
        ),
        "German": (
            "Telefon, Telefonnummer, Telefon-Nr, Tel-Nr, Fon, Rufnummer, Festnetz, "
            "Festnetznummer, Handy, Handynummer, Handy-Nr, Mobil, Mobiltelefon, Mobilnummer, "
            "Mobil-Nr, Mobilfunk, privat, Telefon privat, Tel privat, geschäftlich, "
            "Telefon geschäftlich, Tel geschäftlich, dienstlich, Telefon dienstlich, "
            "Tel dienstlich, Telefon mobil, Tel mobil, Büro, Telefon Büro, Telefon Arbeit, "
            "Telefon Festnetz"
        ),
        "French": (
            "téléphone, numéro de téléphone, n° de téléphone, n° téléphone, n° tél, tél, "
            "fixe, téléphone fixe, tél fixe, mobile, portable, téléphone portable, "
            "téléphone mobile, tél portable, tél mobile, n° portable, n° mobile, "
            "numéro de portable, domicile, téléphone domicile, tél domicile, travail, "
            "téléphone travail, tél travail, téléphone professionnel, tél professionnel, "
            "tél pro, bureau, téléphone bureau, tél bureau, gsm"
        ),
        "Spanish": (
            "teléfono, número de teléfono, nº de teléfono, nº teléfono, tlf, telf, tfno, "
            "fijo, teléfono fijo, móvil, teléfono móvil, número de móvil, nº móvil, celular, "
            "teléfono celular, número de celular, casa, teléfono casa, teléfono de casa, "
            "teléfono particular, trabajo, teléfono trabajo, teléfono del trabajo, oficina, "
            "teléfono oficina, teléfono de oficina"
        ),
        "Portuguese": (
            "telefone, número de telefone, nº de telefone, nº telefone, fone, fixo, "
            "telefone fixo, telemóvel, nº telemóvel, número de telemóvel, telefone móvel, "
            "celular, telefone celular, número de celular, casa, telefone casa, "
            "telefone de casa, residencial, telefone residencial, trabalho, "
            "telefone trabalho, telefone do trabalho, comercial, telefone comercial"
        ),
        "Italian": (
            "telefono, numero di telefono, numero telefono, n. telefono, n. tel, fisso, "
            "telefono fisso, cellulare, telefono cellulare, numero di cellulare, "
            "numero cellulare, n. cellulare, mobile, telefono mobile, casa, telefono casa, "
            "tel casa, abitazione, telefono abitazione, lavoro, telefono lavoro, tel lavoro, "
            "ufficio, telefono ufficio, tel ufficio"
        ),
    },
    # Where there is no column of last names.
    "whole name": {
        "English": "name, full name, customer name, contact name",
        "German": "Name, vollständiger Name, Kundenname",
        "French": "nom complet, nom et prénom, nom prénom, prénom nom, nom du client",
        "Spanish": "nombre completo, nombre y apellidos, nombre y apellido, nombre del cliente",
        "Portuguese": "nome completo, nome do cliente",
        "Italian": "nome completo, nome e cognome, cognome e nome, nome cliente, nominativo",
    },
    "agent": {
        "English": "agent, agent id",
        "German": "Agent, Agenten-ID, Agenten-Nr",
        "French": "agent, id agent, téléconseiller",
        "Spanish": "agente, id agente",
        "Portuguese": "agente, id agente",
        "Italian": "agente, id agente, operatore",
    },
    "campaign": {
        "English": "campaign, campaign id",
        "German": "Kampagne, Kampagnen-ID, Kampagnen-Nr",
        "French": "campagne, id campagne",
        "Spanish": "campaña, id campaña",
        "Portuguese": "campanha, id campanha",
        "Italian": "campagna, id campagna",
    },
    "time of the callback": {
        "English": "callback, callback time, callback date, callback date and time",
        "German": "Rückruf, Rückrufzeit, Rückruftermin, Rückruf am",
        "French": "rappel, heure de rappel, date de rappel, date et heure de rappel",
        "Spanish": ("hora de llamada, fecha de llamada, fecha y hora de llamada, devolución de llamada"),
        "Portuguese": "retorno, hora de retorno, data de retorno, data e hora de retorno",
        "Italian": "richiamata, ora di richiamata, data di richiamata, data e ora di richiamata",
    },
    "attempts": {
        "English": "attempts, maximum attempts",
        "German": "Versuche, maximale Versuche",
        "French": "tentatives, nombre de tentatives",
        "Spanish": "intentos, número de intentos",
        "Portuguese": "tentativas, número de tentativas",
        "Italian": "tentativi, numero di tentativi",
    },
}


def plain_name(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if letter.isalnum()).lower()


PLAIN_HEADINGS = {
    meaning: {plain_name(name) for names in languages.values() for name in names.split(", ")}
    for meaning, languages in HEADINGS.items()
}


class Suggestion(dict[int, str]):
    """By position in the header the column that it is; each column once, "" for none."""

    def add(self, position: int, column: str) -> None:
        if position not in self and (not column or column not in self.values()):
            self[position] = column

    def free(self, columns: Sequence[str]) -> list[str]:
        return [column for column in columns if column not in self.values()]


def suggest_columns(
    header: Sequence[str],
    remembered: Iterable[tuple[str, str]],
    columns: Collection[str],
    headings: Mapping[str, Sequence[str]],
) -> list[str]:
    """For each name in the file's header the one of our `columns` that it is: as remembered, else by its own
    name, else by what people call it; else "". A name that stands twice is taken where it stands first.

    `headings` has the columns for what is in HEADINGS, to be filled in this order.
    """
    suggestion = Suggestion()
    suggest_remembered(suggestion, header, remembered, columns)
    known = {plain_name(column): column for column in columns}
    for position, name in enumerate(header):
        if own := known.get(plain_name(name)):
            suggestion.add(position, own)
    for numbered in (True, False):
        for meaning, wanted in headings.items():
            suggest_called(suggestion, header, PLAIN_HEADINGS[meaning], wanted, numbered)
    return [suggestion.get(position, "") for position in range(len(header))]


def suggest_remembered(
    suggestion: Suggestion,
    header: Sequence[str],
    remembered: Iterable[tuple[str, str]],
    columns: Collection[str],
) -> None:
    before: dict[str, list[str]] = defaultdict(list)
    for name, column in remembered:
        before[name].append(column)
    plain = list(map(plain_name, header))
    for position, name in enumerate(header):
        if before[name]:
            column = before[name].pop(0)
            suggestion.add(position, column if column in columns else "")
        elif plain[position] in plain[:position]:
            suggestion.add(position, "")


def suggest_called(
    suggestion: Suggestion,
    header: Sequence[str],
    names: Collection[str],
    columns: Sequence[str],
    numbered: bool,
) -> None:
    """The headings out of `names`, with a number behind them or without, fill `columns` from the first free
    one on; one with a number takes its own column if it can.
    """
    for position, name in enumerate(header):
        base, number = without_number(plain_name(name))
        free = suggestion.free(columns)
        if free and base in names and bool(number) == numbered:
            own = columns[number - 1 : number] if number else []
            suggestion.add(position, own[0] if own and own[0] in free else free[0])


def without_number(name: str) -> tuple[str, int]:
    """A name and the number of one or two digits behind it, 0 without one."""
    found = re.search(r"(?<![0-9])[1-9][0-9]?$", name)
    return (name[: found.start()], int(found[0])) if found else (name, 0)


def repeated(header: Sequence[str]) -> list[str]:
    counts = Counter(map(plain_name, header))
    return list(dict.fromkeys(name for name in header if name and counts[plain_name(name)] > 1))
