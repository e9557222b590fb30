/* Cli: what a command gets: the effects, the terminal, the stop token, memory. Built by main.c. */
#pragma once

#include "cancel.h"
#include "diag.h"
#include "io.h"
#include "registry.h"
#include "terminal.h"

/* A name that the program is called by. */
typedef struct CliName {
    const char *name;
    const char *title;       /* "Terraform v1.11.4" */
    const char *version_key; /* of the stream's first line */
    const char *ui_module;
    const char *data_dir; /* where wrappers and caches look for what init records */
    bool is_other;        /* its output is parsed as that of another program: no key of our own */
    bool forgets; /* as OpenTofu: a removed block alone means to forget, what is forgotten is
                     counted, and prevent_destroy is an expression */
    /* in *.tf, module sources and backends are literals */
    bool has_literal_settings;
} CliName;

typedef struct Cli {
    Io io;
    Arena *arena; /* run */
    Terminal terminal;
    CancelToken *cancel;
    struct Signals *signals; /* NULL: nobody waits for any */
    struct View *view;       /* of the command that runs */
    const Map *secrets;      /* what outputs that nobody asked for must not show; NULL: nothing */
    struct Reporting *reporting; /* files asked for by -report; NULL: none */
    Registry *registry;
    const struct ProvisionerTable *provisioners;
    const struct CommandTable *commands;
    const struct FunctionTable *functions;
    const struct ModuleSources *module_sources;
    Str version;
    const CliName *name;
    DiskFile stream; /* where documents for programs go; 0: standard output */
    Str started_in;  /* path.cwd: before -chdir */
    Str data_folder; /* .loam, or as CliName has it */
    Str workspace;
    Str environment; /* -env: which of the configuration's; empty: none */
    bool in_automation;
} Cli;

/* LOAM_X wins over TF_X; NULL when neither is set. */
const char *cli_environment(const Cli *cli, const char *name);
/* Text for programs: to standard output, or where -json-into says. */
void cli_write(const Cli *cli, Str text);
/* Whose output those expect who called the program by this name. */
const CliName *cli_name(const Cli *cli);
/* The row of a program's path, as argv has it; loam's own where the name is unknown. */
const CliName *cli_name_of_program(const char *path);
int64_t cli_now_ms(const Cli *cli);
