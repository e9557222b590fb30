/* view_outputs: prints the outputs of a state for people. */
#pragma once

#include "cli.h"
#include "engine.h"

/* Prints "name = value" lines; hides values that cli->secrets holds. */
void view_outputs_show(Cli *cli, const State *state);
/* The same in the form of objects, as Terraform's `show` prints them. */
void view_outputs_show_nested(Cli *cli, const State *state);

/* Appends an output as the JSON that an inventory script of Ansible prints. `inventory` maps each
 * group to its hosts: a list of names, or a map from names to addresses or to variables. Returns
 * false, with an error about the output `name`, if it has another form, or if a name is not valid
 * in Ansible. */
MUST_USE bool ansible_inventory_write(Str name, Value inventory, StrBuf *out, Arena *arena,
                                      Diags *diags);

/* Returns the sensitive values of all current objects that are long enough to be recognised in
 * other values; for render_secret_mark. Lives in `arena`. */
const Map *state_secrets(const Engine *engine, const State *state, Arena *arena);
