"""The measured ledger: 1,000,000 faults in 100 counties and 100,000 places, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTIES, SITES, ROWS = 100, 100_000, 1_000_000
PROVINCE = "360000/"
FIRST_DAY = date(2022, 1, 1)
WORD, WORD_EVERY = "配电箱", 20
INDUSTRIES = _words(
    "煤矿 非煤矿山 危险化学品 烟花爆竹 建筑施工 道路运输 水上交通 渔业 消防 城镇燃气 "
    "特种设备 工贸 冶金 电力 水利 农机 文化旅游 教育 卫生健康 商贸"
)
STATES = ("found", "ordered", "mending", "verifying", "closed")
STATE_WEIGHTS = (8, 6, 16, 5, 65)
PLACES = _words(
    "一号车间 二号车间 三号仓库 东侧厂房 西侧配料间 锅炉房 空压机房 地下车库 装卸平台 "
    "原料堆场 成品库区 办公楼三层 员工宿舍 食堂后厨 污水处理站 氨制冷机房 喷漆房 木工房 "
    "焊接工位 化验室 尾矿库坝顶 井口提升机房 加油区 卸油口 罐区防火堤 塔式起重机 "
    "深基坑边坡 外脚手架 施工电梯 变压器室 值班室 疏散楼梯间 消防泵房 码头前沿"
)
THINGS = _words(
    "灭火器 应急照明灯 疏散指示标志 可燃气体报警器 安全阀 压力表 防护栏杆 安全网 接地线 "
    "漏电保护器 电缆桥架 皮带输送机 砂轮机 冲床 叉车 行车吊钩 钢丝绳 氧气瓶 乙炔瓶 "
    "防爆灯具 静电释放装置 通风机 除尘管道 卸料口 爬梯 操作规程 安全警示标识 "
    "有限空间台账 动火作业票 特种作业证 教育培训记录 应急预案 值班记录 排水沟 截洪沟"
)
WRONGS = _words(
    "未按规定设置 数量不足且已过期 被杂物遮挡无法使用 缺少防护罩 螺栓松动有脱落危险 "
    "锈蚀严重需要更换 没有定期检验合格标识 线路老化绝缘破损 门锁损坏不能正常关闭 "
    "未做有效接地 与实际情况不符 无人签字确认 指针不在绿色区域 安装高度不符合要求 "
    "未与报警主机联动 堆放过高超过限制 距离热源太近 未张贴操作规程 未指定专人负责 "
    "积灰较厚没有及时清理 关键部位没有双人复核 损坏后长期没有修复"
)
DEMANDS = _words(
    "责令三日内整改到位并上报照片 要求当场停用并设置警戒 要求更换合格产品后复查 "
    "限期补齐资料并留存备查 要求立即清理并明确责任人 要求重新检测合格后方可使用 "
    "要求补充培训并组织考核 要求按规范重新安装固定 要求制定措施并落实资金 "
    "要求每日巡查并做好记录"
)
SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
GIVEN = tuple("伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂英")


def counties() -> list[str]:
    """Region paths of 100 counties in 10 cities of one province."""
    return [f"{PROVINCE}36{1 + n // 10:02d}00/36{1 + n // 10:02d}{1 + n % 10:02d}/" for n in range(COUNTIES)]


def sites(seed: int = 1, number: int = SITES) -> Iterator[tuple[int, str, str, str, str]]:
    """(id, code, name, region path, industry) of every place."""
    chance, paths = random.Random(seed), counties()
    for n in range(1, number + 1):
        industry = chance.choice(INDUSTRIES)
        name = f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)}{industry}第{n}有限公司"
        yield n, f"P{n:08d}", name, paths[n % COUNTIES], industry


def describe(chance: random.Random, with_word: bool) -> str:
    """A finding of 40 to 60 characters; `with_word` puts 配电箱 into it, nothing else does."""
    parts = [chance.choice(PLACES)]
    parts.append(WORD if with_word else chance.choice(THINGS))
    parts += [chance.choice(WRONGS), "，", chance.choice(THINGS), chance.choice(WRONGS)]
    parts += ["，", chance.choice(DEMANDS)]
    text = "".join(parts)
    while len(text) < 40:
        text += "，" + chance.choice(DEMANDS)
    return text[:59] + "。" if len(text) > 59 else text + "。"


def faults(seed: int = 1, rows: int = ROWS, number_of_sites: int = SITES) -> Iterator[tuple[object, ...]]:
    """Rows in the order of FAULT_COLUMNS; every twentieth description holds 配电箱."""
    chance = random.Random(seed + 1)
    place = {one[0]: one for one in sites(seed, number_of_sites)}
    for n in range(1, rows + 1):
        site = place[chance.randint(1, number_of_sites)]
        found = FIRST_DAY + timedelta(days=int(chance.random() * 1000))
        due = found + timedelta(days=chance.choice((3, 7, 15, 30, 60)))
        state = chance.choices(STATES, STATE_WEIGHTS)[0]
        closed = (
            min(found + timedelta(days=1 + int(chance.random() * 40)), due) if state == "closed" else None
        )
        level = "major" if chance.random() < 0.04 else "ordinary"
        mender, verifier = (chance.choice(SURNAMES) + chance.choice(GIVEN) for _ in range(2))
        cost = Decimal(int(chance.random() * 5_000_000)) / 100
        yield (
            n, f"Q{n:09d}", site[0], site[3], site[4], level, state, describe(chance, n % WORD_EVERY == 0),
            cost, found, due, closed, mender, verifier, 1,
        )  # fmt: skip


SITE_COLUMNS = ("id", "code", "name", "region_path", "industry")
FAULT_COLUMNS = (
    "id", "number", "site_id", "region_path", "industry", "level", "state", "description",
    "cost", "found_on", "due_on", "closed_on", "mender", "verifier", "version",
)  # fmt: skip
