/* module_origin: arguments that only the user's own modules may choose.
 *
 * A module is fetched if its call, or a call above it, has a source that is not a local path. In
 * such a module, a text of an attribute with CALLERS_TEXT must be equal to a text that the module
 * outside passes in an argument of the call. So the fetched module can hand a text on and choose
 * among several, but not make one. A default of a variable or of its type is not passed.
 *
 * The texts for one instance of the module count for all of them: an instance that is gone passes
 * none, and its objects are still to be deleted. */
#pragma once

#include "module_scope.h"

/* Notes an argument of a module call: `given` is its value before any default. Thread-safe. */
void module_origin_note(EngineModule *called, Value given, Arena *keep);
/* Returns true if module_origin_note would note arguments of the call. */
bool module_origin_is_border(const EngineModule *called);
/* Returns true if the deletion of an object of this block checks texts: its module is fetched, and
 * a destroy-time provisioner has a connection. Such a connection can only use the object itself, so
 * the arguments of the call must be evaluated for the check. */
bool module_origin_guards(const Node *node);
/* Checks the evaluated arguments of a block of scope->module, which have no marks. Unknown values
 * pass: they are checked again when they are known. */
MUST_USE bool module_origin_check(const ModuleScope *scope, const Schema *schema,
                                  const Decoded *decoded, Value config, Arena *arena, Diags *diags);
