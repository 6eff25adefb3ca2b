"""`make bench`: every figure is a ratio of two things measured in the same run; see docs/benchmarks.md."""
