import sys

import pytest

from movelaws.log import logged


def test_output_and_errors_reach_the_log(tmp_path):
    path = tmp_path / "folder" / "step.log"
    with logged(path):
        print("a count")
        print("a warning", file=sys.stderr)
    assert path.read_text() == "a count\na warning\n"


def test_the_log_of_a_failing_step_holds_the_traceback(tmp_path, capsys):
    path = tmp_path / "step.log"
    with pytest.raises(ValueError, match="flow = -2"), logged(path):
        raise ValueError("flow = -2")
    assert "Traceback" in path.read_text()
    assert "ValueError: flow = -2" in capsys.readouterr().err


def test_a_log_is_not_a_terminal(tmp_path):
    with logged(tmp_path / "step.log"):
        assert not sys.stderr.isatty()
