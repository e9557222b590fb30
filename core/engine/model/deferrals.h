/* deferrals: blocks and instances that wait for a later plan.
 *
 * A plan with -allow-deferral replaces unknown instances of a block by one placeholder, whose key
 * is KEY_UNKNOWN. In a placeholder of a module, all addresses have unknown keys. An apply leaves
 * all deferred objects alone; references see their planned values. */
#pragma once

#include "node.h"

/* Returns true if unknown instances are no error: in a plan with -allow-deferral, and in the apply
 * of a plan with deferrals. */
bool deferrals_are_allowed(const EngineWalk *walk);
/* Returns true if what depends on a deferred object waits, too: not in a destroy, in which
 * dependents are deleted first, nor in a refresh. */
bool deferrals_reach_dependents(const EngineWalk *walk);
/* Returns the expansion of a block with unknown keys. It has one placeholder in a plan of changes,
 * and none otherwise: a destroy and a refresh concern objects of the state alone. */
Expansion deferrals_expand(const EngineWalk *walk, RepetitionKind kind);
/* Returns true if the module instance is a placeholder. */
bool deferrals_is_placeholder(const ModuleInstance *module);
/* Returns true if an instance with this key may be one of the unknown ones. */
bool deferrals_may_have(RepetitionKind kind, InstanceKey key);
/* Plan: returns true if the module instance, which has no instance in the walk, may be one of those
 * that a placeholder stands for. */
bool deferrals_may_have_module(const EngineModule *module, const ModuleAddr *address,
                               Arena *scratch);
/* Apply: returns true if a module call or an ephemeral resource waits. */
bool deferrals_has_block(const EngineWalk *walk, Str address);
/* Apply: returns the deferred change at this address; NULL if none. */
const DeferredChange *deferrals_find(const ResourceNode *resource, ResourceAddr address);
/* Plan: returns why an object of `node` waits for a later plan: a dependency waits, or the
 * configuration of `provider` refers to an object that waits. */
Deferral deferrals_of_needs(const Node *node, const ProviderNode *provider);
/* Returns the address of a call with unknown instances: module.a.module.b[*]. */
Str deferrals_call_text(const ModuleInstance *caller, Str name, Arena *arena);
