/* module_scope: the names that an expression of a module instance can refer to, as a Scope over
 * slots. */
#pragma once

#include "eval.h"
#include "node.h"

/* scope.self points at this struct: after a copy, set it again. */
typedef struct ModuleScope {
    Scope scope; /* passed to eval functions */
    EngineWalk *walk;
    ModuleInstance *module;
    RepetitionKind repetition; /* of the block being evaluated: count.index, each.key */
    bool repetition_unknown;   /* validate: the keys are unknown */
    InstanceKey key;
    Value each_value;
    const Value *self;   /* value of "self"; NULL: "self" is not allowed here */
    const Value *caller; /* value of "caller"; NULL: it is not allowed here */
    /* With `caller`: the instance that it is the value of; NULL: its resource has a value already.
     */
    const InstanceRecord *caller_record;
    bool lacks_self;       /* refresh-only plan: no object, so "self" is an error */
    CheckResult *results;  /* receives one result per condition; NULL: results are not recorded */
    Arena *keep;           /* owns the messages in `results` */
    Str checked;           /* address of the object whose conditions are evaluated */
    bool is_variable_rule; /* rule of a variable: an ephemeral message is an error */
    bool should_warn;      /* failed conditions are warnings, not errors */
} ModuleScope;

/* Prepares a scope for expressions of `module`, without count or each. */
void module_scope_init(ModuleScope *scope, EngineWalk *walk, ModuleInstance *module);
/* Prepares a scope for the module call that created `called`: expressions of its parent, with count
 * and each of the call. */
void module_scope_init_call(ModuleScope *scope, EngineWalk *walk, ModuleInstance *called);
/* Prepares a scope for one resource instance, with its count.index, each.key and each.value. */
void module_scope_init_instance(ModuleScope *scope, const InstanceRecord *record);
/* Evaluates condition blocks. Returns true if each holds, is unknown, or is false with
 * scope->should_warn. An error of evaluation returns false in any case. */
MUST_USE bool module_scope_check_conditions(const Conditions *conditions, const ModuleScope *scope,
                                            const char *failed_summary, Arena *arena, Diags *diags);
/* Validate: evaluates the error messages only. Returns false if one is invalid. */
MUST_USE bool module_scope_check_messages(const Conditions *conditions, const ModuleScope *scope,
                                          Arena *arena, Diags *diags);
/* Returns the value of module.m, built from the outputs of its instances; unknown if the call was
 * not expanded. Outputs that were not evaluated are unknown. */
Value module_scope_module_value(const Node *call, ModuleInstance *caller, Arena *arena);
/* Combines the values of instances as the expansion requires: a single value (null without an
 * instance), a tuple or an object. */
Value module_scope_combine(const Expansion *expansion, Value *values, Arena *arena);
