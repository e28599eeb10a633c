"""The cast: one person of each kind, the same in tests and in a demonstration.

| key | who |
|---|---|
| province_officer | 省安委办, all of 江西 |
| city_officer | 上饶市安委办, the city and its counties |
| county_officer | 婺源县安委办 |
| county_inspector | an inspector of 婺源县应急管理局 |
| department_officer | 上饶市住建局, bound to the bureau's industries |
| leader | a leader of 上饶市政府 |
| stranger | 九江市安委办: the other city's officer |
| enterprise_user | a firm's user (its number is made up) |
| system_administrator, security_administrator, audit_administrator | three people, never one |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ENTERPRISE = 1
SINCE = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast. `family` and `region` name the unit."""

    key: str
    username: str
    name: str
    role: str
    title: str
    region: str = ""
    family: str = ""
    enterprise: int | None = None


OFFICE = "safety-committee-office"
# In a demonstration one person holds a second post, so that the change of posts can be tried.
SECOND_POST = ("city_officer", "department-officer", "emergency", "安全生产综合协调科科长")
CAST = (
    Member("province_officer", "sheng", "陈思远", "committee-officer", "综合处处长", "360000", OFFICE),
    Member("city_officer", "shi", "周明", "committee-officer", "综合协调科科长", "361100", OFFICE),
    Member("county_officer", "xian", "汪海波", "committee-officer", "主任", "361130", OFFICE),
    Member("county_inspector", "jiancha", "程立", "inspector", "执法大队执法员", "361130", "emergency"),
    Member("department_officer", "bumen", "吴倩", "department-officer", "安全科科长", "361100", "housing"),
    Member("leader", "lingdao", "李建国", "leader", "副市长", "361100", "people-government"),
    Member("stranger", "jiujiang", "胡勇", "committee-officer", "综合科科长", "360400", OFFICE),
    Member("enterprise_user", "qiye", "邓小芳", "enterprise-user", "安全员", enterprise=ENTERPRISE),
    Member("system_administrator", "xitong", "徐平", "system-administrator", "", "360000", "emergency"),
    Member("security_administrator", "anquan", "罗敏", "security-administrator", "", "360000", "emergency"),
    Member("audit_administrator", "shenji", "熊伟", "audit-administrator", "", "360000", "emergency"),
)
