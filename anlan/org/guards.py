"""What the database itself refuses: one person in two roles of an exclusive group on the same day.

The actions say it first and in better words; the trigger holds whatever writes. It locks the person, so
that two appointments at the same moment are judged one after the other.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

EXCLUSIVE = """
CREATE OR REPLACE FUNCTION org_exclusive_roles(
    who bigint, what bigint, from_day date, to_day date, own_post bigint, own_delegation bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted text;
BEGIN
    SELECT exclusive_group INTO wanted FROM org_role WHERE id = what;
    IF coalesce(wanted, '') = '' THEN
        RETURN;
    END IF;
    PERFORM 1 FROM org_person WHERE id = who FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM (
            SELECT role_id, valid_from, valid_to FROM org_post
            WHERE person_id = who AND id IS DISTINCT FROM own_post
            UNION ALL
            SELECT p.role_id, d.valid_from, d.valid_to
            FROM org_delegation d JOIN org_post p ON p.id = d.post_id
            WHERE d.delegate_id = who AND d.id IS DISTINCT FROM own_delegation
        ) held JOIN org_role r ON r.id = held.role_id
        WHERE r.exclusive_group = wanted AND held.role_id <> what
          AND daterange(held.valid_from, held.valid_to) && daterange(from_day, to_day)
    ) THEN
        RAISE EXCEPTION '系统管理员、安全管理员、审计管理员不得由一人同时担任'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'org_exclusive_roles';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION org_post_exclusive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM org_exclusive_roles(NEW.person_id, NEW.role_id, NEW.valid_from, NEW.valid_to, NEW.id, NULL);
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION org_delegation_exclusive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM org_exclusive_roles(
        NEW.delegate_id, (SELECT role_id FROM org_post WHERE id = NEW.post_id),
        NEW.valid_from, NEW.valid_to, NULL, NEW.id
    );
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER org_post_exclusive BEFORE INSERT OR UPDATE ON org_post
    FOR EACH ROW EXECUTE FUNCTION org_post_exclusive();
CREATE OR REPLACE TRIGGER org_delegation_exclusive BEFORE INSERT OR UPDATE ON org_delegation
    FOR EACH ROW EXECUTE FUNCTION org_delegation_exclusive();
"""

# `anlan_refuse` is the kernel's: the login log is only ever added to, like the record of acts.
LOGIN_LOG = """
CREATE OR REPLACE TRIGGER org_login_log BEFORE UPDATE OR DELETE ON org_loginrecord
    FOR EACH STATEMENT EXECUTE FUNCTION anlan_refuse()
"""


def install(using: str = "default", **_: Any) -> None:
    """Make or renew the functions and triggers, after every migration. Does nothing without the tables."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('org_post') IS NOT NULL AND to_regclass('org_delegation') IS NOT NULL"
        )
        if cursor.fetchone()[0]:
            cursor.execute(EXCLUSIVE)
        cursor.execute("SELECT to_regclass('org_loginrecord') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(LOGIN_LOG)
