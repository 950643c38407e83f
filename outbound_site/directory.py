"""Sign-in against a directory (LDAP or Active Directory): settings of the optional django-auth-ldap."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from outbound_site.environment import Environment

# The built-in roles; outbound_site/roles.py needs models, which the settings cannot import.
ROLES = ["administrator", "supervisor"]


def directory_settings(env: Environment) -> dict[str, Any]:
    """The AUTH_LDAP_* settings. Raises ImproperlyConfigured with advice.

    A user binds with the name and password given, so that no service account is kept here. The directory's
    groups named like a built-in role give that role; custom roles are given in the admin.
    """
    try:
        import ldap
        from django_auth_ldap.config import LDAPGroupQuery, LDAPSearch, MemberDNGroupType
    except ImportError as error:
        raise ImproperlyConfigured(
            f"LDAP_URL is set, but django-auth-ldap is not installed ({error}): "
            "docs/operating.md, Directory sign-in, says how"
        ) from error
    user_dn, groups = _required(env, "LDAP_USER_DN"), _required(env, "LDAP_GROUP_BASE")
    if "%(user)s" not in user_dn:
        env.refuse("LDAP_USER_DN", "write %(user)s where the name of the user belongs")
    by_name = "(|(userPrincipalName=%(user)s)(sAMAccountName=%(user)s)(uid=%(user)s))"
    administrators, supervisors = (LDAPGroupQuery(f"cn={role},{groups}") for role in ROLES)
    return {
        "AUTH_LDAP_SERVER_URI": env.text("LDAP_URL"),
        "AUTH_LDAP_START_TLS": env.text("LDAP_URL").startswith("ldap://"),
        "AUTH_LDAP_USER_DN_TEMPLATE": user_dn,
        "AUTH_LDAP_BIND_AS_AUTHENTICATING_USER": True,
        # Active Directory takes `user@domain` for a name, but lists full names as members of a group.
        "AUTH_LDAP_REFRESH_DN_ON_BIND": "=" not in user_dn,
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(_domain(groups), ldap.SCOPE_SUBTREE, by_name),
        "AUTH_LDAP_USER_ATTR_MAP": {"first_name": "givenName", "last_name": "sn", "email": "mail"},
        "AUTH_LDAP_GROUP_SEARCH": LDAPSearch(groups, ldap.SCOPE_ONELEVEL, "(member=*)"),
        "AUTH_LDAP_GROUP_TYPE": MemberDNGroupType("member"),
        "AUTH_LDAP_MIRROR_GROUPS": ROLES,
        "AUTH_LDAP_USER_FLAGS_BY_GROUP": {"is_staff": administrators | supervisors},
        "AUTH_LDAP_CONNECTION_OPTIONS": {ldap.OPT_REFERRALS: 0, ldap.OPT_NETWORK_TIMEOUT: 5},
    }


def _required(env: Environment, name: str) -> str:
    if not env.is_set(name):
        env.refuse(name, "needed with LDAP_URL: docs/operating.md, Directory sign-in, has examples")
    return env.text(name)


def _domain(base: str) -> str:
    """The domain at the end of a name: `ou=roles,dc=example,dc=com` -> `dc=example,dc=com`."""
    found = re.search(r"(?i)dc=.*", base)
    return found[0] if found else base
