"""Checks by their protocol of real databases: well, gone, replaced, frozen, and back again."""

import pytest

from support.real_servers import MariaDB, PostgreSQL, Redis, assert_watched


@pytest.mark.deadline(60)
@pytest.mark.parametrize("kind", [Redis, PostgreSQL, MariaDB])
def test_it_is_up_while_it_is_well_and_down_for_the_right_reason(tidegate, peers, kind):
    assert_watched(tidegate, peers, kind)
