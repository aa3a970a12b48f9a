"""`rheobase completion`: the scripts offer the words that the parser takes."""

import shutil
import subprocess

import pytest

from rheobase.cli import main


def script(shell, capsys):
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def offered(text, shell, *words):
    """Return what the function of bash offers for the last of the words."""
    asked = (
        f"{text}\nCOMP_WORDS=(rheobase {' '.join(repr(word) for word in words)})\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_rheobase\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    done = subprocess.run([shell, "-c", asked], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_commands_options_and_values(capsys):
    text = script("bash", capsys)
    assert {"info", "run", "demo", "figure", "completion", "--version"} <= set(offered(text, "bash", ""))
    assert offered(text, "bash", "demo", "c") == ["cortex"]
    assert offered(text, "bash", "demo", "microcircuit", "--sc") == ["--scale"]
    assert offered(text, "bash", "demo", "microcircuit", "--drive", "") == ["poisson", "dc"]
    assert offered(text, "bash", "completion", "z") == ["zsh"]
    assert "3.3" in offered(text, "bash", "figure", "3.")
    assert offered(text, "bash", "run", "--thr") == ["--threads"]


def test_zsh_takes_the_function_of_bash(capsys):
    first, *rest = script("zsh", capsys).splitlines()
    assert "bashcompinit" in first
    assert rest == script("bash", capsys).splitlines()


def test_fish_is_told_of_every_command(capsys):
    text = script("fish", capsys)
    assert "complete -c rheobase -n '__fish_use_subcommand' -f -a demo -d 'run a network and draw it'" in text
    assert "'__fish_seen_subcommand_from demo; and not __fish_seen_subcommand_from cortex microcircuit'" in text
    assert "-l drive -x -a 'poisson dc'" in text
    if shutil.which("fish"):
        subprocess.run(["fish", "--no-execute"], input=text, text=True, check=True)


def test_another_shell_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["completion", "tcsh"])
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
