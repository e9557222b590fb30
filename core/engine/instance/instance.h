/* instance: the tasks of one instance in a walk, and the steps that several of them take. The
 * record of a task is an InstanceRecord. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* Validates the block of one instance, without state. */
bool instance_validate(Walk *pool, void *record, uint32_t worker);

/* instance_plan plans the change of a declared instance.
 * instance_plan_destroy plans that an object is deleted or forgotten: one that is not declared, a
 * deposed one, or any one in a destroy. instance_plan_placeholder plans all instances of a block
 * with unknown keys. */
bool instance_plan_placeholder(Walk *pool, void *record, uint32_t worker);
bool instance_plan(Walk *pool, void *record, uint32_t worker);
bool instance_plan_destroy(Walk *pool, void *record, uint32_t worker);

/* Applies the planned change, except deletions. Without one, it calls no provider: it evaluates the
 * conditions of a no-op, and sets the value that references see. */
bool instance_apply(Walk *pool, void *record, uint32_t worker);
/* The same for types with `batches_intents`: the task yields before the call of the provider. */
bool instance_apply_batched(Walk *pool, void *record, uint32_t worker);

/* Searches for the objects of a list block, and generates their configuration if the query requests
 * that. */
bool instance_list(Walk *pool, void *record, uint32_t worker);
/* Validates the arguments `limit` and `include_resource` of a list; does nothing for other blocks.
 */
void instance_list_validate(InstanceOp *op, const ModuleScope *scope);

/* The task of engine_gitops: calls the provider about the stored object; the record gets the
 * response. */
bool instance_gitops(Walk *pool, void *record, uint32_t worker);

/* Sets `*out` to the marked current object, and `refresh` and `refreshed` of the record: recovers
 * the object of an interrupted call, imports it, or reads the stored one, unless the refresh is
 * skipped or the provider is deferred. Null: there is none. On failure, the refreshed state keeps
 * the stored one. */
MUST_USE bool instance_refresh(InstanceOp *op, Value *out);

/* Failed conditions are warnings in a refresh-only plan and in the first pass of a destroy;
 * otherwise they are errors. The apply of a refresh-only plan evaluates none. */

/* Evaluates preconditions. Call it before the change is planned or made, or the data source is
 * read. */
MUST_USE bool instance_conditions_before(InstanceOp *op, const ModuleScope *scope);
/* Evaluates postconditions. "self" is the value of the operation's record. */
MUST_USE bool instance_conditions_after(InstanceOp *op, const ModuleScope *scope);

/* Evaluates replace_triggered_by: sets `*fires` to whether a planned change requires a replacement
 * of this instance. A resource or instance triggers if it is updated or replaced, an attribute only
 * if its value differs too. A creation does not trigger. A reference to a missing instance is an
 * error. */
MUST_USE bool trigger_fires(const InstanceRecord *record, const ModuleScope *scope, bool *fires,
                            Arena *arena, Diags *diags);

/* Returns true if the read must wait for the apply, because a dependency of the instance will
 * change. For planning only. */
bool deferred_read_is_needed(const InstanceOp *op);
/* Returns the object before the read: the configuration, with unknown values where the provider may
 * set them. Without marks. */
Value deferred_read_object(InstanceOp *op, Value config);
/* Lets the warnings of the provider from index `from` on be shown once with those of the validation
 * before the plan: Terraform does not validate an object again that the plan does not read. */
void deferred_read_merge_warnings(InstanceOp *op, size_t from);

/* Run the provisioners of a creation or of a deletion. `object` is the marked object of the
 * instance, the value of "self". Return false with an error if a provisioner fails; the remaining
 * ones do not run. on_failure = continue allows a failure, unless the run is cancelled. */
MUST_USE bool provision_created(InstanceOp *op, const ModuleScope *scope, const Value *object);
MUST_USE bool provision_destroyed(InstanceOp *op, const Value *object);
