"""What administrators may set about signing in."""

from __future__ import annotations

from anlan.kernel.parameters import Parameter

PARAMETERS = (
    Parameter(
        "signin.idle_minutes",
        "无操作自动退出",
        30,
        "登录与密码",
        "分钟",
        "超过这么久没有操作就退出登录；0 表示不退出。",
        0,
        480,
    ),
    Parameter(
        "signin.failures",
        "锁定前允许失败",
        5,
        "登录与密码",
        "次",
        "密码或动态验证码连续失败达到次数，账号锁定。",
        3,
        20,
    ),
    Parameter(
        "signin.lock_minutes",
        "锁定时长",
        15,
        "登录与密码",
        "分钟",
        "失败只在这段时间内累计，锁定后也是过这么久自动解除。",
        1,
        1440,
    ),
    Parameter(
        "signin.password_days",
        "密码有效期",
        90,
        "登录与密码",
        "天",
        "到期后登录须先改密码；0 表示不到期。",
        0,
        730,
    ),
    Parameter(
        "signin.password_history",
        "不能重复的密码",
        5,
        "登录与密码",
        "次",
        "新密码不得与最近几次用过的相同。",
        0,
        24,
    ),
    Parameter(
        "signin.first_password_days",
        "初始密码有效期",
        7,
        "登录与密码",
        "天",
        "管理员发的初始密码过期未用，须重新发；0 表示不过期。",
        0,
        90,
    ),
)
