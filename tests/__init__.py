"""Tests: each folder beside this file tests the package of the same name; `harness` starts the servers they need."""
