"""What a pack may say, and that every fault is told with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from anlan.standards import command
from anlan.standards.rules.pack_reading import read_packs

Folder = Callable[..., Path]
KIND = """\
kinds:
  - key: pond
    label: 尾矿库
    industry: tailings
    attributes:
      - {key: height, label: 坝高, type: number, unit: m, least: 0, most: 400, required: true}
      - {key: grade, label: 等别, type: choice, choices: {one: 一等, two: 二等}}
"""


def told(root: Path, **more: object) -> list[str]:
    return [str(one) for one in read_packs(root, {"tailings"}, **more).faults]  # type: ignore[arg-type]


def test_a_sound_pack_is_read_with_everything_it_says(folder: Folder) -> None:
    found = read_packs(folder(KIND), {"tailings"})
    assert found.faults == []
    (pack,) = found.packs
    height, grade = pack.kinds[0].attributes
    assert (height.least, height.most, height.required) == (Decimal(0), Decimal(400), True)
    assert grade.choices == {"one": "一等", "two": "二等"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("kinds:\n  - key: pond\n    label: 库\n    industry: moon\n", 2, "没有“moon”这个行业"),
        ("kinds:\n  - key: Pond\n    label: 库\n    industry: tailings\n", 2, "“Pond”不合写法"),
        ("kinds:\n  - key: pond\n    industry: tailings\n", 2, "缺少label"),
        (
            "kinds:\n  - key: pond\n    label: 库\n    industry: tailings\n    colour: 红\n",
            5,
            "没有“colour”这一项",
        ),
        (
            "kinds:\n  - key: pond\n    label: 库\n    label: 池\n    industry: tailings\n",
            4,
            "“label”写了两次",
        ),
        ("kind:\n  - key: pond\n", 1, "没有“kind”这一部分"),
        ("kinds: 库\n", 1, "应是列表"),
        (KIND + "      - {key: height, label: 高度, type: number}\n", 2, "属性“height”写了两次"),
        (KIND + "      - {key: depth, label: 坝高, type: number}\n", 2, "属性名称“坝高”用了两次"),
        (KIND + "      - {key: depth, label: 埋深, type: length}\n", 8, "没有“length”这一种"),
        (KIND + "      - {key: depth, label: 埋深, type: choice}\n", 8, "须写 choices"),
        (KIND + "      - {key: depth, label: 埋深, type: number, due: true}\n", 8, "due 只用于 date"),
        (
            KIND + "      - {key: kind, label: 型式, type: choice, choices: {a: 甲}, said: {b: [乙]}}\n",
            8,
            "said 里的“b”不是 choices 里的选项",
        ),
        (KIND + "      - {key: depth, label: 埋深, type: text, said: {a: 甲}}\n", 8, "这里应是列表"),
        (KIND + "      - {key: depth, label: 埋深, type: text, least: 1}\n", 8, "只用于 integer 和 number"),
        (KIND + "      - {key: depth, label: 埋深, type: number, least: 9, most: 1}\n", 8, "most 小于 least"),
        (KIND + "      - {key: depth, label: 埋深, type: number, least: 很深}\n", 8, "应是数"),
        ("criteria:\n  - {code: A1, text: 裂缝, basis: no-law 第1条}\n", 2, "没有键为“no-law”的法规标准"),
        ("criteria:\n  - {code: A1, text: 裂缝, confidence: P}\n", 2, "须写 source"),
        (
            "criteria:\n  - {code: A1, text: 裂缝, confidence: P, source: S9}\n",
            2,
            "“S9”没有写在本包的 sources",
        ),
        ("criteria:\n  - {code: A1, text: 裂缝, from: 2023-13-01}\n", 2, "应是日期"),
        ("criteria:\n  - {code: A1, text: 裂, from: 2023-05-15, to: 2023-05-15}\n", 2, "to 应晚于 from"),
        (
            "criteria:\n  - {code: A1, text: 裂缝}\n  - {code: A1, text: 渗水}\n",
            3,
            "“A1”已在 sample/rest.yaml 第 2 行",
        ),
        (
            "checklist:\n  - {key: C1, group: 坝, item: 看, wrong: 裂, criterion: Z9}\n",
            2,
            "没有键为“Z9”的判定标准",
        ),
        (
            "sensors:\n  - {key: ch4, label: 甲烷, thresholds: [{name: 报警, when: 大于一}]}\n",
            2,
            "界限应写成",
        ),
        ("kinds:\n  - key: pond\n   label: 库\n", 3, "YAML 写法有误"),
    ],
)
def test_a_fault_is_told_with_file_and_line(folder: Folder, text: str, line: int, words: str) -> None:
    found = told(folder(text))
    assert any(one.startswith(f"sample/rest.yaml 第 {line} 行：") and words in one for one in found), found


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    found = told(folder("kinds:\n  - {key: a, label: 甲}\n  - {key: b, industry: tailings}\n  - 3\n"))
    assert len(found) == 3


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("key: other\nlabel: 样包\nversion: 1\n", "key 应与目录名“sample”相同"),
        ("key: sample\nlabel: 样包\nversion: 0\n", "应在 1 到"),
        ("key: sample\nlabel: 样包\nversion: 一\n", "应是整数"),
        ("", "缺少key"),
    ],
)
def test_a_wrong_head_is_told(folder: Folder, head: str, words: str) -> None:
    home = folder("", head=head or "label: 样包\nversion: 1\n")
    found = told(home)
    assert any(one.startswith("sample/pack.yaml") for one in found)
    if head:
        assert any(words in one for one in found), found


def test_a_law_of_another_pack_may_be_cited_also_when_one_pack_is_checked_alone(folder: Folder) -> None:
    home = folder("criteria:\n  - {code: A1, text: 裂缝, basis: dam-law 第3条}\n")
    (home / "laws").mkdir()
    (home / "laws" / "pack.yaml").write_text(
        "key: laws\nlabel: 法规\nversion: 1\nstandards:\n  - {key: dam-law, title: 大坝法}\n"
    )
    assert told(home) == []
    alone = read_packs(home / "sample", {"tailings"})
    assert (alone.faults, [one.key for one in alone.packs]) == ([], ["sample"])


def test_a_criterion_may_come_again_with_later_days(folder: Folder) -> None:
    text = "criteria:\n  - {code: A1, text: 旧版, to: 2023-05-15}\n"
    text += "  - {code: A1, text: 新版, from: 2023-05-15}\n"
    assert told(folder(text)) == []


def test_the_digest_knows_content_and_not_comments(folder: Folder) -> None:
    first = read_packs(folder(KIND)).packs[0].digest()
    assert read_packs(folder("# 说明\n" + KIND)).packs[0].digest() == first
    assert read_packs(folder(KIND.replace("400", "401"))).packs[0].digest() != first


def test_the_command_tells_faults_and_its_exit_code(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["check", str(folder(KIND))]) == 0
    assert "1 个行业包，没有错误" in capsys.readouterr().out
    assert command.main(["check", str(folder("kinds:\n  - {key: a}\n"))]) == 1
    assert "sample/rest.yaml 第 2 行：设施类别缺少label、industry。" in capsys.readouterr().out
    assert command.main(["check", str(folder(KIND) / "nowhere")]) == 1


def test_the_packs_of_the_house_are_sound() -> None:
    found = read_packs(command.PACKS, command.known_industries())
    assert [str(one) for one in found.faults] == []
    assert found.packs
