/* foreign_server: serves a provider of loam to a program that speaks Terraform's plugin protocol,
 * for example Terraform. The server is a loadable module. */
#pragma once

#include "diag.h"
#include "provider.h"

typedef struct ForeignServing {
    const Provider *provider;
    const Io *io;
    Str version; /* of loam */
    /* Receives the line of the handshake, with its newline. Returns false if no process reads it.
     */
    bool (*announce)(void *payload, Str line);
    void *payload;
} ForeignServing;

#define FOREIGN_SERVER_PLUGIN "loam-serve.so"
/* The type of the symbol foreign_server_module of that module. */
typedef bool ForeignServerRun(const ForeignServing *serving, Diags *diags);

/* The variable of the environment by which Terraform shows that it has started this process. */
#define FOREIGN_SERVER_COOKIE "TF_PLUGIN_MAGIC_COOKIE"
#define FOREIGN_SERVER_COOKIE_VALUE                                                                \
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

/* Loads the module and serves until the client ends. Returns false after adding an error if the
 * provider cannot be served. */
MUST_USE bool foreign_server_run(const ForeignServing *serving, Diags *diags);
