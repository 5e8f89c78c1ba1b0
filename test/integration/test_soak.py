"""Nothing is left of ten thousand visits: no memory, no descriptor, no timer, no pipe, no slot."""

import pytest

from support.settings import scaled
from support.soak import Soak

VISITS = scaled(10_000, 1_000)


@pytest.mark.deadline(120)
def test_after_visits_of_every_kind_everything_is_back_where_it_was(tmp_path):
    with Soak(tmp_path, VISITS // 4) as soak:
        soak.run(seconds=0, least_visits=VISITS)
