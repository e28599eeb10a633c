"""Environment of a test run, as a pytest plugin (`-p`): the settings are read before any conftest is.

Importing it is the whole work.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from anlan.launch.testing import ensure_test_database

if "ANLAN_HOME" not in os.environ:
    os.environ["ANLAN_HOME"] = tempfile.mkdtemp(prefix="anlan-test-")
    atexit.register(shutil.rmtree, os.environ["ANLAN_HOME"], ignore_errors=True)
os.environ.setdefault("ANLAN_TESTING", "1")
os.environ.setdefault("ANLAN_EXAMPLE", "1")
os.environ["DATABASE_URL"] = ensure_test_database()
