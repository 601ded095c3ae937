"""The lab of the tests of marking, for sessions that are marked for real."""

from tests.curation.marking.conftest import lab as lab
from tests.data.conftest import write_video as write_video
