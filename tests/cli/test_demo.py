"""`kfl demo`."""

import json

from tests.cli.commands import kfl


def test_logins_are_json_alone_on_stdout(data):
    done = kfl("demo", "--print-logins", data=data)
    assert done.returncode == 0
    assert set(json.loads(done.stdout)) == {"people", "codes"}


def test_a_second_demo_in_the_same_folder_is_refused(data):
    done = kfl("demo", "--size", "tiny", data=data)
    assert done.returncode == 1
    assert "holds data already" in done.stderr
    assert "Traceback" not in done.stderr


def test_logins_of_a_folder_that_is_no_demo_are_refused(tmp_path):
    done = kfl("demo", "--print-logins", data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "was not made by kfl demo" in done.stderr
