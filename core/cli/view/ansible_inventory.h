/* ansible_inventory: an output as the inventory that an inventory script of Ansible prints. */
#pragma once

#include "diag.h"
#include "value.h"

/* Appends the JSON document. `inventory` maps each group to its hosts: a list of names, or a map
 * from names to addresses or to variables. Returns false, with an error about the output `name`, if
 * it has another form, or if a name is not valid in Ansible. */
MUST_USE bool ansible_inventory_write(Str name, Value inventory, StrBuf *out, Arena *arena,
                                      Diags *diags);
