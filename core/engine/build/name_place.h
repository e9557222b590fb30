/* name_place: which of count, each, self, path and terraform an expression may name where it
 * stands, told before anything is evaluated. */
#pragma once

#include "node.h"

typedef struct NamePlace {
    RepetitionKind repetition; /* count or for_each of the block that the expression is in */
    bool allows_self;
} NamePlace;

/* What a block with these arguments allows. */
NamePlace name_place_of(const Expr *count, const Expr *for_each);
/* True for references of other kinds. */
MUST_USE bool name_place_check(NamePlace place, const Reference *reference, Diags *diags);
/* Says what is missing where such a name stands alone; nothing about others. */
void name_place_refuse_root(const Traversal *traversal, Diags *diags);
