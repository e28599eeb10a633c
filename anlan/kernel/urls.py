"""Addresses that every ledger has, and those of the kernel's own pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from anlan.kernel import converters, files  # noqa: F401  (makes <ledger:…> known)
from anlan.kernel.pages import edit, errors, exchange, hanging, health, house, lists, moves, rows, wishes

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", login_not_required(health.health), name="health"),
    path("offline", login_not_required(errors.offline), name="offline"),
    path("favicon.ico", login_not_required(health.favicon), name="favicon"),
    path("sw.js", login_not_required(health.service_worker), name="service-worker"),
    path("", house.home, name="home"),
    path("search/", house.find, name="search"),
    path("notices/", house.notices, name="notices"),
    path("notices/read/", house.read_all, name="notices-read"),
    path("notices/wishes/", wishes.wishes, name="notice-wishes"),
    path("notices/<int:pk>/", house.open_notice, name="notice-open"),
    path("files/<int:pk>/", files.download, name="file"),
    *exchange.urlpatterns,
    path("<ledger:key>/", lists.ledger_list, name="ledger-list"),
    path("<ledger:key>/columns/", lists.columns, name="ledger-columns"),
    path("<ledger:key>/views/", lists.save_view, name="ledger-save-view"),
    path("<ledger:key>/new/", edit.new, name="ledger-new"),
    path("<ledger:key>/pick/", rows.pick, name="ledger-pick"),
    path("<ledger:key>/<int:pk>/", rows.ledger_row, name="ledger-row"),
    path("<ledger:key>/<int:pk>/print/", rows.print_row, name="ledger-print"),
    path("<ledger:key>/<int:pk>/history/", rows.history, name="ledger-history"),
    path("<ledger:key>/<int:pk>/edit/", edit.edit, name="ledger-edit"),
    path("<ledger:key>/<int:pk>/settle/", edit.settle, name="ledger-settle"),
    path("<ledger:key>/<int:pk>/move/<slug:move>/", moves.make_move, name="ledger-move"),
    path("<ledger:key>/<int:pk>/attach/", moves.attach_file, name="ledger-attach"),
    path("<ledger:key>/<int:pk>/files/<int:number>/remove/", hanging.detach, name="ledger-detach"),
    path("<ledger:key>/<int:pk>/terms/<int:number>/extend/", hanging.extend, name="ledger-extend"),
    path("<ledger:key>/<int:pk>/remove/", edit.delete, name="ledger-remove"),
]
