"""The ledgers of the register: firms, sites, key people, certificates, licences, mergers."""

from __future__ import annotations

from django.db.models import Q

from anlan.enterprises import cells, panels, reads
from anlan.enterprises.actions import firms
from anlan.enterprises.located import OWN_PLACE
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence, Merger, Site
from anlan.enterprises.models.fields import industries
from anlan.kernel import masking
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View

MENU = "enterprises"
PICK_FIRM = "/pick/enterprise"
PICK_UNIT = "/pick/unit"
FIRM_NAMES = ("企业名称", "单位名称", "生产经营单位", "生产经营单位名称", "所属企业", "公司名称")
KEPT = frozenset({"add", "change", "remove", "import", "export"})


def _code_state(value: str) -> Q:
    return {
        "passed": ~Q(code_override_reason="") & ~Q(code=""),
        "none": Q(code=""),
    }.get(value, Q(pk__in=()))


FIRMS = Ledger(
    key="enterprises",
    model=Enterprise,
    label="企业名录",
    noun="企业",
    title="name",
    menu=MENU,
    icon="building",
    columns=(
        Column("name", link=True, css="c-t"),
        Column(
            "code", css="tn c-no", cell=cells.code, value=cells.code_text, reads=("code_override_reason",)
        ),
        Column("region_path", css="c-r"),
        Column("industry", css="mid c-k"),
        Column("regulator__short_name", label="监管部门", css="c-f"),
        Column("status", css="c-s", cell=cells.status, reads=("status",)),
        Column("papers_until", label="证照", css="c-due", cell=cells.firm_papers, reads=("status",)),
        Column("size", shown=False),
        Column("employees", unit="人", shown=False),
        Column("legal_representative", shown=False),
        Column("safety_manager", shown=False),
        Column("phone", shown=False),
        Column("address", shown=False),
        Column("platform", shown=False),
        Column("opened_on", shown=False),
        Column("closed_on", shown=False),
        Column("longitude", shown=False),
        Column("latitude", shown=False),
        Column("registered_on", shown=False),
        Column("demo", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("industry", kind="choice", options=industries),
        Filter("status"),
        Filter("papers", label="证照", kind="choice", options=reads.end_options, apply=reads.firms_ending),
        Filter("size", more=True),
        Filter("platform", more=True),
        Filter("regulator", label="监管部门", more=True, picker=PICK_UNIT),
        Filter("parent", more=True, picker=PICK_FIRM),
        Filter("employees", more=True),
        Filter(
            "code_state",
            label="信用代码",
            kind="choice",
            more=True,
            apply=_code_state,
            options=lambda: (("passed", "放行的"), ("none", "没有代码")),
        ),
        Filter("demo", more=True),
        *OWN_PLACE.filters(),
    ),
    search=("name", "code"),
    search_hint="企业名称、信用代码",
    order=("region_path", "name", "id"),
    order_label="按区划、名称",
    views=(
        View("operating", "在产", {"status": "operating"}),
        View("building", "在建、试生产", {"status": "building,trial"}),
        View("suspended", "停产", {"status": "suspended"}),
        View("closed", "关闭", {"status": "closed"}),
        View("platform", "平台企业", {"platform": "delivery,ride-hailing,freight"}, count=False),
        View("expired", "证照过期", {"papers": "expired"}, count=False),
        View("soon", "证照将到期", {"papers": "soon"}, count=False),
    ),
    form=(
        Section(
            "企业", ("name", "short_name", "code", "code_override_reason", "industry", "platform", "status")
        ),
        Section("位置", ("region_path", "address", "longitude", "latitude")),
        Section("规模与隶属", ("size", "employees", "regulator", "parent", "opened_on", "closed_on")),
        Section("联系人", ("legal_representative", "safety_manager", "phone")),
    ),
    importing=Importing(
        fields=(
            "name",
            "code",
            "region_path",
            "industry",
            "status",
            "regulator",
            "legal_representative",
            "safety_manager",
            "phone",
            "address",
            "size",
            "employees",
            "opened_on",
            "longitude",
            "latitude",
            "short_name",
            "code_override_reason",
        ),
        key=("code",),
        synonyms={
            "name": FIRM_NAMES,
            "code": ("统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "组织机构代码"),
            "region_path": (
                "所属区域",
                "所在县区",
                "属地",
                "所属地区",
                "所在乡镇",
                "乡镇",
                "乡镇街道",
                "镇街",
            ),
            "industry": ("所属行业", "行业", "行业类别", "行业领域", "行业分类"),
            "status": ("经营状态", "生产状态", "企业状态", "状态"),
            "regulator": ("监管部门", "主管部门", "行业主管部门", "监管单位", "直接监管部门"),
            "legal_representative": ("法定代表人", "法人代表", "法人", "主要负责人", "企业负责人"),
            "safety_manager": ("安全负责人", "安全管理负责人", "分管安全负责人", "安全主管", "安全员"),
            "phone": ("联系电话", "电话", "手机", "手机号码", "联系方式", "负责人电话"),
            "address": ("地址", "详细地址", "生产地址", "经营地址", "注册地址", "企业地址"),
            "size": ("规模", "企业规模"),
            "employees": ("从业人数", "从业人员", "员工人数", "职工人数", "从业人员数"),
            "opened_on": ("成立日期", "成立时间", "注册时间", "登记日期"),
        },
        example={"code": "91361100MA35TE5T2G", "industry": "危险化学品", "status": "在产"},
    ),
    totals=("status", "industry"),
    masked={"phone": masking.phone},
    pickers={"regulator": PICK_UNIT, "parent": PICK_FIRM},
    prepare=firms.check_firm,
    follow=firms.follow_firm,
    blank=Blank(
        "还没有登记企业。",
        "企业从监管部门的台账导入，或逐家登记；信用代码按 GB 32100 校验。",
        "登记企业",
    ),
    acts=frozenset({"add", "change", "import", "export", "merge"}),
)

SITES = Ledger(
    key="enterprise-sites",
    model=Site,
    label="厂区场所",
    noun="场所",
    title="name",
    menu=MENU,
    icon="map-pin",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("address"),
        Column("longitude", label="经纬度", cell=cells.point, shown=False),
        Column("in_use", css="c-s"),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("enterprise", picker=PICK_FIRM),
        Filter("in_use"),
    ),
    search=("name",),
    form=(
        Section("场所", ("enterprise", "name", "region_path", "address", "longitude", "latitude", "in_use")),
    ),
    panels=(Panel("平面图", "enterprises/plan.html", panels.plan_of_site),),
    importing=Importing(
        key=("enterprise", "name"), synonyms={"enterprise": FIRM_NAMES, "name": ("场所", "厂区")}
    ),
    pickers={"enterprise": PICK_FIRM},
    defaults=panels.own_firm,
    prepare=firms.check_site,
    blank=Blank("还没有登记场所。", "一家企业在几处生产经营的，各登记一处，带地址和坐标。", "登记场所"),
    acts=KEPT,
)

PEOPLE = Ledger(
    key="key-people",
    model=KeyPerson,
    label="关键岗位人员",
    noun="关键岗位人员",
    title="name",
    menu=MENU,
    icon="id-badge-2",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("role", css="c-k"),
        Column("title", shown=False),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("identity_masked", css="tn", shown=False),
        Column("phone", css="tn"),
        Column("appointed_on"),
        Column("left_on", label="在岗", css="c-s", cell=cells.in_post, value=cells.in_post_text),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("role"),
        Filter("enterprise", picker=PICK_FIRM),
        Filter(
            "post",
            label="在岗",
            kind="choice",
            apply=lambda value: Q(left_on__isnull=value != "left"),
            options=lambda: (("in", "在岗"), ("left", "已离任")),
        ),
    ),
    search=("name",),
    search_hint="姓名",
    views=(
        View("principals", "主要负责人", {"role": "principal", "post": "in"}),
        View("managers", "安全管理人员", {"role": "safety-manager,safety-director", "post": "in"}),
        View("operators", "特种作业", {"role": "special-operator", "post": "in"}),
    ),
    form=(
        Section("人员", ("enterprise", "role", "name", "identity_masked", "phone")),
        Section("任职", ("site", "title", "appointed_on", "left_on")),
    ),
    panels=(
        Panel("证书", "enterprises/certificates.html", panels.certificates_of_person),
        Panel("同一身份证号", "enterprises/elsewhere.html", panels.elsewhere, side=True),
    ),
    importing=Importing(
        fields=("enterprise", "name", "role", "identity_masked", "phone", "title", "appointed_on"),
        key=("enterprise", "role", "name"),
        synonyms={
            "enterprise": FIRM_NAMES,
            "role": ("岗位", "岗位类别", "人员类别", "类别"),
            "identity_masked": ("身份证号", "身份证号码", "身份证", "证件号码"),
            "phone": ("手机号", "联系电话", "电话", "手机"),
        },
    ),
    masked={"phone": masking.phone},
    pickers={"enterprise": PICK_FIRM},
    defaults=panels.own_firm,
    prepare=firms.check_derived,
    follow=firms.follow_person,
    blank=Blank(
        "还没有登记关键岗位人员。",
        "主要负责人、安全管理人员和特种作业人员在这里登记，身份证号只存摘要。",
        "登记关键岗位人员",
    ),
    acts=KEPT,
)

