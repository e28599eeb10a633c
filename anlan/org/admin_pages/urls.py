"""Addresses of the administrators' pages."""

from __future__ import annotations

from django.urls import path

from anlan.org.admin_pages import accounts, health, locks, online, proof, queue, roles, settings

urlpatterns = [
    path("admin/parameters/", settings.parameter_list, name="admin-parameters"),
    path("admin/parameters/<str:key>/", settings.parameter_form, name="admin-parameter"),
    path("admin/jobs/", queue.queue_page, name="admin-queue"),
    path("admin/jobs/<int:number>/retry/", queue.retry, name="admin-queue-retry"),
    path("admin/health/", health.health_page, name="admin-health"),
    path("admin/accounts/<int:pk>/password/", accounts.reset_password, name="admin-account-password"),
    path("admin/accounts/<int:pk>/active/", accounts.set_active, name="admin-account-active"),
    path("admin/accounts/<int:pk>/unlock/", accounts.unlock, name="admin-account-unlock"),
    path("admin/accounts/<int:pk>/unbind/", accounts.unbind, name="admin-account-unbind"),
    path("admin/accounts/<int:pk>/unlink/", accounts.unlink, name="admin-account-unlink"),
    path("admin/roles/", roles.role_list, name="admin-roles"),
    path("admin/roles/new/", roles.role_form, name="admin-role-new"),
    path("admin/roles/<int:pk>/", roles.role_form, name="admin-role"),
    path("admin/locks/", locks.lock_list, name="admin-locks"),
    path("admin/locks/release/", locks.release, name="admin-locks-release"),
    path("admin/online/", online.online_list, name="admin-online"),
    path("admin/online/end/", online.end_sessions, name="admin-online-end"),
    path("admin/verify/", proof.proof_page, name="admin-verify"),
]
