/* Cli: the context of a command: effects (`io`), terminal, cancel token, memory. Built by
 * main.c. */
#pragma once

#include "registry.h"
#include "terminal.h"

/* A name that the program can be called by, and the behaviour that depends on it. */
typedef struct CliName {
    const char *name;
    const char *title;       /* without the version: "Terraform" */
    const char *version;     /* of Terraform or OpenTofu, whose texts and forms are written */
    const char *version_key; /* JSON key of the Terraform version in the first event */
    const char *ui_module;
    const char *registry;   /* default host of providers and modules */
    const char *data_dir;   /* default data directory; wrappers and caches expect it */
    bool is_other;          /* emulates another program: output has no keys specific to loam */
    const RenderPeer *peer; /* that program; NULL: none */
    /* Behaviour and texts of OpenTofu: a removed block without lifecycle forgets its objects,
     * summaries count forgotten objects, and prevent_destroy accepts an expression. */
    bool is_tofu;
    /* In *.tf files, module sources and backend arguments must be literals. */
    bool has_literal_settings;
} CliName;

typedef struct Cli {
    Io io;
    Arena *arena; /* lives as long as the run */
    Terminal terminal;
    CancelToken *cancel;
    struct Signals *signals;     /* NULL: signals are not handled */
    struct View *view;           /* of the running command */
    const Map *secrets;          /* values to mask in printed outputs and states; NULL: none */
    struct Reporting *reporting; /* files requested by -report; NULL: none */
    Registry *registry;
    struct ForeignPrograms *foreign; /* providers that are programs */
    const struct ProvisionerTable *provisioners;
    const struct CommandTable *commands;
    const struct FunctionTable *functions;
    const struct ModuleSources *module_sources;
    Str version;
    const CliName *name;
    DiskFile stream;    /* destination of JSON output; 0: standard output */
    Str started_in;     /* path.cwd: the working directory before -chdir */
    Str data_directory; /* from LOAM_DATA_DIR or TF_DATA_DIR, or the default of CliName */
    Str workspace;
    Str environment; /* selected by -env or LOAM_ENV; empty: none */
    bool in_automation;
} Cli;

/* Returns the value of LOAM_<name>, else of TF_<name>; NULL if both are unset or empty. */
const char *cli_environment(const Cli *cli, const char *name);
/* Returns the host of addresses of providers and modules that name none: LOAM_DEFAULT_REGISTRY,
 * else that of the program's name. */
Str cli_default_registry(const Cli *cli);
/* Writes text for programs to standard output, or to the file of -json-into. */
void cli_write(const Cli *cli, Str text);
/* Returns the name that the program was called by; loam's if `name` is not set. */
const CliName *cli_name(const Cli *cli);
/* Returns the row for a program path (argv[0]); loam's row for an unknown name. */
const CliName *cli_name_of_program(const char *path);
int64_t cli_now_ms(const Cli *cli);

/* Prints the question, the description and the accepted answer, unless the description has it, and
 * reads one line. Returns true if the line equals `wanted`, usually "yes".
 * Adds an error only if standard input has ended. */
MUST_USE bool cli_approve(Cli *cli, const char *question, const char *description,
                          const char *wanted, Diags *diags);
