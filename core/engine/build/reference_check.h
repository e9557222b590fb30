/* reference_check: checks a reference before anything is evaluated: whether count, each, self, path
 * and terraform are allowed where it stands, and whether its steps exist in a schema. */
#pragma once

#include "node.h"

typedef struct AllowedNames {
    RepetitionKind repetition; /* of the block that contains the expression */
    bool allows_self;
    bool allows_caller;
    bool allows_actions;
} AllowedNames;

/* Returns false with an error if the name is not allowed here, or has no such attribute. References
 * to variables, locals, resources other than actions and modules are always allowed. */
MUST_USE bool reference_check_name(AllowedNames allowed, const Reference *reference, Diags *diags);
/* For a traversal that names no object: adds an error if its root must be followed by a name
 * (count, each, path, terraform, tofu, loam, var, local). Ignores other roots. */
void reference_check_root(const Traversal *traversal, Diags *diags);

typedef struct StepCheck {
    const Reference *reference;
    Str resource;   /* name of the resource, for messages */
    bool has_newer; /* its objects have the members of newer blocks, see node_seen_object */
    Diags *errors;
    Diags *deprecations;
} StepCheck;

/* Checks that the steps from index `at` on exist in an object of this schema. Adds errors and
 * deprecation warnings to the diagnostics of `check`. */
void reference_check_steps(const StepCheck *check, const Schema *schema, size_t at);
