"""The names that the two folders have where they are installed; all else is in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {"pulumi_aws_health_datastores": "provider", "pulumi_aws_health_datastores_sandbox": "sandbox"}

setup(
    package_dir=FOLDERS,
    packages=[
        *FOLDERS,
        *(f"{name}.{inner}" for name, folder in FOLDERS.items() for inner in find_packages(folder)),
    ],
)
