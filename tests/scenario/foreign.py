"""Cases of the areas foreign-*: unmodified programs of Terraform providers, from `tests/programs/build providers`, answer
for the providers, also for those that loam contains."""
import atexit, os, shutil, tempfile

AREA = "foreign-"
MIRROR = os.path.join(os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs"), "providers")
NAMES = "hashicorp/archive hashicorp/http hashicorp/local hashicorp/null hashicorp/random hashicorp/time hashicorp/tls loam/loamtest"
settings = []


def is_foreign(area):
    return area.startswith(AREA)


def missing():
    """The providers that are not built."""
    return [name for name in NAMES.split() if not os.path.isdir(os.path.join(MIRROR, "registry.terraform.io", name))]


def environment():
    """A CLI configuration that installs from the mirror alone; it may not lie in the directory of a case."""
    if not settings:
        directory = tempfile.mkdtemp(prefix="scenario-settings-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        settings.append(os.path.join(directory, "cli.tfrc"))
        with open(settings[0], "w", encoding="utf-8") as file:
            file.write('provider_installation {\n  filesystem_mirror {\n    path    = "%s"\n    include = ["*/*/*"]\n  }\n}\n' % MIRROR)
    # The records are those of terraform, with its registry.
    return {"TF_CLI_CONFIG_FILE": settings[0], "LOAM_PROVIDERS": "foreign", "LOAM_DEFAULT_REGISTRY": "registry.terraform.io",
            "XDG_STATE_HOME": os.path.join(os.path.dirname(settings[0]), "state")}
