"""Processes that wait for times."""

from math import inf

from sw.design.events import play


def test_the_earliest_goes_first_and_one_may_wait_for_what_another_does():
    said, boxes = [], []

    def sends(pause, count):
        time = 0
        for number in range(count):
            time = yield lambda time=time: time + pause
            boxes.append((time + 4, f"{pause}.{number}"))

    def takes():
        free = 0
        while True:
            time = yield lambda free=free: max(free, boxes[0][0]) if boxes else inf
            said.append((time, boxes.pop(0)[1]))
            free = time + 5

    play([takes(), sends(3, 3), sends(7, 1)])
    assert said == [(7, "3.0"), (12, "3.1"), (17, "7.0"), (22, "3.2")]
