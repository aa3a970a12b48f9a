"""The microcircuit on the command line."""

from rheobase.cli.command_line import main


def test_demo_prints_speed_and_rates_and_draws(tmp_path, capsys):
    picture = tmp_path / "raster.png"
    arguments = ["--scale", "0.02", "--time", "100", "--threads", "1", "--save", str(picture)]
    assert main(["demo", "microcircuit", *arguments]) == 0
    printed = capsys.readouterr().out
    for expected in ("L23E", "L6I", "construction", "real-time factor", "deliver", "bytes each", "events per second"):
        assert expected in printed
    assert picture.stat().st_size > 10_000


def test_demo_says_what_is_wrong(tmp_path, capsys):
    assert main(["demo", "microcircuit", "--scale", "2", "--save", str(tmp_path / "raster.png")]) == 2
    assert "scale must be > 0 and <= 1" in capsys.readouterr().err
