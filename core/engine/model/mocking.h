/* mocking: what a walk makes up, because a test says so, instead of asking a provider or looking
 * into a module. */
#pragma once

#include "mock.h"
#include "node.h"

/* The mock of this instance: an override of it wins over those of its block, those of the run over
 * those of the file, and all of them over the provider's mock. out->type NULL: it is not mocked. */
void mocking_find(const EngineWalk *walk,
                  const ProviderNode *provider,
                  const ObjectType *type,
                  ResourceAddr address,
                  Mock *out);
/* The override of a module instance; NULL: what it declares is what there is. */
const TestOverride *mocking_find_module(const EngineWalk *walk, const ModuleAddr *address);
