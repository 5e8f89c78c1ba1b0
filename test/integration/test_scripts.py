"""What scripts/ does with arguments that it does not know: it says so before it builds anything."""

import os
import subprocess

import pytest

from support.settings import ROOT


@pytest.mark.parametrize("command, told", [
    (["scripts/bench", "bluk"], "there is no scenario bluk: "),
    (["scripts/bench", "--rivals", "tidegate,haprox", "bulk"], "there is no rival haprox: tidegate, tidegate-busy-poll, haproxy, "),
    (["scripts/prove-drain", "--quick", "pased"], "there is no scenario pased: "),
    (["scripts/soak", "60", "foo"], "Usage: scripts/soak "),
    (["scripts/soak", "foo"], "Usage: scripts/soak ")])
def test_a_misspelt_argument_is_told_before_anything_is_built(tmp_path, command, told):
    builds = tmp_path / "cmake"
    builds.write_text("#!/bin/sh\nexit 99\n")
    builds.chmod(0o755)
    run = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (run.returncode, told in run.stderr) == (2, True), run.stderr
