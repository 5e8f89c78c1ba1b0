"""What the tests share: starting the daemon, scripted peers, streams with a checksum."""
