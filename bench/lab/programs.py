"""Our own bench programs: built on first use, outside poise's build folder."""

import os
import subprocess

from .processes import Unavailable

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCH)
OUT = os.path.join(BENCH, "out")
TOOLS = os.path.join(ROOT, "build-bench")


def build():
    try:
        subprocess.run(["cmake", "-S", BENCH, "-B", TOOLS, "-DCMAKE_BUILD_TYPE=Release"],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", TOOLS, "-j2"], check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"the bench programs cannot be built: {error}") from error


def path(name):
    return os.path.join(TOOLS, f"poise_bench_{name}")


def out_file(*parts):
    where = os.path.join(OUT, *parts)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    return where


def out_folder(*parts):
    where = os.path.join(OUT, *parts)
    os.makedirs(where, exist_ok=True)
    return where
