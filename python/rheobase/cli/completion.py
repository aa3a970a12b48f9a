"""What shells need to complete the words of the command line, written from its parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True)
class Command:
    """A command by the words that lead to it, with what may follow."""

    path: tuple[str, ...]
    help: str
    commands: Mapping[str, str]
    options: Mapping[str, argparse.Action]
    words: Sequence[str]

    @property
    def followers(self) -> list[str]:
        """All words that may come next."""
        return [*self.commands, *self.words, *self.options]


def script(parser: argparse.ArgumentParser, shell: str, words: Mapping[str, Sequence[str]]) -> str:
    """Return the script for a shell; `words` are those that commands take, by the command's name."""
    commands = [*_commands(parser, (), "", words)]
    return _fish(parser.prog, commands) if shell == "fish" else _bash(parser.prog, commands, shell)


def _commands(
    parser: argparse.ArgumentParser, path: tuple[str, ...], text: str, words: Mapping[str, Sequence[str]]
) -> Iterator[Command]:
    inner: dict[str, argparse.ArgumentParser] = {}
    texts: dict[str, str] = {}
    own = list(words.get(path[-1], ())) if path else []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner = dict(action.choices)
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
        elif not action.option_strings:
            own += [str(choice) for choice in action.choices or ()]
    options = {name: action for action in parser._actions for name in action.option_strings if name.startswith("--")}
    yield Command(path, text, texts, options, own)
    for name, below in inner.items():
        yield from _commands(below, (*path, name), texts[name], words)


def _bash(program: str, commands: Sequence[Command], shell: str) -> str:
    paths = "|".join(f'"{_called(c.path)}"' for c in commands if c.path)
    valued = [
        f'        "{_called(c.path)} {name}") words="{" ".join(map(str, action.choices))}" ;;'
        for c in commands
        for name, action in c.options.items()
        if action.choices
    ]
    cases = [f'        "{_called(c.path)}") words="{" ".join(c.followers)}" ;;' for c in commands]
    lines = [
        *(["autoload -U +X bashcompinit && bashcompinit"] if shell == "zsh" else []),
        f"_{program}() {{",
        '    local word words="" path="" current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        f'        case "$path $word" in {paths}) path="$path $word" ;; esac',
        "    done",
        '    case "$path" in',
        *cases,
        "    esac",
        '    case "$path $before" in',
        *valued,
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        f"complete -o default -F _{program} {program}",
    ]
    return "\n".join(lines)


def _called(path: Sequence[str]) -> str:
    return "".join(f" {word}" for word in path)


def _fish(program: str, commands: Sequence[Command]) -> str:
    lines = []
    for c in commands:
        seen = [f"__fish_seen_subcommand_from {word}" for word in c.path] or ["__fish_use_subcommand"]
        if c.path and c.commands:
            seen.append(f"not __fish_seen_subcommand_from {' '.join(c.commands)}")
        start = f"complete -c {program} -n {_quoted('; and '.join(seen))}"
        lines += [f"{start} -f -a {name} -d {_quoted(text)}" for name, text in c.commands.items()]
        lines += [f"{start} -a {_quoted(' '.join(c.words))}"] if c.words else []
        for name, action in c.options.items():
            values = f" -x -a {_quoted(' '.join(map(str, action.choices)))}" if action.choices else ""
            needs = " -r" if action.nargs != 0 and not values else ""
            lines.append(f"{start} -l {name[2:]}{values}{needs} -d {_quoted(action.help or '')}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
