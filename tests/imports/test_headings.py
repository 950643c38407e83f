import pytest

from callbacks import callback_import
from campaigns.contact_import import COLUMNS, HEADINGS
from outbound_site.imports.headings import PLAIN_HEADINGS, repeated, suggest_columns

NAMES = ["AccountNumber", "FirstName", "LastName"]


def phones(count):
    return [f"Phone{number:02}" for number in range(1, count + 1)]


def suggested(*header, remembered=()):
    return suggest_columns(header, remembered, COLUMNS, HEADINGS)


def test_columns_are_recognised_by_their_names_and_by_what_is_remembered():
    header = ["account_number", "First Name", "Surname", "Phone", "phone 2", "Mobile", "Phone10", "Note"]
    remembered = [("Mobile", "Phone03"), ("Note", "gone")]
    assert suggested(*header, "Phone 2", remembered=remembered) == [
        *NAMES,
        *["Phone01", "Phone02", "Phone03", "Phone10", "", ""],
    ]


@pytest.mark.parametrize(
    ("language", "header"),
    [
        ("English", "Customer No.|First Name|Last name|Phone|Mobile|Home Phone|Work"),
        ("German", "Kunden-Nr.|Vorname|Nachname|Telefon|Handy|Telefon (privat)|Tel. geschäftlich"),
        ("French", "N° client|Prénom|Nom|Téléphone|Portable|Tél. domicile|Bureau"),
        ("Spanish", "Nº de cliente|Nombre|Apellidos|Teléfono|Móvil|Teléfono de casa|Trabajo"),
        ("Portuguese", "Código do cliente|Nome|Sobrenome|Telefone|Celular|Telefone residencial|Trabalho"),
        ("Italian", "Codice cliente|Nome|Cognome|Telefono|Cellulare|Tel. casa|Ufficio"),
    ],
)
def test_headings_are_recognised_in_six_languages(language, header):
    assert suggested(*header.split("|")) == [*NAMES, *phones(4)]
    assert suggested(*header.upper().split("|")) == [*NAMES, *phones(4)]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Work", "Mobile", "Phone 2"], ["Phone01", "Phone03", "Phone02"]),
        (["Mobile 1", "Mobile 2", "Telefon 1"], phones(3)),
        (["Phone02", "Phone"], ["Phone02", "Phone01"]),
        ([f"Tel {n}" for n in range(1, 13)], [*phones(10), "", ""]),
        (["Phone", "Mobile", "Phone"], ["Phone01", "Phone02", ""]),
        (["Fax", "E-mail", "Notes", ""], ["", "", "", ""]),
        (["Name", "Phone"], ["LastName", "Phone01"]),
        (["Name", "Vorname", "Nachname"], ["", "FirstName", "LastName"]),
        (["Phone 0", "Phone 99", "Phone 100"], ["", "Phone01", ""]),
    ],
)
def test_each_column_is_filled_once(header, columns):
    assert suggested(*header) == columns


def test_columns_of_the_same_name_are_remembered_in_their_order():
    remembered = [("Phone", "Phone02"), ("Phone", "Phone01"), ("Name", "")]
    assert suggested("Phone", "Name", "Phone", remembered=remembered) == ["Phone02", "", "Phone01"]
    assert repeated(["Phone", "Name", "Phone", "", ""]) == ["Phone"]


def test_a_heading_means_one_thing_only():
    phone, account = PLAIN_HEADINGS["phone"], PLAIN_HEADINGS["account number"]
    assert not phone & account
    assert all(name for names in PLAIN_HEADINGS.values() for name in names)


def test_headings_of_callbacks_are_recognised_too():
    header = ["Agente", "Campaña", "Teléfono", "Móvil", "Fecha y hora de llamada", "Intentos"]
    columns = suggest_columns(header, [], callback_import.COLUMNS, callback_import.HEADINGS)
    assert columns == ["AgentSkillTargetId", "CampaignId", "Phone", "", "CallbackDateTime", "MaxAttempts"]
