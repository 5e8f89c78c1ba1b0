"""Checks by the protocol of what is no database, of real servers: well, gone, replaced, frozen, and back again."""

import pytest

from support.real_servers import Aiosmtpd, Mosquitto, Nginx, OpenSSL, Slapd, assert_watched


@pytest.mark.deadline(60)
@pytest.mark.parametrize("kind", [Nginx, OpenSSL, Mosquitto, Aiosmtpd, Slapd])
def test_it_is_up_while_it_is_well_and_down_for_the_right_reason(tidegate, peers, kind):
    assert_watched(tidegate, peers, kind)
