"""What the tests of the findings page share."""

from __future__ import annotations

import pytest
from findings_world import World, full_world


@pytest.fixture
def world() -> World:
    """Give a workspace in which every section has something to say, all of it public."""
    return full_world()
