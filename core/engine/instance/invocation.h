/* invocation: the actions that the change of an object invokes.
 *
 * The plan evaluates the arguments of an action with the planned object as `caller`, and asks the
 * provider. The apply evaluates condition and arguments again with the values that are known by
 * then; for a destruction it uses the planned arguments, because other objects may be gone. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* Validate: checks the references of the instance's triggers. `scope` has its count and each. */
void invocation_validate(InstanceOp *op, const ModuleScope *scope);
/* Plans the invocations that `change`, the change of the instance, triggers, and adds them to it.
 * If a provider defers one of them, the change of the object waits with all of them, as after
 * invocation_defer. */
void invocation_plan(InstanceOp *op, const ModuleScope *scope, ResourceChange *change);
/* Sets the invocations of a change that waits for a later plan: those of its events, without
 * arguments, whatever the conditions of its triggers will be. */
void invocation_defer(InstanceOp *op, const ModuleScope *scope, ResourceChange *change);
/* Plans one invocation that the user requests. `caller` may be NULL. The arguments must be known.
 */
MUST_USE bool invocation_plan_request(InstanceRecord *action, const InstanceRecord *caller,
                                      uint32_t worker, ActionInvocation *out);
/* Makes the planned invocations of a creation or update, before or after the call of the provider.
 * `object` is the marked value of `caller`. Returns false if one failed, unless its failure is only
 * a warning; *taints then is whether the new object must be replaced. */
MUST_USE bool invocation_run(InstanceOp *op, const ModuleScope *scope, bool is_before, Value object,
                             bool *taints);
/* The same for the destruction of the object. A full destroy continues after a failure. */
MUST_USE bool invocation_run_destroy(InstanceOp *op, bool is_before);
/* Makes an invocation that the user requested, in a walk task. Returns false if it failed. */
MUST_USE bool invocation_run_request(EngineWalk *walk, const Node *action,
                                     const ActionInvocation *invocation, uint32_t worker);
