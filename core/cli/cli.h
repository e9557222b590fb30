/* Cli: what a command gets: the effects, the terminal, the stop token, memory. Built by main.c. */
#pragma once

#include "cancel.h"
#include "diag.h"
#include "io.h"
#include "registry.h"
#include "terminal.h"

typedef struct Cli {
    Io io;
    Arena *arena; /* run */
    Terminal terminal;
    CancelToken *cancel;
    struct View *view; /* of the command that runs */
    struct Reporting *reporting; /* files asked for by -report; NULL: none */
    Registry *registry;
    const struct FunctionTable *functions;
    const struct ModuleSources *module_sources;
    Str version;
    Str started_in;  /* path.cwd: before -chdir */
    Str data_folder; /* .loam */
    Str workspace;
    bool in_automation;
} Cli;

/* LOAM_X wins over TF_X; NULL when neither is set. */
const char *cli_environment(const Cli *cli, const char *name);
int64_t cli_now_ms(const Cli *cli);
