/* allowed_names: checks whether an expression may refer to count, each, self, path or terraform,
 * before anything is evaluated. */
#pragma once

#include "node.h"

typedef struct AllowedNames {
    RepetitionKind repetition; /* of the block that contains the expression */
    bool allows_self;
} AllowedNames;

/* Returns the names that a block with these arguments allows. */
AllowedNames allowed_names_of(const Expr *count, const Expr *for_each);
/* Returns false with an error if the name is not allowed here. References of other kinds are always
 * allowed. */
MUST_USE bool allowed_names_check(AllowedNames place, const Reference *reference, Diags *diags);
/* Adds an error if the traversal is only such a root, without the name of an attribute or a block.
 * Ignores other roots. */
void allowed_names_reject_root(const Traversal *traversal, Diags *diags);
