"""Each command that changes something leaves one line in the log: who, what, and how it ended."""

import os
import re

from support.admin import ask
from support.config import config
from support.peers import Server, says


def test_a_change_is_told_with_who_made_it_and_what_came_of_it(tidegate, tmp_path, peers):
    paths = {level: str(tmp_path / f"{level}.sock") for level in ("admin", "operator")}
    daemon = tidegate(config({"s1": peers(Server, says(b"")).address},
                             admin=[{"socket": path, "level": level} for level, path in paths.items()]))
    for level, command in [("admin", "show stat"), ("admin", "get weight app/s1"),
                           ("admin", "set server app/s1 weight 5;  disable server app/no"),
                           ("operator", "set server app/s1 state maint"), ("admin", "set server app/s1 weight 6")]:
        ask(paths[level], command.encode() + b"\n")

    who = rf"uid {os.getuid()} pid {os.getpid()}"
    daemon.out.wait_for(rf'admin unix@{re.escape(paths["admin"])} {who}: "set server app/s1 weight 6": done')
    told = [line.partition("notice: admin unix@")[2] for line in daemon.out.all() if "notice: admin unix@" in line]
    assert told == [
        f'{paths["admin"]} {who}: "set server app/s1 weight 5": done',
        f'{paths["admin"]} {who}: "disable server app/no": No such server.',
        f'{paths["operator"]} {who}: "set server app/s1 state maint": Permission denied',
        f'{paths["admin"]} {who}: "set server app/s1 weight 6": done',
    ]
