/* wait_gate: waits for an object that others need before they can be applied.
 *
 *   Namespace                  Active
 *   CustomResourceDefinition   Established and NamesAccepted, and the server serves each version
 *   APIService                 Available
 *
 * After an APIService, the next lookup reads discovery again; after a definition, until it has the
 * kinds. */
#pragma once

#include "wait_object.h"

bool wait_gate_has_one(const KubeResource *resource);
/* See wait_follow_until. Returns true at once for a kind without a gate. */
MUST_USE bool wait_gate(const WaitObject *wait, Value *object, Diags *diags);
