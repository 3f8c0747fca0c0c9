"""``python -m tests.plugin.sdks FOLDER``: the plugin's SDKs, built where the tools are found.

The pulumi CLI generates an SDK for each language whose host is on PATH. Those for TypeScript and Go are
built, and an example is compiled against each. What is left out is printed with its reason; a failure ends
it with exit code 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "provider" / "engine" / "schema.json"
EXAMPLES = ROOT / "examples" / "plugin"

Command = list[str]


@dataclass(frozen=True)
class Language:
    """A language, and how its SDK is tried.

    Attributes:
        name: What Pulumi calls it.
        build: The commands that build the SDK, in its folder.
        example: The example that is compiled against it; empty for none.
        tool: The program that all this needs.
        compile: The commands that compile the example, in its folder; ``{sdk}`` is the SDK's.
    """

    name: str
    build: tuple[Command, ...] = ()
    example: str = ""
    tool: str = ""
    compile: tuple[Command, ...] = ()

    @property
    def host(self) -> str:
        """The language's host."""
        return f"pulumi-language-{self.name}"


_NPM = ["npm", "install", "--no-audit", "--no-fund"]
_GO_MODULE = "github.com/pulumi-health/aws-health-datastores/sdk/go"

LANGUAGES = (
    Language(
        "nodejs",
        build=(_NPM, ["npm", "run", "build"], ["cp", "package.json", "bin"]),
        example="typescript-smart-on-fhir",
        tool="npm",
        compile=(
            ["npm", "pkg", "set", "dependencies.@pulumi-health/aws-health-datastores=file:{sdk}/bin"],
            _NPM,
            ["npx", "tsc"],
        ),
    ),
    Language(
        "go",
        build=(["go", "mod", "tidy"], ["go", "build", "./..."]),
        example="go-smallest",
        tool="go",
        compile=(
            ["go", "mod", "edit", f"-replace={_GO_MODULE}={{sdk}}"],
            ["go", "mod", "tidy"],
            ["go", "build", "-o", os.devnull, "."],
        ),
    ),
    Language("python"),
    Language("dotnet"),
    Language("java"),
)


def run(command: Command, folder: Path) -> None:
    """Run a command; raise CalledProcessError, after its output, where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    done.check_returncode()


def make(language: Language, folder: Path) -> str:
    """Generate, build and try one SDK; return what was done, or why nothing was."""
    if shutil.which(language.host) is None:
        return f"skipped, {language.host} is not on PATH"
    run(["pulumi", "package", "gen-sdk", str(SCHEMA), "--language", language.name, "--out", "."], folder)
    if not language.build:
        return "generated"
    if shutil.which(language.tool) is None:
        return f"generated; not built, {language.tool} is not on PATH"
    sdk = folder / language.name
    for command in language.build:
        run(command, sdk)
    program = folder / "programs" / language.example
    shutil.copytree(EXAMPLES / language.example, program, dirs_exist_ok=True)
    for command in language.compile:
        run([part.format(sdk=sdk) for part in command], program)
    return f"generated and built; {language.example} compiles against it"


def main(folder: Path) -> None:
    """Make all SDKs anew in a folder."""
    if shutil.which("pulumi") is None:
        sys.stdout.write("no SDK is generated: the pulumi CLI is not on PATH\n")
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for language in LANGUAGES:
        sys.stdout.write(f"{language.name}: {make(language, folder.resolve())}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
