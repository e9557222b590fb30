/* evaluate: the names that an expression of a module instance can see, as a Scope over slots. */
#pragma once

#include "eval.h"
#include "node.h"

/* Points at itself: a copy must set scope.self anew. */
typedef struct EvalScope {
    Scope scope; /* what eval takes */
    EngineWalk *walk;
    ModuleInstance *module;
    RepetitionKind repetition; /* of the block being evaluated: count.index, each.key */
    bool repetition_unknown;   /* validate: the keys are not known */
    InstanceKey key;
    Value each_value;
    const Value *self;    /* NULL: no self here */
    bool lacks_self;      /* refresh-only plan: a repeated instance that has no object */
    CheckResult *results; /* where conditions say what they came to, one each; NULL: nowhere */
    Arena *keep;          /* of what the results hold */
    Str checked;          /* whose conditions are evaluated, as an address */
    bool is_validation;   /* a variable's rule: what it may not show is no mere warning */
    bool warns;           /* a condition that does not hold is no error */
} EvalScope;

/* Of a module instance, without repetition. */
void evaluate_scope_init(EvalScope *scope, EngineWalk *walk, ModuleInstance *module);
/* Of the call of a module's instance: its caller, with what the call is repeated by. */
void evaluate_scope_init_call(EvalScope *scope, EngineWalk *walk, ModuleInstance *called);
/* With count.index, each.key and each.value of one instance. */
void evaluate_scope_init_instance(EvalScope *scope, const InstanceRecord *record);
/* Condition blocks: true when all hold or cannot be told yet. */
MUST_USE bool evaluate_conditions(const Conditions *conditions,
                                  const EvalScope *scope,
                                  const char *failed_summary,
                                  Arena *arena,
                                  Diags *diags);
/* While validating: are their messages texts that may be shown? */
MUST_USE bool evaluate_messages(const Conditions *conditions,
                                const EvalScope *scope,
                                Arena *arena,
                                Diags *diags);
/* module.m as a value, from the outputs of its instances. */
Value evaluate_module_value(const Node *call, ModuleInstance *caller, Arena *arena);
/* An expansion's shape around its instances' values: the value itself, a tuple, or an object. */
Value evaluate_shape(const Expansion *expansion, Value *values, Arena *arena);
