"""Figures of the register by name: firms, closures, papers that ran out, people in post."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence, Standing
from anlan.enterprises.rules.status import Duty, owing
from anlan.kernel.measure import Coverage, Measure

REASON = "a measure counts all rows; evidence asks the actor"
WORKING = ("operating", "trial")
MANAGERS = ("safety-manager", "safety-director")


def _firms() -> QuerySet[Any]:
    return Enterprise.objects.unscoped(REASON).filter(merged_into=None)


def _working() -> QuerySet[Any]:
    return _firms().filter(status__in=WORKING)


def _owing_people() -> QuerySet[Any]:
    return _firms().filter(status__in=owing(Duty.PEOPLE))


def _licences() -> QuerySet[Any]:
    owed = Q(enterprise__status__in=owing(Duty.LICENCES))
    return Licence.objects.unscoped(REASON).filter(owed, expires_on__isnull=False)


def _certificates() -> QuerySet[Any]:
    owed = Q(enterprise__status__in=owing(Duty.PEOPLE))
    return Certificate.objects.unscoped(REASON).filter(owed, expires_on__isnull=False)


def _checked() -> QuerySet[Any]:
    return Certificate.objects.unscoped(REASON).filter(checked_on__isnull=False)


MEASURES = (
    Measure(
        key="enterprises-registered", label="在册企业", unit="家", rows=_firms, date="registered_on",
        kind="stock", until="closed_on", industry="industry", of_unit="regulator_id",
        basis="期末在册、未关闭的企业；已并入别家的档案不计。",
    ),
    Measure(
        key="enterprises-operating", label="在产企业", unit="家", rows=_working, date="registered_on",
        kind="stock", until="closed_on", industry="industry", of_unit="regulator_id",
        basis="期末在册企业中，现在的经营状态为在产、试生产的。",
    ),
    Measure(
        key="platforms-operating", label="在产平台企业", unit="家",
        rows=lambda: _working().filter(platform__in=Enterprise.Platform.values),
        date="registered_on", kind="stock",
        until="closed_on", industry="industry", of_unit="regulator_id",
        basis="期末在册企业中，现在在产、试生产的外卖快递配送、网约车、网络货运平台企业。",
    ),
    Measure(
        key="enterprises-closed", label="关闭退出企业", unit="家", rows=_firms, date="closed_on",
        industry="industry", of_unit="regulator_id", basis="关闭日期在期间内的企业。",
    ),
    Measure(
        key="licences-expired", label="证照过期未换", unit="件", rows=_licences, date="expires_on",
        kind="stock", until="ended_on", industry="industry", better="down",
        basis="期末已过有效期、没有注销吊销的企业证照，按现在登记的有效期；停产、关闭企业的不计。",
    ),
    Measure(
        key="licences-revoked", label="吊销注销证照", unit="件", date="ended_on", industry="industry",
        rows=lambda: Licence.objects.unscoped(REASON).filter(
            standing__in=(Standing.REVOKED, Standing.CANCELLED)
        ),
        basis="吊销、注销日期在期间内的企业证照。",
    ),
    Measure(
        key="certificates-expired", label="人员证书过期", unit="本", rows=_certificates, date="expires_on",
        kind="stock", until="person__left_on", industry="industry", better="down",
        basis="期末在岗人员已过有效期的证书，按现在登记的有效期；停产、关闭企业的不计。",
    ),
    Measure(
        key="certificates-checked", label="核验人员证书", unit="本", rows=_checked, date="checked_on",
        industry="industry", better="up", basis="核验日期在期间内、有核验结论的人员证书。",
    ),
    Measure(
        key="certificates-forged", label="查出假证", unit="本", date="checked_on", industry="industry",
        rows=lambda: _checked().filter(checked=Certificate.Checked.FORGED),
        basis="核验日期在期间内、结论为假证的人员证书。",
    ),
    Measure(
        key="certificates-not-found", label="查无此证", unit="本", date="checked_on", industry="industry",
        rows=lambda: _checked().filter(checked=Certificate.Checked.NOT_FOUND),
        basis="核验日期在期间内、发证机关查无此证的人员证书。",
    ),
    Measure(
        key="enterprises-with-safety-manager", label="安全管理人员配备率", unit="%", better="up",
        rows=lambda: KeyPerson.objects.unscoped(REASON).filter(role__in=MANAGERS),
        date="recorded_on", kind="stock", until="left_on", industry="industry", of_unit="regulator_id",
        amount=Coverage(universe=_owing_people, link="enterprise"),
        basis="在建、试生产、在产企业中，期末登记有在岗安全管理人员（含安全总监）的企业所占百分比。",
    ),
)  # fmt: skip
