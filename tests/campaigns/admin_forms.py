"""The forms of the admin as a browser sends them: what the page shows, with some fields typed over."""

from lxml import html

INLINE = "skill_group_infos"


def fields_of(answer):
    """`{name: value}` of the page's main form; an unticked box is absent, as in a browser."""
    form = html.fromstring(answer.content.decode()).get_element_by_id(
        f"{answer.context['opts'].model_name}_form"
    )
    return dict(form.form_values())


def submit(client, path, **typed):
    """Open the page, type over some fields (None unticks or leaves out) and send it."""
    values = fields_of(client.get(path)) | typed
    return client.post(path, {name: value for name, value in values.items() if value is not None})


def with_skill_groups(*groups, **parameters):
    """The rows of the inline for new assignments; each takes the same parameters."""
    rows = {f"{INLINE}-TOTAL_FORMS": str(len(groups))}
    for number, group in enumerate(groups):
        defaults = {"overflow_agents": "0", "records_to_cache": "1", "ivr_ports": "0"}
        for name, value in {"skill_group": group.pk, **defaults, **parameters}.items():
            rows[f"{INLINE}-{number}-{name}"] = value
    return rows


def errors_of(answer):
    """All errors of the form that was shown again, by field; those of the inline under `inline`."""
    assert answer.status_code == 200, "the form was accepted"
    errors = dict(answer.context["adminform"].form.errors)
    for inline in answer.context["inline_admin_formsets"]:
        rows = {name: e for row in inline.formset.errors for name, e in row.items()}
        errors |= {"inline": rows} if rows else {}
    return errors


def text_of(answer):
    """The page's visible text, white space in single blanks."""
    page = html.fromstring(answer.content.decode()).find(".//main")
    return " ".join(page.text_content().split())
