"""Addresses of the register's own pages. A firm's page takes the place of the generated one."""

from django.urls import URLPattern, path

from anlan.enterprises.pages import duplicates, firm, own, pickers

urlpatterns: list[URLPattern] = [
    path("pick/enterprise", pickers.pick_enterprise, name="pick-enterprise"),
    path("pick/key-person", pickers.pick_key_person, name="pick-key-person"),
    path("pick/obligation", pickers.pick_obligation, name="pick-obligation"),
    path("own-firm/", own.own_firm, name="own-firm"),
    path("enterprises/duplicates/", duplicates.duplicates, name="enterprise-duplicates"),
    path("enterprises/merge/", duplicates.merge, name="enterprise-merge"),
    path("enterprises/mergers/<int:pk>/undo/", duplicates.unmerge, name="enterprise-unmerge"),
    path("enterprises/tell-apart/", duplicates.tell_apart, name="enterprise-tell-apart"),
    path("enterprises/<int:pk>/", firm.firm, name="enterprise"),
    path("enterprises/<int:pk>/print/", firm.print_firm, name="enterprise-print"),
]
