from __future__ import annotations

from stack.__main__ import down
from stack.lock import held
from tests.stack.sample import Sample, alive


def test_make_down_stops_everything_while_a_load_is_followed(sample: Sample) -> None:
    record = sample.start()

    # A lock belongs to an open file, so this process can hold it against itself.
    with held(sample.stack.settings.state / "load.lock"):
        down(sample.stack.settings)

    assert not alive(record.pid)
    assert sample.stack.records.all() == []