CERTIFICATES = Ledger(
    key="certificates",
    model=Certificate,
    label="人员证书",
    noun="证书",
    menu=MENU,
    icon="certificate",
    columns=(
        Column("kind", link=True, css="c-t"),
        Column("person__name", label="持证人", css="c-f"),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("work", shown=False),
        Column("number", css="tn", shown=False),
        Column("region_path", css="c-r"),
        Column("expires_on"),
        Column("id", label="剩余", css="c-due", cell=cells.certificate, value=cells.certificate_text),
        Column("review_on", shown=False),
        Column("checked", css="c-s", cell=cells.checked),
        Column("issuer", shown=False),
        Column("issued_on", shown=False),
        Column("checked_on", shown=False),
        Column("checked_by", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("enterprise", picker=PICK_FIRM),
        Filter(
            "ends", label="期限", kind="choice", options=reads.end_options, apply=reads.certificates_ending
        ),
        Filter("checked"),
        Filter("checked_by", more=True),
        Filter("kind", more=True),
        Filter("expires_on", more=True),
    ),
    search=("person__name", "number"),
    search_hint="持证人、编号",
    views=(
        View("expired", "已过期", {"ends": "expired"}),
        View("near", "30 天内到期", {"ends": "near"}),
        View("soon", "将到期", {"ends": "soon"}),
        View("forged", "假证、查无、存疑", {"checked": "forged,not-found,doubtful"}),
        View("unchecked", "未核验", {"checked": "not-yet"}, count=False),
    ),
    form=(
        Section(
            "证书", ("person", "kind", "work", "number", "issuer", "issued_on", "review_on", "expires_on")
        ),
        Section("核验", ("checked", "checked_on", "checked_by")),
    ),
    importing=Importing(
        fields=("person", "kind", "work", "number", "issuer", "issued_on", "review_on", "expires_on"),
        key=("person", "kind", "number"),
        synonyms={
            "person": ("持证人", "姓名", "身份证号", "身份证号码"),
            "kind": ("证书种类", "证书名称", "证书类别", "证件名称"),
            "work": ("作业项目", "作业类别", "操作项目", "准操项目"),
            "number": ("证书编号", "证号", "编号"),
            "expires_on": ("有效期至", "有效期", "到期日期", "有效期限"),
            "review_on": ("应复审日期", "复审日期", "下次复审"),
        },
    ),
    select=("person",),
    pickers={"person": "/pick/key-person"},
    prepare=firms.check_derived,
    blank=Blank("还没有登记人员证书。", "证书登记在持证人名下，到期前自动转黄。", "登记证书"),
    acts=KEPT,
)

LICENCES = Ledger(
    key="licences",
    model=Licence,
    label="企业证照",
    noun="证照",
    menu=MENU,
    icon="license",
    columns=(
        Column("kind", link=True, css="c-t"),
        Column("number", css="tn c-no"),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("holder", shown=False),
        Column("region_path", css="c-r"),
        Column("issuer"),
        Column("expires_on"),
        Column("id", label="剩余", css="c-due", cell=cells.licence, value=cells.licence_text),
        Column("standing", shown=False),
        Column("industry", shown=False),
        Column("issued_on", shown=False),
        Column("scope_of_permit", shown=False),
        Column("ended_on", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("enterprise", picker=PICK_FIRM),
        Filter("ends", label="期限", kind="choice", options=reads.end_options, apply=reads.licences_ending),
        Filter("standing"),
        Filter("industry", kind="choice", options=industries, more=True),
        Filter("kind", more=True),
        Filter("expires_on", more=True),
    ),
    search=("number", "kind"),
    search_hint="编号、种类",
    views=(
        View("expired", "已过期", {"ends": "expired"}),
        View("near", "30 天内到期", {"ends": "near"}),
        View("soon", "将到期", {"ends": "soon"}),
        View("withheld", "暂扣、吊销", {"standing": "withheld,revoked"}),
    ),
    form=(
        Section("证照", ("enterprise", "kind", "number", "holder", "issuer", "scope_of_permit")),
        Section("有效期", ("issued_on", "expires_on", "standing", "ended_on")),
    ),
    importing=Importing(
        fields=(
            "enterprise",
            "kind",
            "number",
            "holder",
            "issuer",
            "scope_of_permit",
            "issued_on",
            "expires_on",
        ),
        key=("kind", "number"),
        synonyms={
            "enterprise": FIRM_NAMES,
            "kind": ("证照种类", "证照名称", "许可证名称", "证件名称", "许可类别"),
            "number": ("证照编号", "许可证编号", "证号", "编号", "证书编号"),
            "issuer": ("发证机关", "发证单位", "许可机关"),
            "expires_on": ("有效期至", "有效期", "到期日期", "有效期限"),
            "issued_on": ("发证日期", "许可日期"),
        },
    ),
    pickers={"enterprise": PICK_FIRM},
    defaults=panels.own_firm,
    prepare=firms.check_derived,
    follow=firms.follow_licence,
    blank=Blank("还没有登记证照。", "安全生产许可证等证照登记在企业名下，到期前自动转黄。", "登记证照"),
    acts=KEPT,
)

MERGERS = Ledger(
    key="enterprise-mergers",
    model=Merger,
    label="合并记录",
    noun="合并记录",
    menu=MENU,
    icon="arrows-join",
    columns=(
        Column("gone__name", label="并入的档案", link=True, css="c-t"),
        Column("kept__name", label="保留企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("reason"),
        Column("by", css="c-k"),
        Column("at", css="c-due"),
    ),
    filters=(Filter("region_path", kind="region"), Filter("kept", picker=PICK_FIRM), Filter("at", more=True)),
    search=("gone__name", "kept__name"),
    search_hint="企业名称",
    detail=(Section("合并", ("kept", "gone", "reason", "by", "at")),),
    panels=(Panel("合并前的两份档案", "enterprises/merger.html", panels.both_versions),),
    blank=Blank("没有合并过档案。", "同一企业的两份档案在“疑似重复”里合并，合并前的两份都留在这里。"),
    acts=frozenset({"export"}),
)

LEDGERS = (FIRMS, SITES, PEOPLE, CERTIFICATES, LICENCES, MERGERS)
