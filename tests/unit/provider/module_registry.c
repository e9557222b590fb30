/* A module with two providers for test_registry; the name of the second one differs from its
 * symbol. */
#include "provider.h"

const Provider sample_provider = {.name = "sample", .address = "loam.internal/builtin/sample"};
const Provider stray_provider = {.name = "other", .address = "loam.internal/builtin/other"};
