"""What the README shows is what its example prints."""

import contextlib
import io
import re
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_example_prints_what_the_readme_says():
    code, output = re.search(r"```python\n(.*?)```.*?```\n(.*?)```", README, re.DOTALL).groups()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == output


def test_every_link_leads_somewhere():
    root = Path(__file__).resolve().parents[2]
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (root / link).exists(), link
