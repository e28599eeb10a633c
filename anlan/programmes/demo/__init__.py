"""The demonstration: two real documents taken in through the product's own door, running in mid-course.

The documents are public: 江西省2022年安全生产工作要点 and 上饶市2023年安全生产工作要点. What the units did is
invented, by rule and not by chance, and marked 演示数据.
"""

from anlan.programmes.demo.course import DAY, prepare

__all__ = ["DAY", "prepare"]
