"""Small videos, as the tests of data have them."""

from tests.data.conftest import write_video as write_video
