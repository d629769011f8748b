#!/usr/bin/env python3
"""What surrounds the executable and only other programs read: completions, man page, units,
manifests, the configuration's schema. Each is tried with the program it is for, where that is here;
what could not be tried is said. usage: check.py POISE SOURCE_FOLDER"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

poise, source = sys.argv[1], Path(sys.argv[2])
deploy = source / "deploy"
faults = []


def check(condition, what):
    if not condition:
        faults.append(what)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def need(program):
    if shutil.which(program):
        return True
    print(f"not tried, as there is no {program} here")
    return False


def listed(text, section):
    """The words at the left of a section of a help text."""
    words, now = [], ""
    for line in text.splitlines():
        if line and not line[0].isspace():
            now = line.split(":")[0].lower()
        elif now == section and re.match(r"  \S", line):
            words += line.split()[0].split(",")
    return words


def commands():
    return listed(run(poise, "--help").stdout, "subcommands")


# ---- completions


def bash_completions(*words):
    script = (
        f'PATH={os.path.dirname(poise)}:$PATH; source "{deploy}/completions/poise.bash"\n'
        f"COMP_WORDS=({' '.join(repr(w) for w in words)}); COMP_CWORD={len(words) - 1}\n"
        f"_poise poise {words[-1]!r} {words[-2]!r}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    result = run("bash", "-c", script)
    check(result.stderr == "", f"bash completion says: {result.stderr}")
    return set(result.stdout.split())


def completions_of_bash():
    check({"run", "check"} <= set(commands()), "poise --help lists its commands")
    missing = set(commands()) - bash_completions("poise", "")
    check(not missing, f"bash completes every command, not {missing}")
    check(bash_completions("poise", "ch") == {"check"}, "bash completes the beginning of a command")
    for command in commands():
        options = set(listed(run(poise, command, "--help").stdout, "options"))
        missing = {o for o in options if o.startswith("-")} - bash_completions("poise", command, "-")
        check(not missing, f"bash completes every option of {command}, not {missing}")
    files = bash_completions("poise", "run", "-c", str(source) + "/READ")
    check(files == {str(source) + "/README.md"}, f"bash completes files after -c: {files}")
    if need("shellcheck"):
        said = run("shellcheck", str(deploy / "completions/poise.bash")).stdout
        check(said == "", said)


def completions_of_zsh():
    if not need("zsh"):
        return
    script = (
        "setopt extendedglob\n"
        "_describe() { print -l ${(P)${@[-1]}}; [[ $@[-1] == -* ]] && print -l $reply }\n"
        "_describe() { print -l -- $reply }\n"
        f"PATH={os.path.dirname(poise)}:$PATH\n"
        "words=(poise '') CURRENT=2\n"
        f'source "{deploy}/completions/_poise"\n'
    )
    said = run("zsh", "-f", "-c", script)
    found = {line.split(":")[0] for line in said.stdout.splitlines()}
    check(set(commands()) <= found, f"zsh completes every command: {said.stdout} {said.stderr}")
    said = run("zsh", "-f", "-c", script.replace("(poise '') CURRENT=2", "(poise check -) CURRENT=3"))
    check("--config" in said.stdout, f"zsh completes options: {said.stdout} {said.stderr}")


# ---- man page, units, rotation


def man_page():
    page = deploy / "man/poise.1"
    text = page.read_text()
    for command in commands():
        told = re.search(rf"(?m)^\.It Cm (.* , )?{command}\b", text)
        check(told, f"the man page tells of '{command}'")
    if need("mandoc"):
        said = run("mandoc", "-Tlint", "-Wwarning", str(page)).stdout
        check(said == "", said)


def units():
    if not need("systemd-analyze"):
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("poise.service", "poise.socket"):
            text = (deploy / "systemd" / name).read_text().replace("/usr/bin/poise", "/bin/true")
            text = re.sub(r"(?m)^Documentation=.*\n", "", text)
            (Path(folder) / name).write_text(text)
        paths = [f"{folder}/poise.service", f"{folder}/poise.socket"]
        said = run("systemd-analyze", "verify", *paths).stderr
        ours = [line for line in said.splitlines() if "poise" in line]
        check(not ours, "\n".join(ours))


def rotation():
    if not need("logrotate"):
        return
    text = (deploy / "logrotate/poise").read_text().replace("create 0640 poise poise", "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "poise"
        path.write_text(text)
        path.chmod(0o600)
        said = run("logrotate", "--debug", "--state", f"{folder}/state", str(path))
        check(said.returncode == 0 and "error:" not in said.stderr, said.stderr)


# ---- Kubernetes


def manifests():
    try:
        import yaml
    except ImportError as missing:
        print(f"the manifests were not tried: {missing}")
        return
    kinds = set()
    labels = []
    for path in sorted((deploy / "kubernetes").glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            kinds.add(document["kind"])
            check("apiVersion" in document and "name" in document["metadata"], f"{path} is complete")
            labels.append(document["metadata"]["labels"])
            if document["kind"] == "ConfigMap":
                check_configuration(document["data"]["poise.yaml"])
            if document["kind"] == "Deployment":
                check_deployment(document)
    check(kinds >= {"ConfigMap", "Deployment", "Service", "PodDisruptionBudget"}, f"{kinds}")
    check(all(each == labels[0] for each in labels), "everything has the same labels")


def check_configuration(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "poise.yaml"
        path.write_text(text)
        said = run(poise, "check", "-c", str(path), env={**os.environ, "POISE_ADMIN_TOKEN": "x" * 32})
        check(said.returncode == 0, said.stderr)


def check_deployment(document):
    spec = document["spec"]["template"]["spec"]
    container = spec["containers"][0]
    ports = {port["name"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        check(container[probe]["httpGet"]["port"] in ports, f"{probe} asks a port there is")
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    check(mounts == {volume["name"] for volume in spec["volumes"]}, "every volume is mounted")
    stop = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    check(spec["terminationGracePeriodSeconds"] >= stop + 30, "pods may drain before they are killed")
    options = run(poise, container["args"][0], "--help").stdout
    for word in container["args"][1:]:
        check(not word.startswith("-") or word in options, f"poise knows {word}")


# ---- the schema

# What only `poise check` sees, as it depends on another setting.
BEYOND_A_SCHEMA = {
    "balance_foreign_option.yaml",
    "balance_key_of_no_hashing.yaml",
    "balance_load_factor_of_maglev.yaml",
    "health_tcp_with_path.yaml",
}


def yaml_1_2(text):
    """PyYAML, but `on` and `off` are words, as poise and today's editors read them."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    truth = "tag:yaml.org,2002:bool"
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag != truth]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(truth, re.compile("^(true|false)$"), list("tf"))
    return yaml.load(text, Loader)


