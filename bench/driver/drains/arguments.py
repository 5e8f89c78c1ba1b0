"""What scripts/prove-drain is asked; as a program it only says whether that makes sense."""

import argparse

SCENARIOS = {
    "requests": "200 clients, think times of 50 ms and 1 s, answers of 1 kB to 1 MB in 1 to 4 writes; 20 drains",
    "no-think": "50 clients that ask again at once; 20 drains",
    "redis": "100 clients with INCR and BLPOP before a real Redis; 20 drains",
    "postgres": "57 clients with transactions of three statements before a real PostgreSQL; 20 drains",
    "http": "100 keep-alive clients before a real nginx; 20 drains",
    "at-once": "2,000 connects a second while a server is drained and ready again 1,000 times",
    "paced": "2,000 long sessions, idle or with a request a second, 20 s to the deadline",
    "stop": "the process is stopped under the load of `requests`; 5 stops",
}


def arguments():
    listed = "\n".join(f"  {name:10}{what}" for name, what in SCENARIOS.items())
    parser = argparse.ArgumentParser(prog="scripts/prove-drain", epilog="scenarios:\n" + listed,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="each small")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    asked = parser.parse_args()
    for name in asked.scenarios:
        if name not in SCENARIOS:
            parser.error(f"there is no scenario {name}: {', '.join(SCENARIOS)}")
    return asked


if __name__ == "__main__":
    arguments()
