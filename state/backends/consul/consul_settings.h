/* consul_settings: the settings of the consul backend, from its block and the environment. */
#pragma once

#include "backend.h"
#include "consul_client.h"

extern const BackendType consul_backend;

/* Sizes of the tables below. */
#define CONSUL_SETTINGS_COUNT     11
#define CONSUL_SETTINGS_VARIABLES 5
extern const Attribute consul_settings_attributes[];
extern const BackendVariable consul_settings_variables[];

/* Sends no request. Returns false, with errors, if arguments are missing or conflict. */
MUST_USE bool consul_settings_read(const Io *io, Value config, ConsulConfig *out, Arena *arena,
                                   Diags *diags);
/* Returns the key of the state of this workspace. */
Str consul_settings_path(Value config, Str workspace, Arena *arena);
/* Returns whether the requests carry a secret that others on the network can read. */
bool consul_settings_is_exposed(const ConsulConfig *config);
