/* stack_preview: a preview plans for the state of another Stack, with the backend of that Stack.
 * Its plan is encrypted with the key of that Stack, which is to apply it. */
#pragma once

#include "stack.h"

/* Returns the spec of the preview's Runs; `target` is the Stack that it plans for. */
StackSpec stack_preview_spec(const Stack *preview, const Stack *target, Arena *arena);