def schema():
    try:
        import jsonschema
        import yaml  # noqa: F401
    except ImportError as missing:
        print(f"the schema was not tried: {missing}")
        return
    said = json.loads(run(poise, "schema").stdout)
    jsonschema.Draft7Validator.check_schema(said)
    validator = jsonschema.Draft7Validator(said)
    for path in sorted((source / "conf/examples").glob("*.yaml")):
        for error in validator.iter_errors(yaml_1_2(path.read_text())):
            check(False, f"the schema refuses {path.name}: {error.json_path}: {error.message[:300]}")
    refused = 0
    for path in sorted((source / "tests/conf/broken").glob("*.yaml")):
        text = path.read_text()
        if "unknown key" not in text.split("\n", 1)[0] or path.name in BEYOND_A_SCHEMA:
            continue
        refused += 1
        check(not validator.is_valid(yaml_1_2(text)), f"the schema allows {path.name}")
    check(refused > 5, f"there are configurations with unknown keys: {refused}")


# ---- the image


def image():
    """Without an engine: that it installs what ./dev does."""
    text = (deploy / "docker/Dockerfile").read_text()
    listed_in_dev = re.search(r"build_packages=\((.*?)\)", (source / "dev").read_text(), re.S)[1]
    for package in listed_in_dev.split():
        check(re.search(rf"\s{re.escape(package)}(\s|$)", text), f"the Dockerfile installs {package}")
    folders = re.findall(r"poise_library\(\S+ ([a-z]+)", (source / "CMakeLists.txt").read_text())
    kept = (deploy / "docker/Dockerfile.dockerignore").read_text()
    for folder in set(folders):
        check(f"!{folder}\n" in kept, f"the image's build sees {folder}/")


for part in (completions_of_bash, completions_of_zsh, man_page, units, rotation, manifests, schema, image):
    part()
for fault in faults:
    print("FAULT:", fault)
sys.exit(1 if faults else 0)
