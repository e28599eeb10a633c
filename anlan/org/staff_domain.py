"""Ledgers of people: persons, posts, delegations."""

from __future__ import annotations

from anlan.kernel import masking
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section
from anlan.org import actions, panels
from anlan.org.admin_pages.accounts import ACCOUNT_PANEL
from anlan.org.models import Delegation, Person, Post

PICK_REGION = "/pick/region"
PICK_UNIT = "/pick/unit"
PICK_PERSON = "/pick/person"
DATES = Section("有效期", ("valid_from", "valid_to"))

PEOPLE = Ledger(
    key="people",
    model=Person,
    label="人员",
    noun="人员",
    title="name",
    menu="organisation",
    icon="user",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("username", css="tn"),
        Column("unit__name", label="单位", css="c-f"),
        Column("region_path", label="区划", css="c-r"),
        Column("phone", shown=False),
        Column("email", shown=False),
        Column("is_active"),
        Column("last_login", label="最近登录", shown=False),
    ),
    filters=(Filter("region_path", label="区划", kind="region"), Filter("is_active", label="启用")),
    search=("name",),
    search_hint="姓名",
    order=("name", "id"),
    order_label="按姓名",
    masked={"phone": masking.phone, "email": masking.mail},
    form=(Section("人员", ("username", "name", "unit", "phone", "email")),),
    detail=(Section("人员", ("username", "name", "unit", "phone", "email", "is_active", "created_at")),),
    panels=(Panel("岗位", "org/panels/posts.html", panels.posts_of_person), ACCOUNT_PANEL),
    pickers={"unit": PICK_UNIT},
    importing=Importing(
        key=("username",),
        fields=("username", "name", "unit", "phone", "email"),
        synonyms={"username": ("登录名", "账号"), "name": ("姓名",), "phone": ("手机", "联系电话", "电话")},
    ),
    prepare=actions.prepare_person,
    acts=frozenset({"add", "change", "import", "export"}),
    blank=Blank("还没有人员。", "人员先登记，再安排岗位；账号的初始密码由系统管理员设置。", "登记人员"),
)

POSTS = Ledger(
    key="posts",
    model=Post,
    label="岗位",
    noun="岗位",
    menu="organisation",
    icon="id-badge-2",
    columns=(
        Column("person__name", label="人员", link=True, css="c-t"),
        Column("unit__name", label="单位", css="c-f"),
        Column("title", css="c-k"),
        Column("kind", shown=False),
        Column("role__label", label="角色", css="c-l"),
        Column("region_path", label="辖区", css="c-r"),
        Column("industries", shown=False),
        Column("valid_from"),
        Column("valid_to", css="c-due"),
    ),
    filters=(
        Filter("region_path", label="辖区", kind="region"),
        Filter("role", options=panels.role_options),
        Filter("kind", more=True),
        Filter("valid_to", more=True),
    ),
    search=("person__name",),
    search_hint="姓名",
    select=("person", "role", "unit"),
    order=("region_path", "id"),
    order_label="按辖区",
    form=(
        Section("岗位", ("person", "role", "unit", "title", "kind")),
        Section("范围", ("region", "industries")),
        DATES,
    ),
    detail=(
        Section("岗位", ("person", "role", "unit", "title", "kind", "region", "industries")),
        Section("任期", ("valid_from", "valid_to", "successor")),
    ),
    panels=(
        Panel("办理", "org/panels/acts.html", panels.acts_on_post, side=True),
        Panel("委托", "org/panels/lent.html", panels.delegations_of_post, side=True),
    ),
    pickers={"person": PICK_PERSON, "unit": PICK_UNIT, "region": PICK_REGION},
    prepare=actions.check_post,
    acts=frozenset({"add", "change", "export"}),
    blank=Blank("还没有岗位。", "岗位把人员、角色、单位和辖区连在一起，一人可以有多个岗位。", "安排岗位"),
)

DELEGATIONS = Ledger(
    key="delegations",
    model=Delegation,
    label="委托",
    noun="委托",
    menu="organisation",
    icon="arrows-exchange",
    columns=(
        Column("delegate__name", label="受托人", link=True, css="c-t"),
        Column("post__person__name", label="委托人", css="c-f"),
        Column("region_path", label="辖区", css="c-r"),
        Column("valid_from"),
        Column("valid_to", css="c-due"),
        Column("reason", shown=False),
    ),
    filters=(Filter("region_path", label="辖区", kind="region"), Filter("valid_to", more=True)),
    search=("delegate__name",),
    search_hint="受托人",
    select=("post__person", "post__unit", "post__role", "delegate"),
    form=(Section("委托", ("post", "delegate", "permissions", "reason")), DATES),
    pickers={"delegate": PICK_PERSON},
    prepare=actions.check_delegation,
    acts=frozenset({"add", "change", "remove", "export"}),
)

LEDGERS = (PEOPLE, POSTS, DELEGATIONS)
