"""Intake for the benchmark's data folder."""

import os

from kfl.intake.app import create_app

app = create_app(os.environ["KFL_BENCH_DATA"])
