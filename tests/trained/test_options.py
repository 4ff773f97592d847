import pytest

from lib.system.errors import UserError
from lib.trained.options import one_path_each, parse


@pytest.fixture
def paths(tmp_path):
    for name in ("a.jpg", "b c.jpg"):
        (tmp_path / name).touch()
    return tmp_path / "a.jpg", tmp_path / "b c.jpg"


def test_names_stand_for_values_and_the_last_counts():
    options = parse(["MODEL=vae-32", "COUNT=3", "COUNT=5", "SEEDS=2", "SEED=", "RECORDED=0"])
    assert (options.model, options.count, options.run_seed) == ("vae-32", 5, 2)
    assert (options.seed, options.recorded, options.profile) == (0, False, None)
    assert parse(["MODEL=gan-corrected", "RECORDED=1", "DIGITS=/mnist"]).recorded


def test_a_path_with_a_space_is_one_and_several_are_quoted_as_in_a_shell(paths):
    plain, spaced = paths
    assert parse(["MODEL=m", f"FACES={spaced}"]).faces == (spaced,)
    assert parse(["MODEL=m", f"FACES={plain} '{spaced}'"]).faces == (plain, spaced)
    assert parse(["MODEL=m", f"FACES={spaced}", f"FACES={plain}"]).faces == (spaced, plain)


def test_every_path_becomes_an_argument_of_its_own(paths):
    plain, spaced = paths
    given = ["MODEL=m", f"IMAGES={plain} '{spaced}'", "FACES=", "SEED=1"]
    expected = ["MODEL=m", f"IMAGES={plain}", f"IMAGES={spaced}", "FACES=", "SEED=1"]
    assert one_path_each(given) == expected
    with pytest.raises(UserError, match="nowhere"):
        one_path_each(["FACES=nowhere"])


def test_queries_are_separated_by_commas():
    assert parse(["MODEL=m", "QUERY=46+69, 7 - 12,"]).queries == ("46+69", "7 - 12")
