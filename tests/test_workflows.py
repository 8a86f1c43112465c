"""What a maintainer relies on: workflows with few rights, hooks with the lock's tools,
guides that name commands which exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GUIDES = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "book/run-it-yourself.md")
]
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)

PINNED = re.compile(r"uses: [\w-]+(/[\w-]+)+@([0-9a-f]{40}) # v\d+\.\d+\.\d+$")
# The only jobs that may do more than read what is public.
WRITING = {
    ("publish", "colab"): {"actions": "read", "contents": "write"},
    ("publish", "deploy"): {"pages": "write", "id-token": "write"},
}
READING = [{}, {"contents": "read"}, {"contents": "read", "pages": "read"}]
COMMAND = re.compile(r"\bmake (?:[A-Z_]+=\S* )*([a-z][a-z-]*)")


def not_pinned(text: str) -> list[str]:
    """Lines that call an action, but not by a revision with its version beside it."""
    lines = [line.strip() for line in text.splitlines()]
    calls = [
        line.removeprefix("- ") for line in lines if re.match(r"(- )?uses\b", line)
    ]
    return [line for line in calls if not PINNED.fullmatch(line)]


def jobs(path: Path) -> dict[str, dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def scripts(path: Path) -> list[str]:
    """What a workflow hands to the shell."""
    return [
        step["run"]
        for job in jobs(path).values()
        for step in job["steps"]
        if "run" in step
    ]


def code_of(markdown: str) -> str:
    """The code of a page, fenced or in its lines, one piece a line."""
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```$", markdown, flags=re.S | re.M)
    prose = re.sub(r"^ *```.*?^ *```$", "", markdown, flags=re.S | re.M)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", prose)])


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.M))


@each_workflow
def test_every_action_is_pinned_to_a_revision_with_its_version_beside_it(path):
    assert not_pinned(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "- uses: actions/checkout@v7",
        "- uses: actions/checkout@main # v7.0.1",
        "- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "- uses: actions/checkout@3d3c42e5 # v7.0.1",
        "- uses: docker://alpine",
        "- uses: ./here",
    ],
)
def test_an_action_that_is_not_pinned_is_found(line):
    assert not_pinned(f"steps:\n  {line}\n") == [line.removeprefix("- ")]


def test_an_action_has_the_same_revision_everywhere():
    found = {}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        for action, call in re.findall(r"uses: ([\w-]+/[\w-]+)\S*@(\S+ # \S+)", text):
            found.setdefault(action, set()).add(call)
    assert {action: calls for action, calls in found.items() if len(calls) > 1} == {}


@each_workflow
def test_a_workflow_may_only_read_the_repository(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})


@each_workflow
def test_only_the_jobs_that_publish_may_write(path):
    for name, job in jobs(path).items():
        given = job.get("permissions", {})
        wanted = WRITING.get((path.stem, name))
        assert given == wanted if wanted else given in READING, name


@each_workflow
def test_no_checkout_leaves_its_token_behind(path):
    for job in jobs(path).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@each_workflow
def test_no_secret_is_used(path):
    assert "secrets." not in path.read_text(encoding="utf-8")


@each_workflow
def test_no_expression_gets_into_a_script(path):
    # Values from outside come in as variables, which the shell does not run.
    assert [script for script in scripts(path) if "${{" in script] == []


@each_workflow
def test_every_job_has_a_time_limit_and_every_workflow_a_queue(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"group", "cancel-in-progress"} <= set(workflow["concurrency"])
    assert [
        name for name, job in jobs(path).items() if "timeout-minutes" not in job
    ] == []


@each_workflow
def test_a_workflow_names_only_commands_that_there_are(path):
    assert set(COMMAND.findall("\n".join(scripts(path)))) <= targets()


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_names_only_commands_that_there_are(path):
    named = set(COMMAND.findall(code_of(path.read_text(encoding="utf-8"))))
    assert named
    assert named <= targets()


def test_commands_are_found_in_code_and_not_in_prose():
    page = "Ideas make sense with `make one` or\n\n```sh\nA=b make X=1 two Y=2\n```\n"
    assert COMMAND.findall(code_of(page)) == ["two", "one"]


def test_every_hook_calls_a_tool_of_the_lock():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    tools = {"python"} | set(re.findall(r"^([\w.-]+)==", lock, flags=re.M))
    for repository in yaml.safe_load(text)["repos"]:
        assert repository["repo"] == "local"
        for hook in repository["hooks"]:
            program = hook["entry"].split()[0]
            assert program.startswith(".venv/bin/")
            assert program.removeprefix(".venv/bin/") in tools


def test_no_setting_of_git_changes_what_is_checked_out(tmp_path):
    names = (".gitattributes", ".ci/run", "Makefile", "requirements.txt")
    for name in names:
        (tmp_path / "first" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "first" / name)

    def git(*arguments: str | Path) -> None:
        subprocess.run(["git", *arguments], check=True, capture_output=True)

    first = tmp_path / "first"
    author = ("-c", "user.name=test", "-c", "user.email=test", "-c", "commit.gpgsign=0")
    git("init", first)
    git("-C", first, "add", "--force", "--all")
    git("-C", first, *author, "commit", "--message", "As it is")
    git("clone", "--config", "core.autocrlf=true", first, tmp_path / "second")
    for name in names:
        copy = (tmp_path / "second" / name).read_bytes()
        assert copy == (ROOT / name).read_bytes(), name
        assert b"\r" not in copy
