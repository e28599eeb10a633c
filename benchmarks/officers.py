"""The two who sign in: an officer of the whole province and one of a single county."""

from __future__ import annotations

import os

import django

PASSWORD = "Ceshi-2023-Anlan"
COUNTY = "360000/360300/360305/"


def main() -> None:
    """Make what is missing; settings and database come from the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from anlan.kernel.scope import Reach
    from anlan.org.models import Person, Post, Region, Role

    why = "the benchmark's own people"
    role = Role.objects.unscoped(why).filter(key="bench").first()
    if role is None:
        role = Role(key="bench", label="测量", reach=Reach.SUBTREE, permissions=["faults.*", "sites.*"])
        role.save()
    parent = None
    for code in COUNTY.strip("/").split("/"):
        region = Region.objects.unscoped(why).filter(code=code).first()
        if region is None:
            region = Region(code=code, name=f"测量区划{code}", level="county", parent=parent)
            region.save()
        parent = region
    for username, path in (("bench-province", COUNTY[:7]), ("bench-county", COUNTY)):
        if not Person.objects.filter(username=username).exists():
            person = Person.objects.create_user(username, PASSWORD, name=username)
            place = Region.objects.unscoped(why).get(path=path)
            Post(person=person, role=role, title="测量员", region=place).save()


if __name__ == "__main__":
    main()
