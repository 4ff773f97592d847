import pytest

from report.criteria.claims import evaluated
from tests.report.claimed_study import content


@pytest.fixture(scope="session")
def as_claimed(tmp_path_factory):
    """Every claim, evaluated on the study in which all of them hold."""
    return evaluated(content(tmp_path_factory.mktemp("claimed")))
