from movelaws.seeds import number, stream


def test_equal_jobs_have_equal_streams():
    assert (stream(1, "a").random(5) == stream(1, "a").random(5)).all()
    assert number(1, "a", "b") == number(1, "a", "b")


def test_streams_differ_between_jobs_and_seeds():
    numbers = {number(1, "a"), number(2, "a"), number(1, "b"), number(1, "a", "b"), number(1)}
    assert len(numbers) == 5


def test_the_parts_of_a_name_are_kept_apart():
    assert number(1, "ab", "c") != number(1, "a", "bc")


def test_the_seed_of_a_job_is_the_same_on_every_machine():
    assert number(20260101, "calibrate", "GMExp", "cpc") == 605999081
