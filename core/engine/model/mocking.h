/* mocking: overrides and mocks of a test. They replace calls of providers and the evaluation of
 * modules. */
#pragma once

#include "mock.h"
#include "node.h"

/* Sets `*out` to the mock of an instance; out->type is NULL if the instance is not mocked.
 * Precedence: overrides of the test, overrides of the mock provider, types of the mock provider.
 * Within overrides, one of the instance precedes one of its block; otherwise the first one
 * counts. */
void mocking_find(const EngineWalk *walk, const ProviderNode *provider, const ObjectType *type,
                  ResourceAddr address, Mock *out);
/* Returns the override of a module instance; NULL if the module is evaluated. */
const TestOverride *mocking_find_module(const EngineWalk *walk, const ModuleAddr *address);
