"""What a drain costs clients, beside HAProxy: the proofs of scripts/prove-drain."""
