"""`kfl demo`."""

import json
import os
import subprocess
import sys
from pathlib import Path

from kfl.demo import mark
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


def test_a_half_built_demo_is_refused_with_what_to_do(tmp_path):
    mark.claim(tmp_path, mark.Mark("tiny", "2026-11-20"))
    done = kfl("demo", "--size", "tiny", data=tmp_path)
    assert done.returncode == 1
    assert "did not finish: remove the folder" in done.stderr


def test_logins_of_a_folder_that_is_no_demo_are_refused(tmp_path):
    done = kfl("demo", "--print-logins", data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "was not made by kfl demo" in done.stderr


def test_a_demo_sends_no_mail_even_where_a_mail_server_is_set(data, tmp_path):
    def backend(folder: Path) -> str:
        program = "from kfl.web import settings; print(getattr(settings, 'EMAIL_BACKEND', 'smtp'))"
        environment = {**os.environ, "KFL_DATA": str(folder), "KFL_SMTP": "smtp://post.example:25"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert backend(tmp_path) == "smtp"
    assert backend(data).endswith("filebased.EmailBackend")
