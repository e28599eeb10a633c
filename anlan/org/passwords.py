"""What a password must be, how long it lasts, and how a first one is made."""

from __future__ import annotations

import secrets
import string
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from anlan.kernel import parameters
from anlan.org.models.security import PasswordHistory

KINDS = (
    ("大写字母", frozenset(string.ascii_uppercase)),
    ("小写字母", frozenset(string.ascii_lowercase)),
    ("数字", frozenset(string.digits)),
)
# Left out: what is read wrong from a slip of paper (0 O o, 1 l I) and what an input method changes.
READABLE = "ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789", "-+=#%@"


class LengthValidator:
    """At least `least` characters, told in our words."""

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with both numbers."""
        if len(password) < self.least:
            raise ValidationError(
                f"密码只有 {len(password)} 个字符，至少要有 {self.least} 个。请加长。",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        """One line for the form."""
        return f"至少 {self.least} 个字符。"


class MixedCharactersValidator:
    """At least `kinds` of: capitals, small letters, digits, other signs."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError that counts what is there and what is missing."""
        found = [name for name, letters in KINDS if letters & set(password)]
        if set(password) - frozenset().union(*(letters for _, letters in KINDS)):
            found.append("符号")
        if len(found) < self.kinds:
            missing = [name for name in (*(name for name, _ in KINDS), "符号") if name not in found]
            raise ValidationError(
                f"密码只有{'、'.join(found) or '空'}，至少要有 {self.kinds} 类字符。"
                f"请加上{'、'.join(missing)}中的 {self.kinds - len(found)} 类。",
                code="password_not_mixed",
            )

    def get_help_text(self) -> str:
        """One line for the form."""
        return f"大写字母、小写字母、数字、符号中至少 {self.kinds} 类。"


class HistoryValidator:
    """Not one of the last few passwords; every password that is set is remembered here as its hash."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the person has used it among the last ones."""
        if user is None or user.pk is None:
            return
        kept = parameters.value("signin.password_history")
        used = (
            PasswordHistory.objects.unscoped("a person's own password against the earlier ones")
            .filter(person_id=user.pk)
            .order_by("-id")
            .values_list("password", flat=True)[:kept]
        )
        if any(check_password(password, old) for old in used):
            raise ValidationError(
                f"这个密码在最近 {kept} 次里用过。请换一个没有用过的。", code="password_used"
            )

    def password_changed(self, password: str, user: Any = None) -> None:
        """Django calls this after saving a person with a new password."""
        if user is None or user.pk is None:
            return
        user.password_changed_at = timezone.now()
        type(user).objects.filter(pk=user.pk).update(password_changed_at=user.password_changed_at)
        PasswordHistory(person_id=user.pk, password=user.password).save()

    def get_help_text(self) -> str:
        """One line for the form."""
        return f"不能与最近 {parameters.value('signin.password_history')} 次用过的相同。"


def first_password() -> str:
    """A password of 14 signs from all four kinds, easy to read from paper, to be used once."""
    letters = [secrets.choice(kind) for kind in READABLE]
    letters += [secrets.choice("".join(READABLE)) for _ in range(10)]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def expired(person: Any, now: datetime) -> bool:
    """Whether the password is older than the house allows (0 days: never)."""
    days = parameters.value("signin.password_days")
    since = person.password_changed_at
    return bool(days) and since is not None and now - since > timedelta(days=days)


def first_password_lapsed(person: Any, now: datetime) -> bool:
    """Whether a first password was left lying too long: it must then be made anew by an administrator."""
    if not person.must_change_password:
        return False
    days = parameters.value("signin.first_password_days")
    since = person.password_changed_at
    return bool(days) and since is not None and now - since > timedelta(days=days)
